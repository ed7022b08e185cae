import type { DeviceUse, ShownDevice } from "@signet/terminal";

import { revokedWords, signerName } from "../lib/devices.ts";
import { dayAndTime, fullDay } from "../lib/duration.ts";
import { deviceKindWords } from "../lib/words.ts";

interface DeviceFactsProps {
  /** Of one's own that counts, where it is known. */
  use?: DeviceUse | undefined;
  device: ShownDevice;
  /** All of the same person. */
  devices: readonly ShownDevice[];
  isThisOne?: boolean;
}

/** A device of somebody's, and who signed what about it. */
export function DeviceFacts({ device, devices, isThisOne = false, use }: DeviceFactsProps) {
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
      {use !== undefined && <p class="hint">{useWords(use)}</p>}
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

/** What the device signed, and what the server says of it. */
function useWords({ lastUsedAtMs, signedIn }: DeviceUse): string {
  const at = (atMs: number): string => dayAndTime(atMs, Date.now());
  const used = `Last used ${at(lastUsedAtMs)}`;
  if (signedIn === undefined) return `${used}; signed in nowhere, says the server`;
  if (signedIn.isHere) return `${used}; signed in here`;
  const { isConnected, sinceMs } = signedIn;
  return `${used}; signed in elsewhere since ${at(sinceMs)}${isConnected ? "" : ", away now"}, says the server`;
}
