/**
 * The Commit that this terminal was asked for, on its way.
 *
 *   making --- made ---> sent --- accepted, or found among what was accepted ---> adopting
 *     |                   | ^
 *     |                   | `-- without an answer: a sync tells, and it is sent again
 *     |                   `-- refused, or another one came for its epoch ---> dropped
 *     `-- another one came for its epoch ---> dropped
 */
import { isConnectionCode } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import { idle, only, without } from "./call-member-state.ts";
import type { CallMemberState, CallMemberStep, MadeCommit } from "./call-member-state.ts";

export function commitMade(state: CallMemberState, made: MadeCommit): CallMemberStep {
  const { making, epoch } = state;
  if (making === undefined || state.working !== "making") return { state, effects: [{ type: "drop" }] };
  // Somebody was faster while it was made.
  if (made.epoch !== epoch || state.inbox.has(made.epoch))
    return { state: idle(state), effects: [{ type: "drop" }] };
  const sent = { ...made, task: making };
  // Without a connection it waits in `sent`; the sync after the reconnection decides.
  if (!state.connected || state.syncing || state.behind)
    return only({ ...idle(state), sent: { made: sent, onWay: false } });
  return {
    state: { ...idle(state), sent: { made: sent, onWay: true } },
    effects: [{ type: "sendCommit", made: sent }],
  };
}

export function commitRefused(state: CallMemberState, code: ErrorCode): CallMemberStep {
  if (state.sent === undefined || state.working === "adopting") return only(state);
  // Not known whether it was accepted: a sync tells.
  if (code === "connection.lost") return only(unsent(state));
  if (isConnectionCode(code)) return only({ ...unsent(state), behind: true });
  return { state: without(state, "sent"), effects: [{ type: "drop" }] };
}

export function commitAccepted(state: CallMemberState, number: number): CallMemberStep {
  return state.sent === undefined || state.working !== undefined ? only(state) : adopt(state, number);
}

/** After a sync: an own Commit that was accepted while the answer was lost is found in the inbox and adopted. */
export function sendAgain(state: CallMemberState): CallMemberStep {
  const { inbox, sent } = state;
  if (sent === undefined || sent.onWay || inbox.has(sent.made.epoch)) return only(state);
  return {
    state: { ...state, sent: { made: sent.made, onWay: true } },
    effects: [{ type: "sendCommit", made: sent.made }],
  };
}

/** The own Commit was accepted. */
export function adopt(state: CallMemberState, number: number): CallMemberStep {
  const workingOn = { number, by: state.self.userId };
  return { state: { ...state, working: "adopting", workingOn }, effects: [{ type: "adopt" }] };
}

/** The answer to an own Commit does not come any more. */
export function unsent(state: CallMemberState): CallMemberState {
  return state.sent === undefined ? state : { ...state, sent: { ...state.sent, onWay: false } };
}
