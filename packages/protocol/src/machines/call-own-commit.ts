/**
 * The Commit that this terminal was asked for, on its way.
 *
 *   making --- made ---> sent --- accepted, or found among what was accepted ---> adopting
 *     |                   | ^
 *     |                   | `-- without an answer: a sync tells, and it is sent again
 *     |                   `-- refused, or another one ended its epoch ---> dropped
 *     `-- another one came for its epoch ---> dropped
 *
 * What is sent is held until it is known what became of it: another one that came for its epoch may be voided, and the server then takes this one.
 * Its answer may come when the next one is on its way, and says nothing of that.
 */
import { equalBytes } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { isConnectionCode } from "../errors.ts";
import { idle, only, without } from "./call-member-state.ts";
import type { CallMemberInput, CallMemberState, CallMemberStep, MadeCommit } from "./call-member-state.ts";

type InputOf<T extends CallMemberInput["type"]> = Extract<CallMemberInput, { type: T }>;

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

export function commitRefused(
  state: CallMemberState,
  { commit, code }: InputOf<"commitRefused">,
): CallMemberStep {
  if (!isSent(state, commit) || state.working === "adopting") return only(state);
  // Not known whether it was accepted: a sync tells.
  if (code === "connection.lost") return only(unsent(state));
  if (isConnectionCode(code)) return only({ ...unsent(state), behind: true });
  return { state: without(state, "sent"), effects: [{ type: "drop" }] };
}

export function commitAccepted(
  state: CallMemberState,
  { commit, number }: InputOf<"commitAccepted">,
): CallMemberStep {
  if (!isSent(state, commit) || state.working === "adopting") return only(state);
  // Where another one for its epoch is looked at, or disputed, that one comes to its end first, and a sync tells.
  if (state.working !== undefined || state.dispute !== undefined) return only({ ...state, behind: true });
  return adopt(state, number);
}

/** The group is in another epoch: an own Commit that was not adopted never will be. */
export function dropLost({ sent, working }: CallMemberState): CallMemberStep["effects"] {
  return sent === undefined || working === "adopting" ? [] : [{ type: "drop" }];
}

const isSent = ({ sent }: CallMemberState, commit: Bytes): boolean =>
  sent !== undefined && equalBytes(sent.made.commit, commit);

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
