/** How the person's own devices are called. */
import type { AnsweredElsewhere, NamedDevice, ShownDevice, SignedBy, UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { readStored, writeStored } from "./storage.ts";

/** Its name; the kind and the beginning of its ID where it has none. */
export const deviceName = ({ deviceId, kind, name }: Omit<NamedDevice, "addedAtMs">): string =>
  name === "" ? `${texts().devices.kinds[kind]} ${deviceId.slice(0, 8)}` : name;

/** A call that rang here, too. */
export const answeredElsewhereSentence = ({ device, from }: AnsweredElsewhere): string =>
  texts().devices.answeredElsewhere(
    from,
    device.name === "" ? deviceName(device) : texts().devices.quoted(device.name),
  );

/** Who signed something: one of the person's devices, or an administrator. */
export function signerName({ deviceId, userId }: SignedBy, devices: readonly ShownDevice[]): string {
  const own = devices.find((device) => device.deviceId === deviceId);
  return own === undefined ? texts().devices.administrator(userId) : deviceName(own);
}

const place = (userId: UserId): string => `noSecondDevice.${userId}`;

/** Whether this person does not want to be asked again. */
export const isSecondDeviceDeclined = (userId: UserId): boolean => readStored(place(userId)) === true;

export const declineSecondDevice = (userId: UserId): void => writeStored(place(userId), true);
