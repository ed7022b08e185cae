import { language } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useId, useState } from "preact/hooks";

import { listMicrophones, preferredMicrophoneName, watchMicrophones } from "../lib/microphones.ts";
import type { Microphone } from "../lib/microphones.ts";

interface MicrophoneChoiceProps {
  chosen: string | undefined;
  onChoose: (microphone: Microphone | undefined) => void;
  /** Changes when the list may have new names: permission was given. */
  refreshKey?: unknown;
}

export function MicrophoneChoice({ chosen, onChoose, refreshKey }: MicrophoneChoiceProps) {
  const [microphones, setMicrophones] = useState<readonly Microphone[]>([]);
  const id = useId();
  useEffect(() => {
    let alive = true;
    const refresh = (): void => {
      listMicrophones().then(
        (list) => {
          if (alive) setMicrophones(list);
        },
        () => {},
      );
    };
    refresh();
    const stop = watchMicrophones(refresh);
    return () => {
      alive = false;
      stop();
    };
  }, [refreshKey, language()]);
  const others = microphones.filter((one) => one.deviceId !== "default");
  const known = others.some((one) => one.deviceId === chosen);
  return (
    <div class="field microphone-choice">
      <label htmlFor={id}>{texts().home.inUse}</label>
      <select
        id={id}
        value={chosen ?? ""}
        // What has no room is cut short; the whole name is there to point at.
        title={
          chosen === undefined
            ? texts().home.defaultOne
            : (others.find((one) => one.deviceId === chosen)?.label ?? preferredMicrophoneName())
        }
        onChange={(event) => {
          const { value } = event.currentTarget;
          onChoose(others.find((one) => one.deviceId === value));
        }}
      >
        <option value="">{texts().home.defaultOne}</option>
        {/* The wish is kept: it is used again as soon as it is back. */}
        {chosen !== undefined && !known && (
          <option value={chosen} disabled>
            {texts().home.notConnected(preferredMicrophoneName())}
          </option>
        )}
        {others.map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
