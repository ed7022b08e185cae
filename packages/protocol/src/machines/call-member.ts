/**
 * One call, as a terminal in it processes it. Keeps the order of group changes; MLS itself, being asynchronous, is done by
 * the shell, one operation at a time, and its results come back as inputs.
 *
 *   initiator   requesting --- reply --------------------+
 *                                                        v
 *   member      joining --- Welcome --- groupJoined --> active --- ended, leave, failed check ---> ended
 *
 *   active, between two operations:
 *     a Commit for the own epoch is here      -> process it (an own Commit for that epoch lost the race: drop it)
 *     the server asked for a Commit           -> make it, send it, adopt it when it was accepted
 *     Commits are missing, or connected again -> sync
 *     the own state cannot follow             -> rejoin by external Commit, once in a row
 */
import { equalBytes } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { CallId, TerminalId, UserId } from "../ids.ts";
import type { EventBody } from "../messages/events.ts";
import type { EndReason, MemberIn, MemberState } from "../messages/parts.ts";
import type { ReplyBody, RequestBody } from "../messages/requests.ts";
import type { Step } from "./step.ts";

/** What a Commit that was made holds; the shell keeps the new group state under it until `adopt` or `drop`. */
export type MadeCommit = Omit<RequestBody<"call.commit">, "callId">;

export interface CallMemberState {
  readonly callId: CallId;
  readonly self: { readonly userId: UserId; readonly terminalId: TerminalId };
  readonly phase: "requesting" | "joining" | "active" | "ended";
  readonly connected: boolean;
  /** The epoch of the own group state; undefined before the Welcome. */
  readonly epoch: number | undefined;
  readonly members: ReadonlyMap<UserId, MemberIn>;
  /** The MLS operation that the shell is doing. */
  readonly working: "making" | "adopting" | "processing" | "joining" | "rejoining" | undefined;
  /** An own Commit on its way to the server. */
  readonly sent?: MadeCommit;
  readonly task?: EventBody<"call.commitNeeded">;
  readonly welcome?: { readonly epoch: number; readonly welcome: Bytes };
  /** Commits by the epoch in which they were made. */
  readonly inbox: ReadonlyMap<number, Bytes>;
  readonly syncing: boolean;
  /** A rejoin was tried and nothing was processed since. */
  readonly rejoined: boolean;
  readonly end?: CallMemberEnd;
}

/** How the call ended for this terminal: the server's or the initiator's word, the person's own, or a failed check. */
export type CallMemberEnd =
  | { readonly type: "ended"; readonly reason: EndReason }
  | { readonly type: "left" }
  | { readonly type: "failed"; readonly code: ErrorCode };

export type CallMemberInput =
  | { readonly type: "requested"; readonly members: readonly MemberIn[] }
  | { readonly type: "joinAccepted"; readonly members: readonly MemberIn[] }
  /** The server refused the request or the join; with `connection.lost` it is sent again. */
  | { readonly type: "startFailed"; readonly code: ErrorCode }
  | { readonly type: "event"; readonly event: CallEvent }
  | { readonly type: "connected" }
  | { readonly type: "disconnected" }
  | { readonly type: "commitMade"; readonly made: MadeCommit }
  /** Nothing was left to commit (for example, all joiners were refused). */
  | { readonly type: "commitSkipped" }
  | { readonly type: "commitAccepted" }
  | { readonly type: "commitRefused"; readonly code: ErrorCode }
  /** The group state moved on (adopted, processed, joined or rejoined) and is now in this epoch. */
  | { readonly type: "advanced"; readonly epoch: number }
  | { readonly type: "operationFailed"; readonly code: ErrorCode }
  | { readonly type: "removedSelf" }
  | { readonly type: "synced"; readonly reply: ReplyBody<"call.sync"> }
  | { readonly type: "syncFailed"; readonly code: ErrorCode }
  | { readonly type: "leave" }
  /** A check of the shell failed (a member whose key changed, plaintext on the wire): leave rather than go on. */
  | { readonly type: "fail"; readonly code: ErrorCode };

type CallEventType = "call.member" | "call.commitNeeded" | "call.committed" | "call.welcome" | "call.ended";
export type CallEvent = { [T in CallEventType]: { readonly type: T; readonly body: EventBody<T> } }[CallEventType];

export type CallMemberEffect =
  | { readonly type: "sendRequest" }
  | { readonly type: "sendJoin" }
  | { readonly type: "sendSync"; readonly epoch: number }
  | { readonly type: "sendCommit"; readonly made: MadeCommit }
  | { readonly type: "makeCommit"; readonly task: EventBody<"call.commitNeeded"> }
  | { readonly type: "adopt" }
  | { readonly type: "drop" }
  | { readonly type: "process"; readonly epoch: number; readonly commit: Bytes }
  | { readonly type: "joinGroup"; readonly welcome: Bytes }
  | { readonly type: "rejoin" }
  /** Tell the server that this terminal leaves, and why. */
  | { readonly type: "sendLeave"; readonly reason: "left" | "unsafe" }
  | { readonly type: "ended"; readonly end: CallMemberEnd };

