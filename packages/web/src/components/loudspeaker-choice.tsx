import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import {
  askForLoudspeaker,
  canChooseLoudspeaker,
  hasOwnLoudspeakerDialog,
  preferredDevice,
  storePreferredDevice,
} from "../lib/sound-devices.ts";
import type { SoundDevice, SoundPurpose } from "../lib/sound-devices.ts";
import { DeviceChoice } from "./device-choice.tsx";

interface LoudspeakerChoiceProps {
  purpose: Exclude<SoundPurpose, "microphone">;
  label: string;
  onChosen?: () => void;
  /** Changes when the list may have new names: permission was given. */
  refreshKey?: unknown;
}

/** By which loudspeaker one hears, where the browser lets a page choose. */
export function LoudspeakerChoice({ purpose, label, onChosen, refreshKey }: LoudspeakerChoiceProps) {
  const [chosen, setChosen] = useState(() => preferredDevice(purpose));
  if (!canChooseLoudspeaker()) return <p class="hint">{texts().sound.noChoice}</p>;
  const choose = (device: SoundDevice | undefined): void => {
    storePreferredDevice(purpose, device);
    setChosen(device?.deviceId);
    onChosen?.();
  };
  const ask = async (): Promise<void> => {
    const device = await askForLoudspeaker();
    if (device !== undefined) choose(device);
  };
  return (
    <DeviceChoice
      purpose={purpose}
      label={label}
      chosen={chosen}
      onChoose={choose}
      refreshKey={`${String(refreshKey)} ${chosen ?? ""}`}
    >
      {hasOwnLoudspeakerDialog() && (
        <button type="button" class="button quiet small" onClick={() => void ask()}>
          {texts().sound.ownDialog}
        </button>
      )}
    </DeviceChoice>
  );
}
