/** How the person's own devices are called. */
import type {
  AnsweredElsewhere,
  NamedDevice,
  RevocationReason,
  ShownDevice,
  SignedBy,
  UserId,
} from "@signet/terminal";

import { readStored, writeStored } from "./storage.ts";
import { deviceKindWords } from "./words.ts";

/** Its name; the kind and the beginning of its ID where it has none. */
export const deviceName = ({ deviceId, kind, name }: Omit<NamedDevice, "addedAtMs">): string =>
  name === "" ? `${deviceKindWords[kind]} ${deviceId.slice(0, 8)}` : name;

/** A call that rang here, too. */
export const answeredElsewhereSentence = ({ device, from }: AnsweredElsewhere): string =>
  `You answered the call of ${from} elsewhere, with ${device.name === "" ? deviceName(device) : `“${device.name}”`}.`;

/** Who signed something: one of the person's devices, or an administrator. */
export function signerName({ deviceId, userId }: SignedBy, devices: readonly ShownDevice[]): string {
  const own = devices.find((device) => device.deviceId === deviceId);
  return own === undefined ? `the administrator ${userId}` : deviceName(own);
}

export const revocationWords: Readonly<Record<RevocationReason, string>> = {
  lost: "It is lost",
  stolen: "It was stolen",
  replaced: "I have another one in its place",
  ended: "I do not use it any more",
};

/** Of somebody else's. */
export const othersRevocationWords: Readonly<Record<RevocationReason, string>> = {
  lost: "It is lost",
  stolen: "It was stolen",
  replaced: "Another one takes its place",
  ended: "It is not used any more",
};

/** In the list of those that count no more. */
export const revokedWords: Readonly<Record<RevocationReason, string>> = {
  lost: "lost",
  stolen: "stolen",
  replaced: "replaced",
  ended: "not used any more",
};

const place = (userId: UserId): string => `noSecondDevice.${userId}`;

/** Whether this person does not want to be asked again. */
export const isSecondDeviceDeclined = (userId: UserId): boolean => readStored(place(userId)) === true;

export const declineSecondDevice = (userId: UserId): void => writeStored(place(userId), true);