export type CallMemberStep = Step<CallMemberState, CallMemberEffect>;

/** The initiator's call: the group stands (epoch 0, itself) before it is requested. */
export function startInitiator(callId: CallId, self: CallMemberState["self"]): CallMemberStep {
  return { state: { ...blank(callId, self), phase: "requesting", epoch: 0 }, effects: [{ type: "sendRequest" }] };
}

/** A member's call, from the answer on. */
export function startMember(callId: CallId, self: CallMemberState["self"], members: readonly MemberIn[]): CallMemberStep {
  const state: CallMemberState = { ...blank(callId, self), phase: "joining", members: byUserId(members) };
  return { state, effects: [{ type: "sendJoin" }] };
}

export function stepCallMember(state: CallMemberState, input: CallMemberInput): CallMemberStep {
  if (state.phase === "ended") return { state, effects: input.type === "commitMade" ? [{ type: "drop" }] : [] };
  const changed = apply(state, input);
  if (changed.state.phase === "ended") return changed;
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
    members: new Map(),
    working: undefined,
    inbox: new Map(),
    syncing: false,
    rejoined: false,
  };
}

function apply(state: CallMemberState, input: CallMemberInput): CallMemberStep {
  switch (input.type) {
    case "requested":
      return only({ ...state, phase: "active", members: byUserId(input.members) });
    case "joinAccepted":
      return only({ ...state, members: byUserId(input.members) });
    case "startFailed":
      return input.code === "connection.lost" ? only(state) : end(state, { type: "failed", code: input.code });
    case "event":
      return applyEvent(state, input.event);
    case "connected":
      return reconnect({ ...state, connected: true });
    case "disconnected":
      return only({ ...state, connected: false, syncing: false });
    case "commitMade":
      return commitMade(state, input.made);
    case "commitSkipped":
      return only({ ...without(state, "task"), working: undefined });
    case "commitAccepted":
      if (state.sent === undefined || state.working !== undefined) return only(state);
      return { state: { ...state, working: "adopting" }, effects: [{ type: "adopt" }] };
    case "commitRefused":
      return commitRefused(state, input.code);
    case "advanced":
      return only(advanced(state, input.epoch));
    case "operationFailed":
      return operationFailed(state, input.code);
    case "removedSelf":
      return end(state, { type: "failed", code: "call.notMember" });
    case "synced":
      return synced(state, input.reply);
    case "syncFailed":
      if (input.code === "connection.lost") return only({ ...state, syncing: false });
      return end(state, { type: "failed", code: input.code });
    case "leave":
      return end(state, { type: "left" });
    case "fail":
      return end(state, { type: "failed", code: input.code });
  }
}

function applyEvent(state: CallMemberState, event: CallEvent): CallMemberStep {
  switch (event.type) {
    case "call.member": {
      const { member } = event.body;
      const members = new Map(state.members).set(member.userId, member);
      if (member.userId === state.self.userId && member.state === "refused" && state.epoch === undefined) {
        return end({ ...state, members }, { type: "failed", code: "mls.refused" });
      }
      return only({ ...state, members });
    }
    case "call.commitNeeded":
      return only({ ...state, task: event.body });
    case "call.committed": {
      const { epoch, commit } = event.body;
      // Before the Welcome one cannot know which Commits will be needed: keep them all until then.
      if (state.epoch !== undefined && epoch < state.epoch) return only(state);
      // The first one stands: a server that sends a second one for an epoch does not get to replace it.
      if (state.inbox.has(epoch)) return only(state);
      return only({ ...state, inbox: new Map(state.inbox).set(epoch, commit) });
    }
    case "call.welcome":
      return state.epoch === undefined ? only({ ...state, welcome: event.body }) : only(state);
    case "call.ended":
      return end(state, { type: "ended", reason: event.body.reason });
  }
}

function reconnect(state: CallMemberState): CallMemberStep {
  if (state.phase === "requesting") return { state, effects: [{ type: "sendRequest" }] };
  if (state.phase === "joining") return { state, effects: [{ type: "sendJoin" }] };
  if (state.epoch === undefined) return only(state);
  return { state: { ...state, syncing: true }, effects: [{ type: "sendSync", epoch: state.epoch }] };
}

function commitMade(state: CallMemberState, made: MadeCommit): CallMemberStep {
  const idle = { ...without(state, "task"), working: undefined };
  // Somebody was faster while it was made.
  if (made.epoch !== state.epoch || state.inbox.has(made.epoch)) return { state: idle, effects: [{ type: "drop" }] };
  // Without a connection it waits in `sent`; the sync after the reconnection decides.
  const effects: CallMemberEffect[] = state.connected && !state.syncing ? [{ type: "sendCommit", made }] : [];
  return { state: { ...idle, sent: made }, effects };
}

