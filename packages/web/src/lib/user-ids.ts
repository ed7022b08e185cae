import { PersonId } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

export interface ParsedUserIds {
  /** In the order typed, each once. */
  readonly valid: readonly UserId[];
  /** Words that cannot be user IDs. */
  readonly invalid: readonly string[];
}

/** Reads user IDs separated by spaces, commas or semicolons. Upper case is folded: a user ID is always lower case. */
export function parseUserIds(text: string): ParsedUserIds {
  const valid: UserId[] = [];
  const invalid: string[] = [];
  for (const word of new Set(text.toLowerCase().split(/[\s,;]+/))) {
    if (word === "") continue;
    const parsed = PersonId.safeParse(word);
    if (parsed.success) valid.push(parsed.data);
    else invalid.push(word);
  }
  return { valid, invalid };
}

/** The text of the field after a person was ticked (`wanted`) or unticked. */
export function withUserId(text: string, userId: UserId, wanted: boolean): string {
  const words = text.split(/[\s,;]+/).filter((word) => word !== "" && word.toLowerCase() !== userId);
  if (wanted) words.push(userId);
  return words.join(" ");
}

/** What is wrong with a word that is no user ID, as a sentence. */
export function whyNoUserId(word: string): string {
  const [odd] = /[^a-z0-9._-]/u.exec(word) ?? [];
  if (odd !== undefined) return texts().common.oddInUserId(word, odd);
  return texts().common.lengthOfUserId(word, Array.from(word).length);
}
