/** Of names and user IDs: what is shown, and what is new. For what a name may be, see name-faults.ts. */
import { isGuestId } from "./guests.ts";
import { UserId } from "./ids.ts";
import { nameFault } from "./name-faults.ts";

/** What is shown of a person: a name that was taken before names were looked at as they are now is not. */
export function shownName({
  userId,
  displayName,
}: {
  readonly userId: string;
  readonly displayName: string;
}): string {
  return nameFault(displayName) === undefined ? displayName : userId;
}

/** A user ID that somebody may take: one that begins and ends with a letter or a digit, so that no sentence or list hides its end. */
export const isNewUserId = (userId: string): boolean =>
  UserId.safeParse(userId).success && !isGuestId(userId) && !/^[._-]|[._-]$/.test(userId);