function commitRefused(state: CallMemberState, code: ErrorCode): CallMemberStep {
  // Not known whether it was accepted: the sync after the reconnection tells.
  if (code === "connection.lost" || state.sent === undefined || state.working === "adopting") return only(state);
  return { state: without(state, "sent"), effects: [{ type: "drop" }] };
}

function advanced(state: CallMemberState, epoch: number): CallMemberState {
  const inbox = new Map([...state.inbox].filter(([made]) => made >= epoch));
  const rejoined = state.working === "rejoining";
  const rest = without(without(state, "sent"), "welcome");
  const task = rest.task !== undefined && rest.task.epoch < epoch ? without(rest, "task") : rest;
  return { ...task, phase: "active", epoch, inbox, working: undefined, rejoined };
}

function operationFailed(state: CallMemberState, code: ErrorCode): CallMemberStep {
  const idle = { ...state, working: undefined };
  if (state.working === "making") return only(without(idle, "task"));
  // What cannot be read may be a broken state of our own: a rejoin mends that. Whatever breaks a rule ends the call here.
  const mendable = state.working === "processing" && code === "mls.badMessage" && !state.rejoined;
  if (mendable) return { state: { ...idle, working: "rejoining" }, effects: [{ type: "rejoin" }] };
  // A Welcome for somebody else or garbage: without a group there is nothing to mend.
  return end(state, { type: "failed", code });
}

function synced(state: CallMemberState, reply: ReplyBody<"call.sync">): CallMemberStep {
  const members = byUserId(reply.members);
  const inbox = new Map(state.inbox);
  for (const { epoch, commit } of reply.commits) {
    if (state.epoch !== undefined && epoch >= state.epoch && !inbox.has(epoch)) inbox.set(epoch, commit);
  }
  // The reply is all there is: later Commits without the one for this epoch would only make it ask again and again.
  const usable = state.epoch === undefined || inbox.has(state.epoch) ? inbox : new Map<number, Bytes>();
  const next = { ...state, members, inbox: usable, syncing: false };
  const { sent } = state;
  if (sent === undefined || state.working !== undefined) return only(next);
  const accepted = usable.get(sent.epoch);
  if (accepted === undefined) return { state: next, effects: [{ type: "sendCommit", made: sent }] };
  // Accepted, but the answer was lost.
  if (equalBytes(accepted, sent.commit)) return { state: { ...next, working: "adopting" }, effects: [{ type: "adopt" }] };
  return { state: without(next, "sent"), effects: [{ type: "drop" }] };
}

/** Between two operations: what is to be done next. */
function advance(state: CallMemberState): CallMemberStep {
  if (state.working !== undefined || state.syncing) return only(state);
  if (state.epoch === undefined) {
    if (state.welcome === undefined) return only(state);
    return { state: { ...state, working: "joining" }, effects: [{ type: "joinGroup", welcome: state.welcome.welcome }] };
  }
  const commit = state.inbox.get(state.epoch);
  if (commit !== undefined) {
    if (state.sent !== undefined && equalBytes(commit, state.sent.commit)) {
      return { state: { ...state, working: "adopting" }, effects: [{ type: "adopt" }] };
    }
    const drop: readonly CallMemberEffect[] = state.sent === undefined ? [] : [{ type: "drop" }];
    return {
      state: { ...without(state, "sent"), working: "processing" },
      effects: [...drop, { type: "process", epoch: state.epoch, commit }],
    };
  }
  if (state.phase !== "active" || !state.connected) return only(state);
  // Later Commits are here and the one for this epoch is not: ask for it.
  if (state.inbox.size > 0) return { state: { ...state, syncing: true }, effects: [{ type: "sendSync", epoch: state.epoch }] };
  if (state.task?.epoch === state.epoch && state.sent === undefined) {
    return { state: { ...state, working: "making" }, effects: [{ type: "makeCommit", task: state.task }] };
  }
  return only(state);
}

function end(state: CallMemberState, how: CallMemberEnd): CallMemberStep {
  const effects: CallMemberEffect[] = [];
  if (state.sent !== undefined) effects.push({ type: "drop" });
  if (how.type === "left") effects.push({ type: "sendLeave", reason: "left" });
  if (how.type === "failed" && how.code !== "call.notMember" && how.code !== "call.notFound") effects.push({ type: "sendLeave", reason: "unsafe" });
  effects.push({ type: "ended", end: how });
  return { state: { ...without(without(state, "sent"), "task"), phase: "ended", working: undefined, end: how }, effects };
}

function only(state: CallMemberState): CallMemberStep {
  return { state, effects: [] };
}

function without<K extends "sent" | "task" | "welcome">(state: CallMemberState, key: K): CallMemberState {
  const { [key]: _gone, ...rest } = state;
  return rest as CallMemberState;
}

function byUserId(members: readonly MemberIn[]): ReadonlyMap<UserId, MemberIn> {
  return new Map(members.map((member) => [member.userId, member]));
}

/** States in which somebody is or soon will be in the group. */
export function isPresent(state: MemberState): boolean {
  return state === "joined" || state === "joining";
}
