/**
 * What stands in a personal document. Values are JSON, held against these schemas when they are read; a value of a newer version
 * that does not fit is passed over, and stays. Add fields and settings as wished: what is unknown to a terminal it keeps.
 */
import { z } from "zod";

import { fromUtf8, utf8 } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { longestGuestName } from "../guests.ts";
import { DisplayName, UserId } from "../ids.ts";
import { encodeMessage } from "../messages/codec.ts";
import { TimeMs } from "../messages/parts.ts";
import { PresenceFor } from "../messages/presence.ts";
import { wireBytes } from "../proof.ts";

/** UTF-16 units. */
export const longestNote = 1_000;
/** Of a call of more, the rest is in nobody's history. */
export const mostHistoryPeople = 64;

export const personFields = {
  favourite: z.boolean(),
  note: z.string().max(longestNote),
  /** What their devices signed that they are called, when this was written: for where nobody can be asked. */
  name: DisplayName,
  /**
   * Both saw the same code over both heads, at one place. `head`: of this person's key history at that time, `ownHead`: of whose list it is. `null`: not any
   * more. (`compared`, without the own head, was of versions that never wrote it.)
   */
  comparedHeads: z.object({ atMs: TimeMs, head: wireBytes(32, 32), ownHead: wireBytes(32, 32) }).nullable(),
};
export type PersonFields = { readonly [K in keyof typeof personFields]: z.output<(typeof personFields)[K]> };

export const groupFields = { name: DisplayName };

/** Since midnight. */
const MinuteOfDay = z
  .number()
  .int()
  .min(0)
  .max(24 * 60 - 1);
/** People who are heard while nobody else is, beside favourites. */
export const mostExceptions = 50;

export const settingFields = {
  /** BCP 47. */
  language: z.string().max(35),
  /** Who may see whether this person is reachable. */
  presenceFor: PresenceFor,
  /** Until it is ended nobody is heard but who is excepted. */
  doNotDisturb: z.boolean(),
  /** The same each day, by the clock of the terminal where it would ring. */
  quietHours: z.object({ isOn: z.boolean(), fromMinute: MinuteOfDay, toMinute: MinuteOfDay }),
  /** Who is heard all the same. */
  exceptions: z.object({ favourites: z.boolean(), userIds: z.array(UserId).max(mostExceptions) }),
  /** Calls that began up to then were seen: later ones that were missed are marked. */
  seenUntilMs: TimeMs,
};
export type Settings = { readonly [K in keyof typeof settingFields]: z.output<(typeof settingFields)[K]> };

/** What is kept of a call. The time and how long this person was in it stand beside it. */
export const PastCall = z.object({
  /** The others. */
  userIds: z.array(UserId).max(mostHistoryPeople),
  direction: z.enum(["in", "out"]),
  /** `missed`: it rang here, or would have. `unanswered`: nobody of the others came. */
  outcome: z.enum(["talked", "missed", "declined", "unanswered", "failed"]),
  /** Of the others, those who were verified by their devices. */
  verified: z.array(UserId).max(mostHistoryPeople),
  /** Who was in it as a guest: never verified, and called so by themselves alone. Terminals of before pass them over. */
  guests: z
    .array(z.object({ name: z.string().max(longestGuestName), invitedBy: UserId.optional() }))
    .max(mostHistoryPeople)
    .optional(),
});
export type PastCall = z.output<typeof PastCall>;

export const encodeValue = (value: unknown): Bytes => utf8(encodeMessage(value));

/** @returns undefined for what is of a newer version, or of none */
export function decodeValue<T>(schema: z.ZodType<T>, value: Bytes | undefined): T | undefined {
  try {
    return value === undefined ? undefined : schema.parse(JSON.parse(fromUtf8(value) ?? ""));
  } catch {
    return undefined;
  }
}
