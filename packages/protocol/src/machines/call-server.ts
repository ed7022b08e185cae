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
 * done (`call.commitNeeded`) whenever that changes; when it does not do it within `commitMs`, the next one is asked.
 */
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { CallId, LeafIndex, TerminalId, UserId } from "../ids.ts";
import type { ServerEvent } from "../messages/events.ts";
import type { CallInviteIn, DeclineReason, EndReason, LeaveReason, MemberIn, MemberState } from "../messages/parts.ts";
import type { ReplyBody, RequestBody } from "../messages/requests.ts";
import type { DirectoryEntryIn, ProofIn } from "../proof.ts";
import { initialDelivery, stepDelivery } from "./delivery.ts";
import type { DeliveryState } from "./delivery.ts";
import { startRing, stepRing } from "./ring.ts";
import type { RingEffect, RingInput, RingState } from "./ring.ts";
import type { Step } from "./step.ts";

/** Durations in milliseconds. */
export interface CallTimes {
  readonly ringMs: number;
  /** A member without connection for this long has left. */
  readonly lostMs: number;
  /** How long a connected committer has before the next one is asked. */
  readonly commitMs: number;
}

export const defaultCallTimes: CallTimes = { ringMs: 45_000, lostMs: 30_000, commitMs: 3_000 };

interface ServerMember {
  readonly userId: UserId;
  state: MemberState;
  entry?: DirectoryEntryIn;
  ring?: RingState;
  /** The terminal with which the person joins or is in the call. */
  terminalId?: TerminalId;
  connected: boolean;
  lostAtMs?: number;
  /** While joining: what the committer needs. */
  joiner?: { readonly proof: ProofIn; readonly keyPackage: Bytes };
  /** While in the group. */
  leaf?: LeafIndex;
  /** Kept until the member leaves: a Welcome that was lost on the way is sent again. */
  welcome?: { readonly epoch: number; readonly welcome: Bytes };
}

/** A leaf that has to leave the group. */
interface Removal {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
  readonly leaf: LeafIndex;
}

export interface CallServerState {
  readonly callId: CallId;
  readonly times: CallTimes;
  readonly initiatorId: UserId;
  /** What every terminal gets to verify the call; the members' states in it are filled in when it is sent. */
  readonly invite: Omit<CallInviteIn, "members">;
  /** The initiator and everybody invited, in the order of the proof. */
  readonly members: ReadonlyMap<UserId, Readonly<ServerMember>>;
  readonly removals: readonly Removal[];
  readonly delivery: DeliveryState;
  readonly asked?: { readonly userId: UserId; readonly deadlineMs: number };
  /** Committers that were asked in this epoch and did not do it. */
  readonly passedOver: readonly UserId[];
  readonly everJoined: boolean;
  readonly ended?: EndReason;
}

/** Somebody as the server finds them when the call starts. */
export interface InvitedPerson {
  readonly userId: UserId;
  readonly outcome: "reachable" | "offline" | "unknown" | "busy";
  readonly terminalId?: TerminalId;
  readonly entry?: DirectoryEntryIn;
}

/** Who sent an input, as the shell established it. */
interface From {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
}

export type CallServerInput =
  | (From & { readonly type: "join"; readonly entry: DirectoryEntryIn; readonly proof: ProofIn; readonly binding: ProofIn; readonly keyPackage: Bytes })
  | (From & { readonly type: "decline"; readonly reason: DeclineReason; readonly proof: ProofIn; readonly binding: ProofIn })
  | (From & { readonly type: "leave"; readonly reason: LeaveReason; readonly proof: ProofIn; readonly binding: ProofIn })
  | (From & { readonly type: "end"; readonly proof: ProofIn })
  | (From & { readonly type: "ringRefused" })
  | (From & { readonly type: "commit"; readonly body: RequestBody<"call.commit"> })
  | (From & { readonly type: "refuse"; readonly body: RequestBody<"call.refuse"> })
  | (From & { readonly type: "rejoin"; readonly body: RequestBody<"call.rejoin"> })
  | (From & { readonly type: "sync"; readonly epoch: number })
  | (From & { readonly type: "groupInfo" })
  /** A bound terminal has a connection (again). */
  | (From & { readonly type: "connected" })
  | (From & { readonly type: "disconnected" })
  | (From & { readonly type: "unbound"; readonly reason: "takenOver" | "released" | "expired" })
  | { readonly type: "tick" };

