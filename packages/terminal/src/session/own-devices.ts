/** From a person's key history to the list of their devices that is shown. Pure. */
import { countsNow } from "@signet/device";
import type { Person as FoldedPerson, PersonDevice } from "@signet/device";

import { certificateOf } from "../people/devices.ts";
import type { OwnDevice, ShownDevice } from "../state.ts";
import type { Person } from "./person.ts";

/** In the order in which they came. */
export const ownDevices = (own: Person): readonly OwnDevice[] =>
  own.known.person.devices.map((device) => ownDevice(device, own));

function ownDevice(device: PersonDevice, { deviceId, known }: Person): OwnDevice {
  const certificate = countsNow(device) ? certificateOf(known, device) : undefined;
  return {
    ...shownDevice(device),
    isThisOne: device.deviceId === deviceId,
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** Of somebody else. */
export const devicesOf = ({ devices }: FoldedPerson): readonly ShownDevice[] => devices.map(shownDevice);

function shownDevice({ addedAtMs, addedBy, deviceId, kind, name, revoked }: PersonDevice): ShownDevice {
  return {
    deviceId,
    name,
    kind,
    addedAtMs,
    ...(addedBy === undefined ? {} : { addedBy }),
    ...(revoked === undefined ? {} : { revoked: { atMs: revoked.atMs, by: revoked.by, why: revoked.why } }),
  };
}
