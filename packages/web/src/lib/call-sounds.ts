import { isGone } from "@signet/terminal";
import type { CallView } from "@signet/terminal";

/** What is heard of a change in a call, for ears that are not at the screen: who comes, who goes, and that it is over. */
export function soundOf(
  before: CallView | undefined,
  after: CallView | undefined,
): "join" | "leave" | "end" | undefined {
  if (before === undefined || after === undefined || before.callId !== after.callId) return undefined;
  if (before.phase === "ended") return undefined;
  if (after.phase === "ended") return "end";
  const there = ({ participants }: CallView): ReadonlySet<string> =>
    new Set(
      participants.flatMap(({ isSelf, state, userId }) => (!isSelf && state === "joined" ? [userId] : [])),
    );
  const were = there(before);
  const are = there(after);
  if ([...are].some((userId) => !were.has(userId))) return "join";
  const gone = after.participants.filter(({ state, userId }) => were.has(userId) && isGone(state));
  return gone.length > 0 ? "leave" : undefined;
}

/** Whether it rings somewhere for this person now. */
export function isRingingOut(call: CallView | undefined): boolean {
  return (
    call?.phase === "calling" &&
    call.requesting !== true &&
    call.participants.some(({ isSelf, state }) => !isSelf && state === "ringing")
  );
}
