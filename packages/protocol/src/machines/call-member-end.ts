/** The end of a call on a terminal: by the server's word, which is looked at, or at once. */
import type { EventBody } from "../messages/events.ts";
import type { UserId } from "../ids.ts";
import { idle, isOutside, only, without } from "./call-member-state.ts";
import type {
  CallMemberEffect,
  CallMemberEnd,
  CallMemberState,
  CallMemberStep,
} from "./call-member-state.ts";

/** Nothing else counts any more. */
export const isOver = ({ phase }: CallMemberState): boolean => phase === "ending" || phase === "ended";

/** The server says that it is over; who signed for that is looked at, and nothing else counts meanwhile. */
export function beginEnd(state: CallMemberState, body: EventBody<"call.ended">): CallMemberStep {
  return beginChecked(state, body.reason, { type: "checkEnd", body });
}

/** The same where this person was put out, as the server says. */
export function beginRemoval(
  state: CallMemberState,
  { statement }: EventBody<"call.removed">,
): CallMemberStep {
  return beginChecked(state, "removed", { type: "checkRemoval", statement });
}

function beginChecked(
  state: CallMemberState,
  reason: NonNullable<CallMemberState["ending"]>["reason"],
  check: CallMemberEffect,
): CallMemberStep {
  const { phase } = state;
  if (phase === "ending" || phase === "ended") return only(state);
  const drop: readonly CallMemberEffect[] = state.sent === undefined ? [] : [{ type: "drop" }];
  const ending: CallMemberState = {
    ...without(idle(state), "sent", "task", "dispute"),
    phase: "ending",
    ending: { reason, before: phase },
  };
  return { state: ending, effects: [...drop, check] };
}

export function endChecked(state: CallMemberState, signed: boolean): CallMemberStep {
  const { ending } = state;
  if (ending === undefined || ending.reason === "removed") return only(state);
  return end(state, { type: "ended", reason: ending.reason, signed });
}

export function removalChecked(state: CallMemberState, by: UserId | undefined): CallMemberStep {
  return state.ending?.reason === "removed" ? removed(state, by) : only(state);
}

export const removed = (state: CallMemberState, by: UserId | undefined): CallMemberStep =>
  end(state, by === undefined ? { type: "removed" } : { type: "removed", by });

export function end(state: CallMemberState, how: CallMemberEnd): CallMemberStep {
  const effects: CallMemberEffect[] = [];
  if (state.sent !== undefined) effects.push({ type: "drop" });
  const outside = how.type === "failed" && isOutside(how.code);
  // Where nobody signed that this person is out, the others may know nothing of it.
  const isUnsafe = (how.type === "failed" && !outside) || (how.type === "removed" && how.by === undefined);
  const said = how.type === "left" ? (how.reason ?? "left") : isUnsafe ? "unsafe" : undefined;
  // Who moves goes on where they are: nothing is said of them.
  const isNotIn = state.moving !== undefined;
  if (isNotIn && how.type !== "ended") effects.push({ type: "sendMoveEnd" });
  const leaving = isNotIn ? undefined : said;
  if (leaving !== undefined) effects.push({ type: "sendLeave", reason: leaving });
  effects.push({ type: "ended", end: how });
  const ended: CallMemberState = {
    ...without(idle(state), "sent", "task", "dispute", "ending"),
    phase: "ended",
    end: how,
  };
  return { state: ended, effects };
}
