/** Calls that are over, in the words of today. Pure. */
import type { AddedCall, MissedCall, TerminalState, VoiceMessage } from "@signet/terminal";
import {
  calledName,
  clausesInOne,
  guestMarkWords,
  label,
  listOfNames,
  pastCallWords,
  verifiedInCallWords,
} from "@signet/words";
import { texts } from "@signet/words/page";

/** How it ended, or how long one talked. */
export const outcomeWords = (call: AddedCall): string => label(pastCallWords(call, call.partMs));

/**
 * What was verified of the others; undefined where nobody was. Of calls that a browser kept before they belonged to the person that is not known.
 * @param nameOf of a user ID */
export function verifiedWords(
  { guests = [], userIds, verified }: AddedCall,
  nameOf: (userId: AddedCall["userIds"][number]) => string,
): string | undefined {
  if (verified.length === 0) return undefined;
  // With a guest in it no call is verified as a whole.
  const isAll = verified.length === userIds.length && guests.length === 0;
  return verifiedInCallWords(isAll ? undefined : listOfNames(verified.map(nameOf)));
}

/** Who was in it as a guest, each with what is said beside every guest, and each for a line of their own: in one, what is said of the second could be of the first. @param nameOf of whoever invited them; @param self who reads it */
export function guestsWords(
  { guests = [] }: AddedCall,
  nameOf: (userId: AddedCall["userIds"][number]) => string,
  self?: AddedCall["userIds"][number],
): readonly string[] {
  return guests.map((guest) =>
    clausesInOne(calledName({ guest: named(guest) }), guestMarkWords(named(guest), nameOf, self)),
  );
}

/** Who it was with, where no user ID is kept of it: guests alone, or whom the server did not know, as calls of before have it. */
export const nobodyKeptWords = ({ guests = [] }: AddedCall): string =>
  guests.length > 0
    ? listOfNames(guests.map((guest) => calledName({ guest: named(guest) })))
    : texts().history.unknownId;

type GuestOfCall = NonNullable<AddedCall["guests"]>[number];

/** A record of nobody's word has no inviter. */
const named = ({ invitedBy, name }: GuestOfCall) =>
  invitedBy === undefined ? { name } : { name, invitedBy };

type Seen = Pick<TerminalState, "missed" | "personal">;

/** Missed, and later than what the person said they have seen. */
export const isNew = ({ outcome, startedAtMs }: AddedCall, { personal }: Pick<Seen, "personal">): boolean =>
  outcome === "missed" && startedAtMs > (personal?.settings.seenUntilMs ?? 0);

/**
 * What was missed up to a call that is called back, as far as nobody else's is among it: theirs is not seen by that.
 * @returns the time of the last one, as `seenUntilMs`; undefined where nothing changes
 */
export function seenWith(call: AddedCall, state: Pick<Seen, "personal">): number | undefined {
  let untilMs: number | undefined;
  for (const one of (state.personal?.history ?? []).toReversed()) {
    if (!isNew(one, state)) continue;
    if (one.startedAtMs > call.startedAtMs || !one.userIds.every((userId) => call.userIds.includes(userId)))
      break;
    untilMs = one.startedAtMs;
  }
  return call.outcome === "missed" ? untilMs : undefined;
}

/** Calls that were missed and not seen yet, and those after which something was left that was not heard: each once. */
export function newsCount(state: Seen & Pick<TerminalState, "messages">): number {
  const news = state.personal?.history.filter((call) => isNew(call, state)) ?? [];
  const left = (state.messages ?? []).filter(({ isHeard }) => !isHeard).map(({ call }) => call);
  return new Set([...(state.missed ?? []), ...news, ...left].map(({ callId }) => callId)).size;
}

/**
 * Whether it was left after this very call, by who made it. The ID is not enough: whoever calls chooses it, and may know that of somebody else's call. Of
 * who was brought in the history does not tell when.
 */
export const isLeftAfter = (
  { call: { atMs, callId, from, startedBy } }: VoiceMessage,
  past: Pick<AddedCall, "callId" | "startedAtMs" | "userIds">,
): boolean =>
  startedBy === undefined &&
  callId === past.callId &&
  atMs === past.startedAtMs &&
  past.userIds.includes(from.userId);

/** As {@link isLeftAfter}, of a call that reached no terminal. */
export const isLeftAfterMissed = (
  { call }: VoiceMessage,
  { atMs, callId, from }: Pick<MissedCall, "atMs" | "callId" | "from">,
): boolean => callId === call.callId && atMs === call.atMs && from.userId === call.from.userId;
