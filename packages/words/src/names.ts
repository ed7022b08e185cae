import type { NameFault } from "@signet/protocol";

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

/** What is wrong with a display name, as a clause about it. */
export const nameFaultWords = (fault: NameFault): string => catalogue().nameFaults[fault];

/** Beside a name that looks like that of somebody else, as a clause. */
export const looksLikeWords = (userId: string): string => catalogue().looksLike(userId);
