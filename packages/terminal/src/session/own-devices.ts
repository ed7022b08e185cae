/** From a person's key history to the list of their devices that is shown. Pure. */
import { countsNow } from "@signet/device";
import type { PersonDevice } from "@signet/device";

import { certificateOf } from "../people/devices.ts";
import { shownDevice } from "../people/shown-devices.ts";
import type { OwnDevice } from "../state.ts";
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