export type CallServerEffect =
  | { readonly type: "send"; readonly to: TerminalId; readonly event: ServerEvent }
  /** Answer to the request that this input was. Exactly one for each of join to groupInfo. */
  | { readonly type: "reply"; readonly body: CallReply }
  | { readonly type: "refuse"; readonly code: ErrorCode }
  /** Step with `tick` at this time; replaces the one before. */
  | { readonly type: "wakeAt"; readonly atMs: number }
  /** The terminal's media connection is to be closed. */
  | { readonly type: "mediaLeave"; readonly terminalId: TerminalId }
  /** The call is over and can be forgotten. */
  | { readonly type: "ended"; readonly reason: EndReason };

export type CallReply =
  | ReplyBody<"call.request">
  | ReplyBody<"call.join">
  | ReplyBody<"call.commit">
  | ReplyBody<"call.sync">
  | ReplyBody<"call.groupInfo">
  | Record<string, never>;

export type CallServerStep = Step<CallServerState, CallServerEffect>;

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
  const draft = new Draft(
    {
      callId: invite.callId,
      times,
      initiatorId,
      invite,
      members,
      removals: [],
      delivery: initialDelivery,
      passedOver: [],
      everJoined: false,
    },
    nowMs,
  );
  draft.reply({ callId: invite.callId, members: draft.memberList() });
  for (const [member, effects] of rings) draft.ringEffects(member.userId, effects);
  return draft.finish();
}

export function stepCall(state: CallServerState, input: CallServerInput, nowMs: number): CallServerStep {
  const draft = new Draft(state, nowMs);
  if (state.ended !== undefined) {
    if (input.type === "leave" || input.type === "end" || input.type === "decline") draft.reply({});
    else if (isRequest(input)) draft.refuse("call.notFound");
    return { state, effects: draft.effects };
  }
  draft.handle(input);
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
  for (const member of state.members.values()) if (member.terminalId === terminalId && isIn(member)) return true;
  return false;
}

/** What a terminal needs to join a call that goes on; undefined when this person cannot join it (any more). */
export function inviteFor(state: CallServerState, userId: UserId): CallInviteIn | undefined {
  const member = state.members.get(userId);
  if (state.ended !== undefined || member === undefined || isIn(member) || member.state === "ringing") return undefined;
  return { ...state.invite, members: new Draft(state, 0).memberList() };
}

function isIn(member: Readonly<ServerMember>): boolean {
  return member.state === "joined" || member.state === "joining";
}

function isRequest(input: CallServerInput): boolean {
  return !["connected", "disconnected", "unbound", "tick"].includes(input.type);
}

/** One step at work: a copy of the state that may be changed, and the effects so far. */
class Draft {
  readonly effects: CallServerEffect[] = [];
  readonly #before: CallServerState;
  readonly #nowMs: number;
  readonly #members: Map<UserId, ServerMember>;
  #removals: readonly Removal[];
  #delivery: DeliveryState;
  #asked: CallServerState["asked"];
  #passedOver: readonly UserId[];
  #everJoined: boolean;
  #ended: EndReason | undefined;
  /** The committer has to hear of the work even if it heard of it before. */
  #workChanged = false;

  constructor(state: CallServerState, nowMs: number) {
    this.#before = state;
    this.#nowMs = nowMs;
    this.#members = new Map(Array.from(state.members, ([userId, member]) => [userId, { ...member }]));
    this.#removals = state.removals;
    this.#delivery = state.delivery;
    this.#asked = state.asked;
    this.#passedOver = state.passedOver;
    this.#everJoined = state.everJoined;
    this.#ended = state.ended;
  }

