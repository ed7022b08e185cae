import type { DeviceUse, ShownDevice } from "@signet/terminal";
import { dayAndTime, fullDay } from "@signet/words";
import { texts } from "@signet/words/page";

import { signerName } from "../lib/devices.ts";

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
        <b>{name === "" ? texts().devices.kinds[kind] : <bdi>{name}</bdi>}</b>
        {isThisOne && revoked === undefined && <span class="this-one">{texts().devices.thisOne}</span>}
      </p>
      <p class="hint">
        {name === "" ? "" : `${texts().devices.kinds[kind]} `}
        <code>{deviceId.slice(0, 8)}</code>
        {texts().devices.afterId(originWords(device, devices))}
      </p>
      {use !== undefined && <p class="hint">{useWords(use)}</p>}
    </div>
  );
}

/** How it came: what an administrator did is named as that, for good. */
function originWords({ addedAtMs, addedBy, revoked }: ShownDevice, devices: readonly ShownDevice[]): string {
  const { added, broughtIn, registered, revoked: wasRevoked, thenRevoked } = texts().devices;
  const on = fullDay(addedAtMs);
  const isOwn = devices.some(({ deviceId }) => deviceId === addedBy?.deviceId);
  const origin =
    addedBy === undefined ? registered(on) : (isOwn ? added : broughtIn)(on, signerName(addedBy, devices));
  if (revoked === undefined) return origin;
  const why = texts().devices.revokedAs[revoked.why];
  return thenRevoked(origin, wasRevoked(fullDay(revoked.atMs), signerName(revoked.by, devices), why));
}

/** What the device signed, and what the server says of it. */
function useWords({ lastUsedAtMs, signedIn }: DeviceUse): string {
  const at = (atMs: number): string => dayAndTime(atMs, Date.now());
  const { usedAway, usedElsewhere, usedHere, usedNowhere } = texts().devices;
  const used = at(lastUsedAtMs);
  if (signedIn === undefined) return usedNowhere(used);
  if (signedIn.isHere) return usedHere(used);
  return (signedIn.isConnected ? usedElsewhere : usedAway)(used, at(signedIn.sinceMs));
}
