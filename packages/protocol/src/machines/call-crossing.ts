/**
 * Calls that cross: two people call each other, or somebody is called while they call. Whoever only calls, and whom nobody answered yet, can
 * answer instead; once they are in that call, their terminal ends their own. When both answer at once the first one counts. Pure.
 */
import type { ErrorCode } from "../errors.ts";
import type { TerminalId, UserId } from "../ids.ts";
import { isEngaged, isRinging, takesPart } from "./call-questions.ts";
import { isIn } from "./call-roster.ts";
import type { CallServerState, From } from "./call-server-state.ts";

/** Whether this person started the call, and nobody was in it with them so far, or is about to be. */
export function isCallingAlone(
  { ended, everJoined, initiatorId, members }: CallServerState,
  userId: UserId,
): boolean {
  if (ended !== undefined || everJoined || initiatorId !== userId) return false;
  return [...members.values()].every((member) =>
    member.userId === userId ? member.state === "joined" : !isIn(member),
  );
}

/**
 * Which of the calls that this person's own one crossed theirs answers: the one that only rings for them, and not one that they, or others, were in
 * before; that they answered by it just now, when the reply was lost.
 */
export function crossedCall(
  crossing: readonly CallServerState[],
  { terminalId, userId }: From,
): CallServerState | undefined {
  return (
    crossing.find((call) => takesPart(call, terminalId)) ??
    crossing.find((call) => isCallingAlone(call, call.initiatorId) && isRinging(call, userId))
  );
}

/**
 * Whether somebody cannot be called by the asker now. Who calls the asker, and nobody has answered, can: so both see that the other calls.
 * @param calls of the person who is called
 */
export function isBusyFor(calls: readonly CallServerState[], userId: UserId, askerId: UserId): boolean {
  return calls.some(
    (call) => isEngaged(call, userId) && !(isCallingAlone(call, userId) && isRinging(call, askerId)),
  );
}

/**
 * At which of these terminals of a person another call may ring: at all, unless they are in a call, or call, at one. Then they are busy at
 * the others, and could answer there alone ({@link crossingRefusal}).
 * @param calls of the person
 */
export function freeTerminals(
  calls: readonly CallServerState[],
  userId: UserId,
  there: readonly TerminalId[],
): readonly TerminalId[] {
  const taken = calls.filter((call) => isEngaged(call, userId)).map((call) => terminalIn(call, userId));
  return taken.length === 0 ? there : there.filter((terminalId) => taken.includes(terminalId));
}

const terminalIn = ({ members }: CallServerState, userId: UserId): TerminalId | undefined =>
  members.get(userId)?.terminalId;

/**
 * Why this person cannot join the call for another one that they, or who called, are in. Nobody is in two calls with somebody else: who
 * is in one cannot join another, and who called and is on the way into another call is joined by nobody. Who only calls can answer at the
 * terminal from which they call, since that one ends their own.
 * @param calls all calls of the person and of the call's initiator
 */
export function crossingRefusal(
  calls: readonly CallServerState[],
  target: CallServerState,
  { terminalId, userId }: From,
): Extract<ErrorCode, "call.inCall" | "call.answeredYours" | "call.callerElsewhere"> | undefined {
  const { initiatorId } = target;
  const others = calls.filter(({ callId }) => callId !== target.callId);
  const isCallerAlone = isCallingAlone(target, initiatorId) && initiatorId !== userId;
  const own = others.filter((call) => isEngaged(call, userId));
  if (!own.every((call) => isCallingAlone(call, userId) && terminalIn(call, userId) === terminalId)) {
    const answered = own.some((call) => call.initiatorId === userId && isEngaged(call, initiatorId));
    return isCallerAlone && answered ? "call.answeredYours" : "call.inCall";
  }
  const isCallerElsewhere = isCallerAlone && others.some((call) => isEngaged(call, initiatorId));
  return isCallerElsewhere ? "call.callerElsewhere" : undefined;
}
