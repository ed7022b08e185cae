/**
 * One call, as a terminal in it processes it. Keeps the order of group changes; MLS itself, being asynchronous, is done by
 * the shell, one operation at a time, and its results come back as inputs.
 *
 *   initiator   requesting --- reply --------------------+
 *                                                        v
 *   member      joining --- Welcome, or a rejoin -----> active --- leave, failed check ----------> ended
 *                                                        |                                       ^
 *                                                        +-- the server says that it is over --> ending, until it is known who signed for it
 *
 *   active, between two operations:
 *     a Commit for the own epoch is here      -> process it (an own Commit for that epoch lost the race, unless this one is voided)
 *     the server asked for a Commit           -> make it, send it, adopt it when it was accepted
 *     Commits are missing, or connected again -> sync
 *     the own state cannot follow             -> rejoin by external Commit, three attempts until a Commit was processed
 *
 * A Commit that is refused here is disputed (call-dispute.ts) before anything else is done; of an own one call-own-commit.ts knows.
 */
import { equalBytes } from "../bytes.ts";
import { isConnectionCode } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import type { CallId } from "../ids.ts";
import type { CommittedIn, MemberIn } from "../messages/parts.ts";
import type { ReplyBody } from "../messages/requests.ts";
import { astray, dispute, isVoided, settled, strayedIf, told, withoutVoided } from "./call-dispute.ts";
import {
  beginEnd,
  beginRemoval,
  end,
  endChecked,
  isOver,
  removalChecked,
  removed,
} from "./call-member-end.ts";
import { byUserId, listed } from "./call-member-list.ts";
import { codeOfAbsence, idle, only, rejoinsMost, without } from "./call-member-state.ts";
import type { CallEvent, CallMemberInput, CallMemberState, CallMemberStep } from "./call-member-state.ts";
import {
  adopt,
  commitAccepted,
  commitMade,
  commitRefused,
  dropLost,
  sendAgain,
  unsent,
} from "./call-own-commit.ts";
import {
  beginRejoin,
  giverRefused,
  groupInfoAwaited,
  refusalsAgain,
  rejoinFailed,
  stillWelcome,
  welcomeFailed,
} from "./call-rejoin.ts";
import type { OrFailed } from "./call-rejoin.ts";

/** A server that sends more ahead of time is not followed; what is missing comes with a sync. */
const inboxMost = 256;

/** The initiator's call: the group stands (epoch 0, itself) before it is requested. */
export function startInitiator(callId: CallId, self: CallMemberState["self"]): CallMemberStep {
  return {
    state: { ...blank(callId, self), phase: "requesting", epoch: 0 },
    effects: [{ type: "sendRequest" }],
  };
}

/** A member's call, from the answer on. */
export function startMember(
  callId: CallId,
  self: CallMemberState["self"],
  members: readonly MemberIn[],
): CallMemberStep {
  return { state: { ...blank(callId, self), members: byUserId(members) }, effects: [{ type: "sendJoin" }] };
}

/** A call that the person is in at another terminal, and goes on with here. */
export function startMover(
  callId: CallId,
  self: CallMemberState["self"],
  members: readonly MemberIn[],
): CallMemberStep {
  return {
    state: { ...blank(callId, self), members: byUserId(members), moving: "connecting" },
    effects: [{ type: "sendMove" }],
  };
}

export function stepCallMember(state: CallMemberState, input: CallMemberInput): CallMemberStep {
  if (state.phase === "ending" && input.type === "endChecked") return endChecked(state, input.signed);
  if (state.phase === "ending" && input.type === "removalChecked") return removalChecked(state, input.by);
  if (isOver(state)) return { state, effects: input.type === "commitMade" ? [{ type: "drop" }] : [] };
  const changed = apply(state, input);
  if (isOver(changed.state)) return changed;
  const next = advance(changed.state);
  return { state: next.state, effects: [...changed.effects, ...next.effects] };
}

function blank(callId: CallId, self: CallMemberState["self"]): CallMemberState {
  return {
    callId,
    self,
    phase: "joining",
    connected: true,
    epoch: undefined,
    number: 0,
    members: new Map(),
    working: undefined,
    inbox: new Map(),
    syncing: false,
    behind: false,
    rejoins: 0,
  };
}