  handle(input: CallServerInput): void {
    switch (input.type) {
      case "join":
        return this.#join(input);
      case "decline":
        return this.#decline(input);
      case "leave":
        return this.#leave(input);
      case "end":
        return this.#end(input);
      case "ringRefused":
        this.#ring(input.userId, { type: "refuse", terminalId: input.terminalId });
        return this.reply({});
      case "commit":
        return this.#commit(input);
      case "refuse":
        return this.#refuseJoiner(input);
      case "rejoin":
        return this.#rejoin(input);
      case "sync":
        return this.#sync(input);
      case "groupInfo":
        return this.#groupInfo(input);
      case "connected":
        return this.#connected(input);
      case "disconnected":
        return this.#disconnected(input);
      case "unbound":
        return this.#unbound(input);
      case "tick":
        return this.#tick();
    }
  }

  /** Settles what follows from the change: end of the call, the committer's task, the next deadline. */
  finish(): CallServerStep {
    if (this.#ended === undefined) this.#endIfOver();
    if (this.#ended === undefined) this.#askCommitter();
    const { asked: _asked, ended: _ended, ...before } = this.#before;
    const state: CallServerState = {
      ...before,
      members: this.#members,
      removals: this.#removals,
      delivery: this.#delivery,
      passedOver: this.#passedOver,
      everJoined: this.#everJoined,
      ...(this.#asked === undefined ? {} : { asked: this.#asked }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
    const wakeAtMs = this.#ended === undefined ? this.#nextDeadlineMs() : undefined;
    if (wakeAtMs !== undefined) this.effects.push({ type: "wakeAt", atMs: wakeAtMs });
    return { state, effects: this.effects };
  }

  reply(body: CallReply): void {
    this.effects.push({ type: "reply", body });
  }

  refuse(code: ErrorCode): void {
    this.effects.push({ type: "refuse", code });
  }

  memberList(): MemberIn[] {
    return Array.from(this.#members.values(), toWire);
  }

  ringEffects(userId: UserId, effects: readonly RingEffect[]): void {
    const { callId } = this.#before;
    for (const effect of effects) {
      if (effect.type === "stop") {
        this.#send(effect.terminalId, { type: "call.ringEnded", body: { callId, reason: effect.reason } });
      } else {
        const body = { ...this.#before.invite, members: this.memberList(), expiresAtMs: effect.expiresAtMs };
        this.#send(effect.terminalId, { type: "call.ring", body });
      }
    }
    const member = this.#members.get(userId);
    const phase = member?.ring?.phase;
    if (member?.state !== "ringing" || phase === undefined || phase === "ringing" || phase === "answered") return;
    this.#setState(member, phase === "cancelled" ? "noAnswer" : phase);
  }

  #join(input: Extract<CallServerInput, { type: "join" }>): void {
    const member = this.#members.get(input.userId);
    if (member === undefined) return this.refuse("call.notInvited");
    const sameTerminal = member.terminalId === input.terminalId;
    // The same request again: its reply was lost with a connection.
    if (sameTerminal && isIn(member)) return this.reply({ callId: this.#before.callId, members: this.memberList() });
    if (isIn(member)) this.#takeOut(member, "takenOver");
    this.#ring(input.userId, { type: "join", terminalId: input.terminalId });
    member.terminalId = input.terminalId;
    member.entry = input.entry;
    member.connected = true;
    delete member.lostAtMs;
    member.joiner = { proof: input.proof, keyPackage: input.keyPackage };
    this.#workChanged = true;
    this.#setState(member, "joining", { proof: input.proof, binding: input.binding });
    this.reply({ callId: this.#before.callId, members: this.memberList() });
  }

  #decline(input: Extract<CallServerInput, { type: "decline" }>): void {
    const member = this.#members.get(input.userId);
    if (member === undefined) return this.refuse("call.notInvited");
    if (member.state === "ringing") {
      // The state first: the ring's own change would announce it without the proof.
      this.#setState(member, "declined", { reason: input.reason, proof: input.proof, binding: input.binding });
      this.#ring(input.userId, { type: "decline", terminalId: input.terminalId });
    }
    this.reply({});
  }

  #leave(input: Extract<CallServerInput, { type: "leave" }>): void {
    const member = this.#memberAt(input);
    if (member !== undefined) this.#takeOut(member, input.reason, { proof: input.proof, binding: input.binding });
    this.reply({});
  }

  #end(input: Extract<CallServerInput, { type: "end" }>): void {
    if (input.userId !== this.#before.initiatorId) return this.refuse("call.notInitiator");
    if (this.#memberAt(input) === undefined) return this.refuse("call.notMember");
    this.reply({});
    this.#endCall(this.#everJoined ? "ended" : "cancelled", input.proof);
  }

  #commit(input: Extract<CallServerInput, { type: "commit" }>): void {
    const { body } = input;
    const sender = this.#memberAt(input);
    if (sender?.leaf === undefined) return this.refuse("call.notMember");
    const result = stepDelivery(this.#delivery, {
      epoch: body.epoch,
      by: input.userId,
      terminalId: input.terminalId,
      commit: body.commit,
      groupInfo: body.groupInfo,
    });
    if (result.type === "refused") return this.refuse(result.code);
    if (result.type === "repeated") return this.reply({ epoch: body.epoch + 1 });
    if (this.#committer()?.userId !== input.userId && this.#asked?.userId !== input.userId) return this.refuse("delivery.notCommitter");
    const admitted = body.admitted.map(({ userId, leaf }) => ({ member: this.#members.get(userId), leaf }));
    const welcomed = admitted.every(({ member }) => member?.state === "joining" && member.joiner !== undefined);
    const distinct = new Set(body.admitted.map(({ userId }) => userId)).size === body.admitted.length;
    const removable = body.removed.every((userId) => this.#removals.some((removal) => removal.userId === userId));
    if (!welcomed || !distinct || admitted.length > 0 !== (body.welcome !== undefined)) return this.refuse("delivery.notAdmitted");
    if (!removable) return this.refuse("delivery.notCommitter");

    this.#delivery = result.state;
    this.#asked = undefined;
    this.#passedOver = [];
    this.#workChanged = true;
    this.#removals = this.#removals.filter(({ userId }) => !body.removed.includes(userId));
    this.reply({ epoch: result.state.epoch });
    this.#relayCommit(body.epoch, input.userId, input.terminalId, body.commit);
    for (const { member, leaf } of admitted) {
      if (member === undefined || body.welcome === undefined) continue;
      member.leaf = leaf;
      delete member.joiner;
      member.welcome = { epoch: result.state.epoch, welcome: body.welcome };
      this.#everJoined = true;
      this.#sendWelcome(member);
      this.#setState(member, "joined");
    }
  }

  #refuseJoiner(input: Extract<CallServerInput, { type: "refuse" }>): void {
    if (this.#committer()?.terminalId !== input.terminalId) return this.refuse("delivery.notCommitter");
    const joiner = this.#members.get(input.body.userId);
    if (joiner?.state === "joining" && joiner.terminalId === input.body.terminalId) {
      this.#setState(joiner, "refused");
      this.effects.push({ type: "mediaLeave", terminalId: input.body.terminalId });
      delete joiner.joiner;
      delete joiner.terminalId;
      this.#workChanged = true;
    }
    this.reply({});
  }

  #rejoin(input: Extract<CallServerInput, { type: "rejoin" }>): void {
    const { body } = input;
    const member = this.#memberAt(input);
    if (member?.leaf === undefined || body.leaf.userId !== input.userId) return this.refuse("call.notMember");
    const result = stepDelivery(this.#delivery, {
      epoch: body.epoch,
      by: input.userId,
      terminalId: input.terminalId,
      commit: body.commit,
      groupInfo: body.groupInfo,
    });
    if (result.type === "refused") return this.refuse(result.code);
    if (result.type === "repeated") return this.reply({ epoch: body.epoch + 1 });
    this.#delivery = result.state;
    this.#asked = undefined;
    this.#passedOver = [];
    this.#workChanged = true;
    member.leaf = body.leaf.leaf;
    delete member.welcome;
    this.reply({ epoch: result.state.epoch });
    this.#relayCommit(body.epoch, input.userId, input.terminalId, body.commit);
  }

  #sync(input: Extract<CallServerInput, { type: "sync" }>): void {
    const member = this.#memberAt(input);
    if (member === undefined) return this.refuse("call.notMember");
    const commits = this.#delivery.commits.slice(input.epoch).map(({ epoch, by, commit }) => ({ epoch, by, commit }));
    this.reply({ epoch: this.#delivery.epoch, commits, members: this.memberList() });
  }

  #groupInfo(input: Extract<CallServerInput, { type: "groupInfo" }>): void {
    const { epoch, groupInfo } = this.#delivery;
    if (this.#memberAt(input)?.leaf === undefined || groupInfo === undefined) return this.refuse("call.notMember");
    this.reply({ epoch, groupInfo });
  }

  #connected(input: Extract<CallServerInput, { type: "connected" }>): void {
    const member = this.#members.get(input.userId);
    if (member === undefined) return;
    this.#ring(input.userId, { type: "connected", terminalId: input.terminalId });
    if (member.terminalId !== input.terminalId || !isIn(member)) return;
    member.connected = true;
    delete member.lostAtMs;
    this.#sendWelcome(member);
    this.#workChanged = true;
  }

  #disconnected(input: Extract<CallServerInput, { type: "disconnected" }>): void {
    const member = this.#memberAt(input);
    if (member === undefined) return;
    member.connected = false;
    member.lostAtMs = this.#nowMs;
  }

  #unbound(input: Extract<CallServerInput, { type: "unbound" }>): void {
    const member = this.#memberAt(input);
    if (member !== undefined) return this.#takeOut(member, input.reason);
    // A take-over moves the ringing with the next `connected`; otherwise there is no terminal left to ring.
    if (input.reason !== "takenOver") this.#ring(input.userId, { type: "released" });
  }

  #tick(): void {
    for (const member of this.#members.values()) {
      this.#ring(member.userId, { type: "tick" });
      if (member.lostAtMs !== undefined && this.#nowMs >= member.lostAtMs + this.#before.times.lostMs && isIn(member)) {
        this.#takeOut(member, "lost");
      }
    }
    if (this.#asked !== undefined && this.#nowMs >= this.#asked.deadlineMs) {
      this.#passedOver = [...this.#passedOver, this.#asked.userId];
      this.#asked = undefined;
    }
  }

  #ring(userId: UserId, input: RingInput): void {
    const member = this.#members.get(userId);
    if (member?.ring === undefined) return;
    const { state, effects } = stepRing(member.ring, input, this.#nowMs);
    member.ring = state;
    this.ringEffects(userId, effects);
  }

  /** The member leaves the call and, as soon as a Commit does it, the group. */
  #takeOut(member: ServerMember, reason: LeaveReason, proofs: { readonly proof?: ProofIn; readonly binding?: ProofIn } = {}): void {
    const { terminalId, leaf } = member;
    if (terminalId !== undefined) {
      if (leaf !== undefined) this.#removals = [...this.#removals, { userId: member.userId, terminalId, leaf }];
      this.effects.push({ type: "mediaLeave", terminalId });
    }
    member.connected = false;
    delete member.terminalId;
    delete member.leaf;
    delete member.joiner;
    delete member.welcome;
    delete member.lostAtMs;
    this.#workChanged = true;
    this.#setState(member, "left", { reason, ...proofs });
  }

  /** The member's state is news for everybody in the call. */
  #setState(
    member: ServerMember,
    state: MemberState,
    more: { readonly reason?: DeclineReason | LeaveReason; readonly proof?: ProofIn; readonly binding?: ProofIn } = {},
  ): void {
    member.state = state;
    const body = { callId: this.#before.callId, member: toWire(member), ...more };
    for (const other of this.#members.values()) {
      // Whoever joins has the list in its reply; whoever was refused has to hear it.
      const concerned = other.userId === member.userId ? state === "refused" : isIn(other);
      if (concerned && other.terminalId !== undefined) this.#send(other.terminalId, { type: "call.member", body });
    }
  }

  #relayCommit(epoch: number, by: UserId, from: TerminalId, commit: Bytes): void {
    for (const member of this.#members.values()) {
      if (member.leaf === undefined || member.terminalId === undefined || member.terminalId === from) continue;
      this.#send(member.terminalId, { type: "call.committed", body: { callId: this.#before.callId, epoch, by, commit } });
    }
  }

  #sendWelcome(member: ServerMember): void {
    if (member.welcome === undefined || member.terminalId === undefined) return;
    this.#send(member.terminalId, { type: "call.welcome", body: { callId: this.#before.callId, ...member.welcome } });
  }

  /** The shell drops what is sent to a terminal without connection; `connected` and `call.sync` make up for it. */
  #send(to: TerminalId, event: ServerEvent): void {
    this.effects.push({ type: "send", to, event });
  }

  #memberAt(from: From): ServerMember | undefined {
    const member = this.#members.get(from.userId);
    return member !== undefined && isIn(member) && member.terminalId === from.terminalId ? member : undefined;
  }

  /** The connected member with the lowest leaf; those that were asked in vain come last. */
  #committer(): ServerMember | undefined {
    let best: ServerMember | undefined;
    const rank = (member: ServerMember): number => (member.leaf ?? 0) + (this.#passedOver.includes(member.userId) ? 1e6 : 0);
    for (const member of this.#members.values()) {
      if (member.leaf === undefined || !member.connected) continue;
      if (best === undefined || rank(member) < rank(best)) best = member;
    }
    return best;
  }

  #askCommitter(): void {
    const waiting = [...this.#members.values()].filter((member) => member.state === "joining" && member.joiner !== undefined);
    const committer = this.#committer();
    if (committer?.terminalId === undefined || (waiting.length === 0 && this.#removals.length === 0)) {
      this.#asked = undefined;
      return;
    }
    if (this.#asked?.userId === committer.userId && !this.#workChanged) return;
    this.#asked = { userId: committer.userId, deadlineMs: this.#nowMs + this.#before.times.commitMs };
    this.#send(committer.terminalId, {
      type: "call.commitNeeded",
      body: {
        callId: this.#before.callId,
        epoch: this.#delivery.epoch,
        admit: waiting.flatMap(({ userId, terminalId, entry, joiner }) =>
          terminalId === undefined || entry === undefined || joiner === undefined ? [] : [{ userId, terminalId, entry, ...joiner }],
        ),
        remove: this.#removals.map(({ userId, terminalId, leaf }) => ({ userId, terminalId, leaf })),
      },
    });
  }

  #endIfOver(): void {
    const members = [...this.#members.values()];
    const initiator = this.#members.get(this.#before.initiatorId);
    const present = members.filter(isIn);
    if (!this.#everJoined && initiator !== undefined && !isIn(initiator)) return this.#endCall("cancelled");
    if (present.length === 0) return this.#endCall("lastLeft");
    const pending = members.some((member) => member.state === "ringing" || member.state === "joining");
    if (!this.#everJoined && !pending) this.#endCall("noAnswer");
  }

  #endCall(reason: EndReason, proof?: ProofIn): void {
    const { callId } = this.#before;
    for (const member of this.#members.values()) {
      if (member.ring !== undefined) {
        const { state, effects } = stepRing(member.ring, { type: "cancel", reason: reason === "cancelled" ? "cancelled" : "ended" }, this.#nowMs);
        member.ring = state;
        for (const effect of effects) {
          if (effect.type === "stop") this.#send(effect.terminalId, { type: "call.ringEnded", body: { callId, reason: effect.reason } });
        }
      }
      if (!isIn(member) || member.terminalId === undefined) continue;
      this.#send(member.terminalId, { type: "call.ended", body: { callId, reason, ...(proof === undefined ? {} : { proof }) } });
    }
    this.#ended = reason;
    this.#asked = undefined;
    this.effects.push({ type: "ended", reason });
  }

  #nextDeadlineMs(): number | undefined {
    const deadlines: number[] = [];
    for (const member of this.#members.values()) {
      if (member.ring?.phase === "ringing") deadlines.push(member.ring.deadlineMs);
      if (member.lostAtMs !== undefined) deadlines.push(member.lostAtMs + this.#before.times.lostMs);
    }
    if (this.#asked !== undefined) deadlines.push(this.#asked.deadlineMs);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }
}

function toWire(member: Readonly<ServerMember>): MemberIn {
  const { userId, state, terminalId, entry } = member;
  return { userId, state, ...(terminalId === undefined ? {} : { terminalId }), ...(entry === undefined ? {} : { entry }) };
}
