import { isGuestId } from "@signet/protocol";
import type { NameFault, UserId } from "@signet/protocol";

import { isolate } from "./isolate.ts";
import { byLocale, catalogue } from "./language.ts";

/** How many names are said before the others are counted. */
const mostNames = 3;

/** `Ann`, `Ann and Bob`, `Ann, Bob and Cy`, `Ann, Bob and 3 others`; without any name `nobody`. */
export function listOfNames(names: readonly string[]): string {
  if (names.length === 0) return catalogue().nobody;
  const said =
    names.length <= mostNames
      ? names
      : [...names.slice(0, mostNames - 1), catalogue().others(names.length - mostNames + 1)];
  return catalogue().list(said.map(isolate));
}

const order = byLocale((tag) => new Intl.Collator(tag));

/** In the order of the language: Chinese names by their sounds. */
export const compareNames = (a: string, b: string): number => order().compare(a, b);

/** Somebody as a terminal shows them: a guest has no name that could be said without what they are. */
export type Called =
  | { readonly displayName: string; readonly guest?: undefined }
  | { readonly guest: GuestMark };

interface GuestMark {
  readonly name: string;
  readonly invitedBy?: UserId;
}

/** What somebody is called: the one way to name those of a call. Of a guest it begins with that. */
export const calledName = (person: Called): string =>
  person.guest === undefined ? person.displayName : catalogue().guests.called(person.guest.name);

/** What is said of every guest beside what they are called. @param nameOf as whoever invited them is called; @param self who reads it, where they are told that it was they */
export function guestMarkWords<Id extends string>(
  { invitedBy }: { readonly invitedBy?: Id },
  nameOf: (userId: Id) => string,
  self?: Id,
): string {
  const { mark, markBy, markByYou } = catalogue().guests;
  if (invitedBy !== undefined && invitedBy === self) return markByYou;
  return invitedBy === undefined ? mark : markBy(nameOf(invitedBy));
}

/** What is wrong with a display name, as a clause about it. */
export const nameFaultWords = (fault: NameFault): string => catalogue().nameFaults[fault];

/** Beside a name that looks like that of somebody else, as a clause. */
export const looksLikeWords = (userId: string): string =>
  // What names a guest's key says nothing to anybody.
  isGuestId(userId) ? catalogue().guests.looksLike : catalogue().looksLike(userId);
