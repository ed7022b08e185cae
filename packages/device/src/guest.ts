/** Guests as keys: whose ID is which key's, and whether a device's word for one, or an entry, is about that key. */
import { guestIdOf, isGuestId } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, Transcript, UserId } from "@signet/protocol";

import { deviceIdOf } from "./device.ts";

/** @param publicKey SubjectPublicKeyInfo, DER */
export const guestIdOfKey = async (publicKey: Bytes): Promise<UserId> =>
  guestIdOf(await deviceIdOf(publicKey));

/** Whether the ID that a device vouches for is that of the key which it vouches for: nobody else has that key. */
export const namesItsKey = async ({ guestId, guestKey }: Transcript<"vouch">): Promise<boolean> =>
  guestKey.length > 0 && (await guestIdOfKey(guestKey)) === guestId;

/**
 * Whether an entry under a guest's ID is that guest's, and nothing else: one software key, whose ID it is, and no history. One under a user ID is not
 * looked at.
 */
export async function isFitForGuest({
  certificates,
  kind,
  publicKey,
  statements,
  userId,
}: DirectoryEntryIn): Promise<boolean> {
  if (!isGuestId(userId)) return true;
  const isPlain = kind === "software" && certificates === undefined && statements.length === 0;
  return isPlain && (await guestIdOfKey(publicKey)) === userId;
}