function apply(state: CallMemberState, input: CallMemberInput): CallMemberStep {
  switch (input.type) {
    case "requested":
      if (state.phase !== "requesting") return only(listed(state, input.members));
      return only({ ...state, phase: "active", members: byUserId(input.members) });
    case "joinAccepted":
      return only(listed(state, input.members));
    case "startFailed":
      return startFailed(state, input.code);
    case "event":
      return applyEvent(state, input.event);
    case "connected":
      return reconnect({ ...state, connected: true });
    case "disconnected":
      return only({ ...unsent(state), connected: false, syncing: false });
    case "commitMade":
      return commitMade(state, input.made);
    case "commitSkipped":
      return only(state.working === "making" ? idle(state) : state);
    case "commitAccepted":
      return commitAccepted(state, input);
    case "commitRefused":
      return commitRefused(state, input);
    case "advanced": {
      const next = told(advanced(state, input));
      return { ...next, effects: [...dropLost(state), ...next.effects] };
    }
    case "groupInfoAwaited":
      return orEnded(state, groupInfoAwaited(state, input));
    case "giverRefused":
      return orEnded(state, giverRefused(state, input));
    case "operationFailed":
      return operationFailed(state, input.code);
    case "movedSelf":
      return end(state, { type: "moved" });
    case "mediaReady":
      if (state.moving !== "connecting") return only(state);
      return only({ ...state, moving: "entering", rejoin: "now" });
    case "removedSelf":
      return input.by === undefined
        ? end(state, { type: "failed", code: "call.notMember" })
        : removed(state, input.by);
    case "synced":
      return synced(state, input.reply);
    case "syncFailed":
      if (isConnectionCode(input.code))
        return only({ ...state, syncing: false, behind: input.code !== "connection.lost" });
      return end(state, { type: "failed", code: codeOfAbsence(input.code) });
    case "verdictTaken":
      return input.holds === undefined ? only(state) : settled(state, input.number, input.holds);
    case "verdictFailed":
      // Sent again with the next connection. What the server does not decide, it does not void.
      return isConnectionCode(input.code) ? only(state) : settled(state, input.number, true);
    case "verdictOverdue":
      return settled(state, input.number, true);
    case "endChecked":
    case "removalChecked":
      return only(state);
    case "leave":
      return end(state, { ...input, type: "left" });
    case "fail":
      return end(state, { type: "failed", code: input.code });
  }
}

function startFailed(state: CallMemberState, code: ErrorCode): CallMemberStep {
  if (state.phase === "active") return only(state);
  if (!isConnectionCode(code)) return end(state, { type: "failed", code });
  // Lost: sent again with the next connection. No answer in time: again at once, the server takes it as the same.
  return code === "connection.lost" || !state.connected ? only(state) : start(state);
}

function start(state: CallMemberState): CallMemberStep {
  if (state.moving !== undefined) return { state, effects: [{ type: "sendMove" }] };
  return { state, effects: [{ type: state.phase === "requesting" ? "sendRequest" : "sendJoin" }] };
}

function applyEvent(state: CallMemberState, event: CallEvent): CallMemberStep {
  switch (event.type) {
    case "call.member": {
      const { member } = event.body;
      const next = listed(state, [member]);
      if (member.userId === state.self.userId && member.state === "refused" && state.epoch === undefined) {
        const [by, alsoBy] = event.body.by ?? [];
        return end(next, {
          type: "failed",
          code: "call.turnedAway",
          ...(by === undefined ? {} : { by }),
          ...(alsoBy === undefined ? {} : { alsoBy }),
        });
      }
      if (event.body.reason === "moveOver")
        return state.moving === undefined
          ? only(next)
          : end(next, { type: "failed", code: "call.notElsewhere" });
      if (member.userId === state.self.userId && event.body.reason === "badCommit")
        return end(next, { type: "failed", code: "call.putOut" });
      return only(next);
    }
    case "call.members":
      return only(listed(state, event.body.members));
    case "call.commitNeeded": {
      const missed =
        state.epoch !== undefined && event.body.epoch > state.epoch && !state.inbox.has(state.epoch);
      return only({ ...state, task: event.body, behind: state.behind || missed });
    }
    case "call.committed": {
      const { callId: _callId, ...committed } = event.body;
      const { epoch } = committed;
      // Before the Welcome one cannot know which Commits will be needed: keep them all until then.
      if (state.epoch !== undefined && epoch < state.epoch) return only(state);
      // The first one stands: a server that sends a second one for an epoch does not get to replace it.
      if (state.inbox.has(epoch)) return only(state);
      if (state.inbox.size >= inboxMost) return only({ ...state, behind: true });
      return only({ ...state, inbox: new Map(state.inbox).set(epoch, committed) });
    }
    case "call.commitDisputed":
      return told({ ...state, verdictWanted: event.body.number });
    case "call.commitJudged": {
      if (event.body.holds) return settled(state, event.body.number, true);
      return orEnded(state, stillWelcome(withoutVoided(state, event.body)));
    }
    case "call.welcome": {
      const isNew = state.unwelcome?.number !== event.body.number;
      if (state.epoch !== undefined || state.working !== undefined || !isNew) return only(state);
      // Nobody welcomes who moves.
      if (state.moving !== undefined) return only(state);
      return only({ ...without(state, "unwelcome", "rejoin"), welcome: event.body });
    }
    case "call.removed":
      return beginRemoval(state, event.body);
    case "call.ended":
      return beginEnd(state, event.body);
  }
}

