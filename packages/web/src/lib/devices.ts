/** How the person's own devices are called. */
import type { AnsweredElsewhere, NamedDevice, OwnDevice, RevocationReason, UserId } from "@signet/terminal";

import { readStored, writeStored } from "./storage.ts";
import { deviceKindWords } from "./words.ts";

/** Its name; the kind and the beginning of its ID where it has none. */
export const deviceName = ({ deviceId, kind, name }: Omit<NamedDevice, "addedAtMs">): string =>
  name === "" ? `${deviceKindWords[kind]} ${deviceId.slice(0, 8)}` : name;

/** A call that rang here, too. */
export const answeredElsewhereSentence = ({ device, from }: AnsweredElsewhere): string =>
  `You answered the call of ${from} elsewhere, with ${device.name === "" ? deviceName(device) : `“${device.name}”`}.`;

/** By whom something was signed: one of the own devices, or somebody else's. */
export function signerName(
  { deviceId, userId }: NonNullable<OwnDevice["addedBy"]>,
  devices: readonly OwnDevice[],
): string {
  const own = devices.find((device) => device.deviceId === deviceId);
  return own === undefined ? userId : deviceName(own);
}

export const revocationWords: Readonly<Record<RevocationReason, string>> = {
  lost: "It is lost",
  stolen: "It was stolen",
  replaced: "I have another one in its place",
  ended: "I do not use it any more",
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
