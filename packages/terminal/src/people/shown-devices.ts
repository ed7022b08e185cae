/** From a key history to the list of devices that a person is shown. Pure. */
import type { Person, PersonDevice } from "@signet/device";

import type { ShownDevice } from "../state.ts";

/** In the order in which they came, those that were revoked, too. */
export const devicesOf = ({ devices }: Person): readonly ShownDevice[] => devices.map(shownDevice);

export function shownDevice({
  addedAtMs,
  addedBy,
  deviceId,
  kind,
  name,
  revoked,
}: PersonDevice): ShownDevice {
  return {
    deviceId,
    name,
    kind,
    addedAtMs,
    ...(addedBy === undefined ? {} : { addedBy }),
    ...(revoked === undefined ? {} : { revoked: { atMs: revoked.atMs, by: revoked.by, why: revoked.why } }),
  };
}
