/**
 * Guests: in a call without a signature device, by the word of a member's device for a key that was made for this call (docs/protocol.md, "Guests").
 * A guest's ID is their key's, so that no two have the same, and no key passes for another's guest; no registered person has such an ID.
 */
import { fromBase64Url } from "./bytes.ts";
import { UserId } from "./ids.ts";
import type { DeviceId } from "./ids.ts";
import { joinersInPlace, nameFault } from "./name-faults.ts";

/** At the same time in one call, those who wait at the door among them. What a host can look after. */
export const mostGuests = 8;

/** UTF-16 units of a guest's name: less than people have, since the mark stands beside it wherever it is shown. */
export const longestGuestName = 32;

const mark = "~";
const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** Whether somebody is a guest. Told by the ID alone, so that no view, record or rule needs to know more. */
export const isGuestId = (userId: string): boolean => userId.startsWith(mark);

/** As somebody writes whom they mean: a guest is in one call, and nobody who is called, listed or blocked. */
export const PersonId = UserId.refine((userId) => !isGuestId(userId), "expected no guest");

/** `~` and 26 letters and digits (RFC 4648 section 6, small): the 16 bytes that name the key. @throws RangeError for what is no device ID */
export function guestIdOf(deviceId: DeviceId): UserId {
  const bytes = fromBase64Url(deviceId);
  if (bytes?.length !== 16) throw new RangeError("no device ID");
  let [bits, held, id] = [0, 0, mark];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) id += letters[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return (id + letters[(held << (5 - bits)) & 31]) as UserId;
}

/** Of letters, digits, spaces and what stands between them in names. No quotation mark, bracket, tick or lock: nothing that could end the mark beside it, or look like one. */
const plainName = /^[\p{L}\p{M}\p{N} .,'\u2019\u00B7-]+$/u;

/** Whether a guest may be called so: every terminal refuses the word of a device for any other. */
export const isGuestName = (name: string): boolean =>
  name.length <= longestGuestName &&
  nameFault(name) === undefined &&
  /[\p{L}\p{N}]/u.test(name) &&
  plainName.test(name.replaceAll(joinersInPlace, ""));
