import type { ShownDevice } from "@signet/terminal";

import { revokedWords, signerName } from "../lib/devices.ts";
import { fullDay } from "../lib/duration.ts";
import { deviceKindWords } from "../lib/words.ts";

interface DeviceFactsProps {
  device: ShownDevice;
  /** All of the same person. */
  devices: readonly ShownDevice[];
  isThisOne?: boolean;
}

/** A device of somebody's, and who signed what about it. */
export function DeviceFacts({ device, devices, isThisOne = false }: DeviceFactsProps) {
  const { deviceId, kind, name, revoked } = device;
  return (
    <div class="device-facts">
      <p>
        <b>{name === "" ? deviceKindWords[kind] : name}</b>
        {isThisOne && revoked === undefined && <span class="this-one">this one</span>}
      </p>
      <p class="hint">
        {name === "" ? "" : `${deviceKindWords[kind]} `}
        <code>{deviceId.slice(0, 8)}</code>, {originWords(device, devices)}
        {revoked !== undefined &&
          `; revoked on ${fullDay(revoked.atMs)} by ${signerName(revoked.by, devices)}: ${revokedWords[revoked.why]}`}
      </p>
    </div>
  );
}

/** How it came: what an administrator did is named as that, for good. */
function originWords({ addedAtMs, addedBy }: ShownDevice, devices: readonly ShownDevice[]): string {
  const on = fullDay(addedAtMs);
  if (addedBy === undefined) return `registered on ${on}`;
  const by = signerName(addedBy, devices);
  const isOwn = devices.some(({ deviceId }) => deviceId === addedBy.deviceId);
  return isOwn ? `added on ${on} by ${by}` : `brought in on ${on} by ${by}, when the former ones were lost`;
}