function reconnect(state: CallMemberState): CallMemberStep {
  const ready: CallMemberState = state.rejoin === undefined ? state : { ...state, rejoin: "now" };
  if (state.phase === "requesting") return start(ready);
  // What was missed before the Welcome is opened is asked for after it.
  const behind: CallMemberState = { ...ready, behind: true, syncing: false };
  const again = refusalsAgain(state);
  const next =
    state.phase === "joining"
      ? start(behind)
      : state.dispute === undefined
        ? only(behind)
        : dispute(behind, state.dispute);
  return { ...next, effects: [...next.effects, ...again] };
}

function advanced(
  state: CallMemberState,
  { epoch, number = state.workingOn?.number ?? state.number }: Extract<CallMemberInput, { type: "advanced" }>,
): CallMemberState {
  const inbox = new Map([...state.inbox].filter(([made]) => made >= epoch));
  const rejoins = state.working === "rejoining" || state.working === "joining" ? state.rejoins : 0;
  const done = without(idle(state), "sent", "welcome", "unwelcome", "rejoin", "strayed", "moving");
  const current = done.task !== undefined && done.task.epoch < epoch ? without(done, "task") : done;
  return strayedIf({ ...current, phase: "active", epoch, number, inbox, rejoins });
}

function operationFailed(state: CallMemberState, code: ErrorCode): CallMemberStep {
  const { working, workingOn } = state;
  // The task is given up; the server asks again, here or elsewhere.
  if (working === "making") return only(idle(state));
  if (working === "rejoining") return orEnded(state, rejoinFailed(state, code));
  if (working === "joining") return orEnded(state, welcomeFailed(state, code));
  if (working === "processing" && workingOn !== undefined && code !== "mls.closed") {
    // Voided meanwhile: there is nothing to say of it any more.
    if (isVoided(state, workingOn.number)) return only(idle(state));
    // What could not be asked for says nothing against the Commit.
    if (isConnectionCode(code) && state.rejoins < rejoinsMost)
      return only({ ...idle(state), rejoin: code === "connection.lost" ? "whenConnected" : "now" });
    if (isConnectionCode(code)) return end(state, { type: "failed", code });
    return dispute(idle(state), { ...workingOn, code });
  }
  return end(state, { type: "failed", code });
}

function orEnded(state: CallMemberState, result: OrFailed): CallMemberStep {
  return "failed" in result ? end(state, result.failed) : result;
}

function synced(state: CallMemberState, reply: ReplyBody<"call.sync">): CallMemberStep {
  if (reply.strayed) return only(astray({ ...listed(state, reply.members), syncing: false }));
  const inbox = new Map(state.inbox);
  let through = state.epoch ?? 0;
  for (const committed of reply.commits) {
    const { epoch } = committed;
    through = Math.max(through, epoch + 1);
    if (state.epoch !== undefined && epoch >= state.epoch && !inbox.has(epoch)) inbox.set(epoch, committed);
  }
  // The reply is all there is: later Commits without the one for this epoch would only make it ask again and again.
  const usable = state.epoch === undefined || inbox.has(state.epoch) ? inbox : new Map<number, CommittedIn>();
  // Of many the reply holds the first ones. Without any that are of use here no other would be better.
  const behind = state.behind || (usable.size > 0 && through < reply.epoch);
  return sendAgain({ ...listed(state, reply.members), inbox: usable, syncing: false, behind });
}

/** Between two operations: what is to be done next. */
function advance(state: CallMemberState): CallMemberStep {
  const { epoch, number: ownNumber, sent, task, connected } = state;
  if (state.working !== undefined || state.syncing || state.dispute !== undefined) return only(state);
  if (epoch === undefined) {
    if (state.welcome === undefined) return beginRejoin(state);
    const { number, by, statements, welcome } = state.welcome;
    return {
      state: { ...state, working: "joining", workingOn: { number, by } },
      effects: [{ type: "joinGroup", welcome, by, ...(statements === undefined ? {} : { statements }) }],
    };
  }
  if (state.rejoin !== undefined) return beginRejoin(state);
  const committed = state.inbox.get(epoch);
  if (committed !== undefined) {
    const { number, by } = committed;
    if (sent !== undefined && equalBytes(committed.commit, sent.made.commit)) return adopt(state, number);
    return {
      state: { ...state, working: "processing", workingOn: { number, by } },
      effects: [{ type: "process", committed }],
    };
  }
  if (state.phase !== "active" || !connected) return only(state);
  // Later Commits are here and the one for this epoch is not, or something may have been missed: ask.
  if (state.behind || state.inbox.size > 0) {
    return {
      state: { ...state, behind: false, syncing: true },
      effects: [{ type: "sendSync", epoch, number: ownNumber }],
    };
  }
  if (task?.epoch === epoch && sent === undefined) {
    return {
      state: { ...without(state, "task"), working: "making", making: task.task },
      effects: [{ type: "makeCommit", task }],
    };
  }
  return only(state);
}
