import type { LoudspeakerTrouble, MicrophoneState } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { preferredDevice, preferredDeviceName, storePreferredDevice } from "../lib/sound-devices.ts";
import { useModel } from "../model.ts";

/** That the others hear nothing, or by another microphone than the chosen one; and the ways out. */
export function MicrophoneNotice({ microphone }: { microphone: MicrophoneState }) {
  const model = useModel();
  const open = (deviceId: string | undefined): void =>
    void model.terminal.setMicrophone(deviceId).catch(() => {});
  const retry = (
    <button type="button" class="button quiet small" onClick={() => open(preferredDevice("microphone"))}>
      {texts().common.tryAgain}
    </button>
  );
  const useDefault = (
    <button
      type="button"
      class="button quiet small"
      onClick={() => {
        storePreferredDevice("microphone", undefined);
        open(undefined);
      }}
    >
      {texts().call.useDefault}
    </button>
  );
  if (microphone.status === "starting") return null;
  if (microphone.status === "unavailable")
    return (
      <Notice tone="warning" alert title={texts().call.unheard}>
        <p>{sentenceFor(microphone.code)}</p>
        <HelpLink code={microphone.code} />
        <div class="row">
          {retry}
          {preferredDevice("microphone") !== undefined && useDefault}
        </div>
      </Notice>
    );
  if (microphone.silent === true)
    return (
      <Notice tone="warning" alert title={texts().call.unheard}>
        <p>{texts().call.silent}</p>
        <HelpLink code="media.noMicrophone" />
        <div class="row">{retry}</div>
      </Notice>
    );
  if (microphone.instead === undefined) return null;
  return (
    <Notice tone="info" alert title={texts().call.otherMicrophone}>
      <p>{texts().call.trouble[microphone.instead](preferredDeviceName("microphone"))}</p>
      <div class="row">
        {retry}
        {useDefault}
      </div>
    </Notice>
  );
}

/** That one hears by another loudspeaker than the chosen one; and the ways out. */
export function LoudspeakerNotice({ trouble }: { trouble: LoudspeakerTrouble }) {
  const { terminal } = useModel();
  return (
    <Notice tone="info" alert title={texts().sound.otherTitle}>
      <p>{texts().sound.trouble[trouble](preferredDeviceName("loudspeaker"))}</p>
      <div class="row">
        <button type="button" class="button quiet small" onClick={() => terminal.soundChosen()}>
          {texts().common.tryAgain}
        </button>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            storePreferredDevice("loudspeaker", undefined);
            terminal.soundChosen();
          }}
        >
          {texts().call.useDefault}
        </button>
      </div>
    </Notice>
  );
}
