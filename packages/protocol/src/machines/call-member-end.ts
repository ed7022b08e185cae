/** The end of a call on a terminal: by the server's word, which is looked at, or at once. */
import type { EventBody } from "../messages/events.ts";
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
  const { phase } = state;
  if (phase === "ending" || phase === "ended") return only(state);
  const drop: readonly CallMemberEffect[] = state.sent === undefined ? [] : [{ type: "drop" }];
  const ending: CallMemberState = {
    ...without(idle(state), "sent", "task", "dispute"),
    phase: "ending",
    ending: { reason: body.reason, before: phase },
  };
  return { state: ending, effects: [...drop, { type: "checkEnd", body }] };
}

export function endChecked(state: CallMemberState, signed: boolean): CallMemberStep {
  const { ending } = state;
  return ending === undefined ? only(state) : end(state, { type: "ended", reason: ending.reason, signed });
}

export function end(state: CallMemberState, how: CallMemberEnd): CallMemberStep {
  const effects: CallMemberEffect[] = [];
  if (state.sent !== undefined) effects.push({ type: "drop" });
  const outside = how.type === "failed" && isOutside(how.code);
  const leaving =
    how.type === "left" ? (how.reason ?? "left") : how.type === "failed" && !outside ? "unsafe" : undefined;
  if (leaving !== undefined) effects.push({ type: "sendLeave", reason: leaving });
  effects.push({ type: "ended", end: how });
  const ended: CallMemberState = {
    ...without(idle(state), "sent", "task", "dispute", "ending"),
    phase: "ended",
    end: how,
  };
  return { state: ended, effects };
}
