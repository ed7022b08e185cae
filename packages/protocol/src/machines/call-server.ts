/**
 * One call, as the server processes it: who is invited, who rings, who waits for admission, who is in the group, who has to
 * commit. Every proof in an input was verified by the shell before.
 *
 *   call:     start -> open -- nobody joined and nobody rings ----> ended (noAnswer)
 *                       |----- initiator leaves before that ------> ended (cancelled)
 *                       |----- the last one leaves ---------------> ended (lastLeft)
 *                       +----- initiator ends it ------------------> ended (ended)
 *
 *   member:   ringing -- join --> joining -- Commit admits --> joined -- leave, 30 s lost, binding over --> left
 *                |                   +-- committer refuses --> refused
 *                +--> declined | noAnswer | failed | offline        (from each of these, and from left, join is possible)
 *
 * The committer is the connected member with the lowest leaf: the initiator while it is there. It is told what is to be
 * done (`call.commitNeeded`, numbered) whenever that changes; when it does not do it within `commitMs`, the next one is
 * asked. A Commit names the number that it does: who joined or left after that is not meant by it.
 */
import type { LeafIndex, TerminalId, UserId } from "../ids.ts";
import type { CallInviteIn, MemberIn } from "../messages/parts.ts";
import { CallDraft } from "./call-draft.ts";
import { onCommit, onGroupInfo, onOfferGroupInfo, onRefuseJoiner, onRejoin, onSync } from "./call-group.ts";
import {
  onConnected,
  onDecline,
  onDisconnected,
  onEnd,
  onJoin,
  onLeave,
  onRingRefused,
  onTick,
  onUnbound,
} from "./call-people.ts";
import { isIn, toWire } from "./call-server-state.ts";
import type {
  CallServerInput,
  CallServerState,
  CallServerStep,
  CallTimes,
  InvitedPerson,
  ServerMember,
} from "./call-server-state.ts";
import { initialDelivery } from "./delivery.ts";
import { startRing } from "./ring.ts";
import type { RingEffect } from "./ring.ts";

/** Starts the call: rings whoever is reachable. The first effect is the reply to `call.request`. */
export function startCall(
  input: {
    readonly invite: CallServerState["invite"];
    readonly terminalId: TerminalId;
    readonly people: readonly InvitedPerson[];
    readonly times: CallTimes;
  },
  nowMs: number,
): CallServerStep {
  const { invite, times } = input;
  const initiatorId = invite.initiator.userId;
  const members = new Map<UserId, ServerMember>();
  members.set(initiatorId, {
    userId: initiatorId,
    state: "joined",
    entry: invite.initiator,
    terminalId: input.terminalId,
    connected: true,
    leaf: 0 as LeafIndex,
  });
  const rings: [ServerMember, readonly RingEffect[]][] = [];
  for (const person of input.people) {
    const member: ServerMember = { userId: person.userId, state: "ringing", connected: false };
    if (person.entry !== undefined) member.entry = person.entry;
    if (person.outcome === "reachable") {
      const ring = startRing(person.terminalId, times.ringMs, nowMs);
      member.ring = ring.state;
      if (ring.state.phase === "offline") member.state = "offline";
      rings.push([member, ring.effects]);
    } else member.state = person.outcome;
    members.set(person.userId, member);
  }
  const draft = new CallDraft(
    {
      callId: invite.callId,
      times,
      initiatorId,
      invite,
      members,
      removals: [],
      tasks: 0,
      delivery: initialDelivery,
      passedOver: [],
      everJoined: false,
      storedBytes: 0,
    },
    nowMs,
  );
  draft.reply({ callId: invite.callId, members: draft.memberList() });
  for (const [member, effects] of rings) draft.ringEffects(member.userId, effects);
  return draft.finish();
}

export function stepCall(state: CallServerState, input: CallServerInput, nowMs: number): CallServerStep {
  const draft = new CallDraft(state, nowMs);
  if (state.ended !== undefined) {
    if (input.type === "leave" || input.type === "end" || input.type === "decline") draft.reply({});
    else if (isRequest(input)) draft.refuse("call.notFound");
    return { state, effects: draft.effects };
  }
  handle(draft, input);
  return draft.finish();
}

/** Whether this person cannot be called elsewhere now. */
export function isEngaged(state: CallServerState, userId: UserId): boolean {
  const member = state.members.get(userId);
  return state.ended === undefined && (member?.state === "joined" || member?.state === "joining");
}

/** Whether the call rings for this person now. */
export function isRinging(state: CallServerState, userId: UserId): boolean {
  return state.ended === undefined && state.members.get(userId)?.state === "ringing";
}

/** Whether this terminal takes part, so that it may have media. */
export function takesPart(state: CallServerState, terminalId: TerminalId): boolean {
  if (state.ended !== undefined) return false;
  for (const member of state.members.values())
    if (member.terminalId === terminalId && isIn(member)) return true;
  return false;
}

/** What a terminal needs to join a call that goes on; undefined when this person cannot join it (any more). */
export function inviteFor(state: CallServerState, userId: UserId): CallInviteIn | undefined {
  const member = state.members.get(userId);
  if (state.ended !== undefined || member === undefined || isIn(member)) return undefined;
  if (member.state === "ringing" || member.state === "unknown") return undefined;
  return { ...state.invite, members: callMembers(state) };
}

/** Everybody in the call: the reply to a `call.request` that was made before, when its first reply was lost. */
export function callMembers(state: CallServerState): MemberIn[] {
  return Array.from(state.members.values(), toWire);
}

function isRequest(input: CallServerInput): boolean {
  return !["connected", "disconnected", "unbound", "tick"].includes(input.type);
}

function handle(draft: CallDraft, input: CallServerInput): void {
  switch (input.type) {
    case "join":
      return onJoin(draft, input);
    case "decline":
      return onDecline(draft, input);
    case "leave":
      return onLeave(draft, input);
    case "end":
      return onEnd(draft, input);
    case "ringRefused":
      return onRingRefused(draft, input);
    case "commit":
      return onCommit(draft, input);
    case "refuse":
      return onRefuseJoiner(draft, input);
    case "rejoin":
      return onRejoin(draft, input);
    case "sync":
      return onSync(draft, input);
    case "groupInfo":
      return onGroupInfo(draft, input);
    case "offerGroupInfo":
      return onOfferGroupInfo(draft, input);
    case "connected":
      return onConnected(draft, input);
    case "disconnected":
      return onDisconnected(draft, input);
    case "unbound":
      return onUnbound(draft, input);
    case "tick":
      return onTick(draft);
  }
}
