/**
 * Coming into the group by an external Commit, as a terminal does whose own state is broken, or whose Welcome does not hold.
 *
 *   rejoin -- a GroupInfo that holds --------------------> external Commit --> in the group
 *     ^ |---- one that does not hold -----------+
 *     | |---- none in 7.5 s, or a lost race:    |
 *     | |     three times in all ---------------+
 *     +------ whose it was, or was to be, is passed over
 *       `---- nobody is left to be asked --------------------> the call is over here
 *
 * Who gave what does not hold is named to the server, which asks somebody else on this terminal's behalf; nobody is put out for it.
 */
import { isConnectionCode } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { isVoided } from "./call-dispute.ts";
import { idle, only, rejoinsMost, without } from "./call-member-state.ts";
import type {
  CallMemberEffect,
  CallMemberEnd,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
} from "./call-member-state.ts";

type InputOf<T extends CallMemberInput["type"]> = Extract<CallMemberInput, { type: T }>;
/** The call cannot go on here, for this reason; or a step. */
export type OrFailed = CallMemberStep | { readonly failed: CallMemberEnd & { readonly type: "failed" } };

/** Another member is asked for its GroupInfo, which takes it a moment; one that is busy may take some seconds. */
const groupInfoWithinMs = 7_500;
const groupInfoRetryMs = 250;

/** Begins a rejoin that is due. */
export function beginRejoin(state: CallMemberState): CallMemberStep {
  if (!state.connected || state.rejoin !== "now") return only(state);
  const next: CallMemberState = {
    ...without(state, "rejoin"),
    working: "rejoining",
    rejoins: state.rejoins + 1,
  };
  return { state: next, effects: [rejoin(next)] };
}

/** A Commit ended the own epoch; or none ever will, and the group has yet to come as far; or there was none yet. */
function rejoin({
  epoch,
  moving,
  strayed,
  unwelcome,
}: CallMemberState): CallMemberEffect & { readonly type: "rejoin" } {
  if (moving !== undefined) return { type: "rejoin", leastEpoch: 0, isAwaited: false, isMove: true };
  if (epoch === undefined)
    return { type: "rejoin", leastEpoch: unwelcome?.epoch ?? 0, isAwaited: false, isFirst: true };
  return strayed === true
    ? { type: "rejoin", leastEpoch: epoch, isAwaited: true }
    : { type: "rejoin", leastEpoch: epoch + 1, isAwaited: false };
}

/** The Welcome does not hold: what its maker committed may hold all the same, as the others know. */
export function welcomeFailed(state: CallMemberState, code: ErrorCode): OrFailed {
  const { welcome, workingOn } = state;
  if (welcome === undefined || workingOn === undefined) return { failed: { type: "failed", code } };
  const { number, by } = workingOn;
  const isOver = isVoided(state, number) || isConnectionCode(code) || code === "mls.closed";
  if (isOver) return { failed: { type: "failed", code, by } };
  const next: CallMemberState = {
    ...without(idle(state), "welcome"),
    unwelcome: { number, epoch: welcome.epoch, by, code },
    rejoin: "now",
  };
  return passOver(next, by, code);
}

/** Where the Commit of a Welcome that does not hold was voided, the group does not hold this terminal's leaf. */
export function stillWelcome(state: CallMemberState): OrFailed {
  const { epoch, unwelcome } = state;
  const isOver = epoch === undefined && unwelcome !== undefined && isVoided(state, unwelcome.number);
  return isOver ? { failed: failure(state, unwelcome.code) } : only(state);
}

export function giverRefused(state: CallMemberState, { giver, code }: InputOf<"giverRefused">): OrFailed {
  if (state.working !== "rejoining") return only(state);
  // Named again, or nobody who could be asked: a server that goes on so brings nobody back.
  if (isPassedOver(state, giver) || !state.members.has(giver)) return notGiven({ ...state, refusal: code });
  const passed = passOver({ ...state, refusal: code }, giver, code);
  return { ...passed, effects: [...passed.effects, rejoin(passed.state)] };
}

export function groupInfoAwaited(
  state: CallMemberState,
  { forMs, giver }: InputOf<"groupInfoAwaited">,
): OrFailed {
  if (state.working !== "rejoining") return only(state);
  if (forMs < groupInfoWithinMs) return { state, effects: [{ ...rejoin(state), afterMs: groupInfoRetryMs }] };
  if (state.rejoins >= rejoinsMost) return notGiven(state);
  const next: CallMemberState = { ...idle(state), rejoin: "now" };
  const isNew = giver !== undefined && state.members.has(giver) && !isPassedOver(state, giver);
  return isNew ? passOver(next, giver, "connection.timeout") : only(next);
}

export function rejoinFailed(state: CallMemberState, code: ErrorCode): OrFailed {
  if (code === "connection.lost") return only({ ...idle(state), rejoin: "whenConnected" });
  // Another Commit was faster, or the server did not answer.
  const again = code.startsWith("delivery.") || isConnectionCode(code);
  if (again && state.rejoins < rejoinsMost) return only({ ...idle(state), rejoin: "now" });
  return code === "call.noGroupInfo" ? notGiven(state) : { failed: failure(state, code) };
}

const isPassedOver = ({ refusedGivers }: CallMemberState, giver: UserId): boolean =>
  refusedGivers?.has(giver) === true;

function passOver(state: CallMemberState, giver: UserId, code: ErrorCode): CallMemberStep {
  if (isPassedOver(state, giver)) return only(state);
  const refusedGivers = new Map(state.refusedGivers).set(giver, code);
  return { state: { ...state, refusedGivers }, effects: [{ type: "sendGiverRefusal", giver, code }] };
}

/** What may have been lost with a connection; the server takes it once. */
export function refusalsAgain({ rejoin, refusedGivers }: CallMemberState): readonly CallMemberEffect[] {
  if (rejoin === undefined || refusedGivers === undefined) return [];
  return Array.from(refusedGivers, ([giver, code]) => ({ type: "sendGiverRefusal", giver, code }));
}

/** Whose proof failed says more than that nobody gave a GroupInfo that holds. */
function notGiven(state: CallMemberState): OrFailed {
  const { refusal } = state;
  const isTelling = refusal !== undefined && !refusal.startsWith("mls.");
  return { failed: failure(state, isTelling ? refusal : "call.noGroupInfo") };
}

/** For a newcomer it is still their Welcome that did not hold. */
function failure(
  { unwelcome }: CallMemberState,
  code: ErrorCode,
): CallMemberEnd & { readonly type: "failed" } {
  return unwelcome === undefined
    ? { type: "failed", code }
    : { type: "failed", code: unwelcome.code, by: unwelcome.by };
}
