/** Calls that are over, in the words of today. Pure. */
import type { AddedCall, TerminalState } from "@signet/terminal";
import { listOfNames, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";

/** How it ended, or how long one talked. */
export function outcomeWords({ direction, outcome, partMs }: AddedCall): string {
  const text = texts().history;
  switch (outcome) {
    case "talked":
      return spokenDuration(partMs);
    case "missed":
      return text.missed;
    case "declined":
      return direction === "in" ? text.youDeclined : text.declined;
    case "unanswered":
      return direction === "out" ? text.noAnswer : text.nobodyThere;
    case "failed":
      return text.failed;
  }
}

/** What was verified of the others; undefined where nobody was there to be. @param nameOf of a user ID */
export function verifiedWords(
  { outcome, userIds, verified }: AddedCall,
  nameOf: (userId: AddedCall["userIds"][number]) => string,
): string | undefined {
  const text = texts().history;
  if (verified.length === 0) return outcome === "talked" ? text.notVerified : undefined;
  return verified.length === userIds.length
    ? text.verified
    : text.verifiedAre(listOfNames(verified.map(nameOf)));
}

type Seen = Pick<TerminalState, "missed" | "personal">;

/** Missed, and later than what the person said they have seen. */
export const isNew = ({ outcome, startedAtMs }: AddedCall, { personal }: Pick<Seen, "personal">): boolean =>
  outcome === "missed" && startedAtMs > (personal?.settings.seenUntilMs ?? 0);

/** Calls that were missed and not seen yet: those that rang here, and those that reached no terminal. */
export function missedCount(state: Seen): number {
  const news = state.personal?.history.filter((call) => isNew(call, state)) ?? [];
  return new Set([...(state.missed ?? []), ...news].map(({ callId }) => callId)).size;
}
