import { language } from "@signet/words";
import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";

import { listDevices, preferredDeviceName, watchDevices, defaultName } from "../lib/sound-devices.ts";
import type { SoundDevice, SoundPurpose } from "../lib/sound-devices.ts";

interface DeviceChoiceProps {
  purpose: SoundPurpose;
  label: string;
  chosen: string | undefined;
  onChoose: (device: SoundDevice | undefined) => void;
  /** Changes when the list may have new names: permission was given. */
  refreshKey?: unknown;
  /** Beside the list. */
  children?: ComponentChildren;
}

export function DeviceChoice(props: DeviceChoiceProps) {
  const { purpose, label, chosen, onChoose, refreshKey, children } = props;
  const [devices, setDevices] = useState<readonly SoundDevice[]>([]);
  const id = useId();
  useEffect(() => {
    let alive = true;
    const refresh = (): void => {
      listDevices(purpose).then(
        (list) => {
          if (alive) setDevices(list);
        },
        () => {},
      );
    };
    refresh();
    const stop = watchDevices(refresh);
    return () => {
      alive = false;
      stop();
    };
  }, [purpose, refreshKey, language()]);
  const others = devices.filter((one) => one.deviceId !== "default");
  const known = others.some((one) => one.deviceId === chosen);
  return (
    <div class="field microphone-choice">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={chosen ?? ""}
        // What has no room is cut short; the whole name is there to point at.
        title={
          chosen === undefined
            ? defaultName(purpose)
            : (others.find((one) => one.deviceId === chosen)?.label ?? preferredDeviceName(purpose))
        }
        onChange={(event) => {
          const { value } = event.currentTarget;
          onChoose(others.find((one) => one.deviceId === value));
        }}
      >
        <option value="">{defaultName(purpose)}</option>
        {/* The wish is kept: it is used again as soon as it is back. */}
        {chosen !== undefined && !known && (
          <option value={chosen} disabled>
            {texts().home.notConnected(preferredDeviceName(purpose))}
          </option>
        )}
        {others.map(({ deviceId, label: name }) => (
          <option key={deviceId} value={deviceId}>
            {name}
          </option>
        ))}
      </select>
      {children}
    </div>
  );
}
