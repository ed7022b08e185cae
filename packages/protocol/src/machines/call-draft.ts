/** One step of the server's call machine at work: a copy of the state that may be changed, and the effects so far. */
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import { isGuestId } from "../guests.ts";
import type { DeviceId, TerminalId, UserId } from "../ids.ts";
import type { ServerEvent } from "../messages/events.ts";
import type { DeclineReason, EndReason, LeaveReason, MemberState } from "../messages/parts.ts";
import type { ProofIn } from "../proof.ts";
import { nextTask } from "./call-committer.ts";
import { countRefusal, refusersOf } from "./call-joins.ts";
import { dropRefusedStatements, isInvited, namedMembers, statedIn } from "./call-pending.ts";
import { isLarge, isToldTogether, newsOf, noted, settled } from "./call-news.ts";
import { heldLeaf, isIn, joinersOf, memberAt, moveDeadlineMs, terminalsIn, toWire } from "./call-roster.ts";
import { mostStoredBytes } from "./call-server-state.ts";
import type {
  CallReply,
  CallServerEffect,
  CallServerState,
  CallServerStep,
  From,
  News,
  RecentCommit,
  Removal,
  ServerMember,
} from "./call-server-state.ts";
import type { DeliveryState } from "./delivery.ts";
import { stepRing } from "./ring.ts";
import type { RingEffect, RingInput } from "./ring.ts";

export class CallDraft {
  readonly before: CallServerState;
  readonly nowMs: number;
  readonly members: Map<UserId, ServerMember>;
  removals: readonly Removal[];
  list: CallServerState["list"];
  said: CallServerState["said"];
  pending: CallServerState["pending"];
  revokedDevices: readonly DeviceId[];
  delivery: DeliveryState;
  recent: readonly RecentCommit[];
  committing: CallServerState["committing"];
  passedOver: readonly UserId[];
  everJoined: boolean;
  storedBytes: number;
  /** The committer has to hear of the work even if it heard of it before. */
  workChanged = false;
  readonly #effects: CallServerEffect[] = [];
  #news: News | undefined;
  #tasks: number;
  #ended: EndReason | undefined;
  /** All that comes of an input that changes nothing. */
  #unchanged: readonly CallServerEffect[] | undefined;

  constructor(state: CallServerState, nowMs: number) {
    this.before = state;
    this.nowMs = nowMs;
    this.members = new Map(Array.from(state.members, ([userId, member]) => [userId, { ...member }]));
    this.removals = state.removals;
    this.list = state.list;
    this.said = state.said;
    this.pending = state.pending;
    this.revokedDevices = state.revokedDevices ?? [];
    this.delivery = state.delivery;
    this.recent = state.recent;
    this.committing = state.committing;
    this.passedOver = state.passedOver;
    this.everJoined = state.everJoined;
    this.storedBytes = state.storedBytes;
    this.#news = state.news;
    this.#tasks = state.tasks;
    this.#ended = state.ended;
  }

  /** The number that the next task will have: what comes up now can be named by no earlier one. */
  get nextTask(): number {
    return this.#tasks + 1;
  }

  /** Settles what follows from the change: end of the call, the committer's task, the next deadline. */
  finish(): CallServerStep {
    if (this.#unchanged !== undefined) return { state: this.before, effects: this.#unchanged };
    if (this.#ended === undefined) this.#turnAwayRefused();
    if (this.#ended === undefined) dropRefusedStatements(this);
    if (this.#ended === undefined && this.said !== this.before.said) this.#endRingsOfNobody();
    if (this.#ended === undefined) this.#endIfOver();
    if (this.#ended === undefined) this.#askCommitter();
    if (this.#ended === undefined) this.#tellNews();
    const { committing: _committing, ended: _ended, news: _news, ...before } = this.before;
    const state: CallServerState = {
      ...before,
      members: this.members,
      removals: this.removals,
      list: this.list,
      said: this.said,
      pending: this.pending,
      ...(this.revokedDevices.length === 0 ? {} : { revokedDevices: this.revokedDevices }),
      delivery: this.delivery,
      recent: this.recent,
      tasks: this.#tasks,
      passedOver: this.passedOver,
      everJoined: this.everJoined,
      storedBytes: this.storedBytes,
      ...(this.committing === undefined ? {} : { committing: this.committing }),
      ...(this.#news === undefined ? {} : { news: this.#news }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
    const wakeAtMs = this.#ended === undefined ? nextDeadlineMs(state) : undefined;
    if (wakeAtMs !== undefined) this.#effects.push({ type: "wakeAt", atMs: wakeAtMs });
    return { state, effects: this.#effects };
  }

  /** Whether the server may store this on top, for something that the call can do without. */
  hasRoomFor(...added: readonly (Bytes | undefined)[]): boolean {
    return this.storedBytes + total(added) <= mostStoredBytes;
  }

  stored(...added: readonly (Bytes | undefined)[]): void {
    this.storedBytes += total(added);
  }

  reply(body: CallReply): void {
    this.#effects.push({ type: "reply", body });
  }

  /** Whatever was done before counts for nothing: so a refused input needs no place in the log. */
  refuse(code: ErrorCode): void {
    this.#unchanged = [{ type: "refuse", code }];
  }

  /** The same for what was done before already, or needs not be done. */
  replyUnchanged(body: CallReply): void {
    this.#unchanged = [{ type: "reply", body }];
  }

  /** The same for what nobody waits for an answer to. */
  leaveUnchanged(): void {
    this.#unchanged = [];
  }

  /** The shell drops what is sent to a terminal without connection; `connected` and `call.sync` make up for it. */
  send(to: readonly TerminalId[], event: ServerEvent): void {
    if (to.length > 0) this.#effects.push({ type: "send", to, event });
  }

  sendRing(to: readonly TerminalId[], expiresAtMs: number): void {
    const members = namedMembers(this);
    const stated = statedIn(this.said.statements);
    this.send(to, { type: "call.ring", body: { ...this.before.invite, members, ...stated, expiresAtMs } });
  }

  memberAt(sender: From): ServerMember | undefined {
    return memberAt(this.members, sender);
  }

  /** @param answer of a `join`: those at whose terminals it rings no more see by which device it was */
  ring(userId: UserId, input: RingInput, answer?: ProofIn): void {
    const member = this.members.get(userId);
    if (member?.ring === undefined) return;
    const { state, effects } = stepRing(member.ring, input, this.nowMs);
    member.ring = state;
    for (const effect of effects) this.#sendRingEffect(effect, answer);
    const { phase } = state;
    if (member.state !== "ringing" || phase === "ringing" || phase === "answered") return;
    this.setState(member, phase === "cancelled" ? "noAnswer" : phase);
  }

  #sendRingEffect(effect: RingEffect, proof?: ProofIn): void {
    if (effect.type === "ring") return this.sendRing(effect.terminalIds, effect.expiresAtMs);
    const { reason } = effect;
    const body = { callId: this.before.callId, reason, ...(proof === undefined ? {} : { proof }) };
    this.send(effect.terminalIds, { type: "call.ringEnded", body });
  }

  /** The member leaves the call and, as soon as a Commit does it, the group. */
  takeOut(
    member: ServerMember,
    reason: LeaveReason,
    proofs: { readonly proof?: ProofIn; readonly binding?: ProofIn } = {},
  ): void {
    this.#leaveGroup(member);
    this.setState(member, "left", { reason, ...proofs });
  }

  /** The host put them out; what they said of it, the Commit brings to everybody. */
  remove(member: ServerMember): void {
    this.#leaveGroup(member);
    // The state first, as for a decline.
    this.setState(member, "removed");
    this.ring(member.userId, { type: "cancel", reason: "cancelled" });
  }

  #leaveGroup(member: ServerMember): void {
    const { terminalId, leaf } = member;
    if (terminalId !== undefined) {
      if (leaf !== undefined)
        this.removals = [
          ...this.removals,
          { task: this.nextTask, ...heldLeaf({ ...member, terminalId, leaf }) },
        ];
      this.#effects.push({ type: "mediaLeave", terminalId });
    }
    this.#forgetTerminal(member);
    this.workChanged = true;
  }

  /** What called them was dropped. */
  #endRingsOfNobody(): void {
    for (const { state, userId } of this.members.values())
      if (state === "ringing" && !isInvited(this.said, userId))
        this.ring(userId, { type: "cancel", reason: "cancelled" });
  }

  /** Enough members did not accept the joiner, who hears of it, and who they are. Also where the last other one who could accept them has left. */
  #turnAwayRefused(): void {
    for (const joiner of joinersOf(this.members)) {
      const by = refusersOf(this.members, joiner);
      const member = this.members.get(joiner.userId);
      if (by === undefined || member === undefined) continue;
      countRefusal(member, by, this.nowMs);
      this.turnAway(member, by);
    }
  }

  /** Who waits for admission waits no more. @param by who did not accept them */
  turnAway(target: ServerMember, by: readonly UserId[]): void {
    const member = target;
    const { terminalId } = member;
    this.setState(member, "refused", { by });
    if (terminalId !== undefined) this.leaveMedia(terminalId);
    this.#forgetTerminal(member);
    this.workChanged = true;
  }

  /** The person does not come over to the terminal that was about to take their place. */
  endMove(target: ServerMember): void {
    const member = target;
    if (member.move === undefined) return;
    const { terminalId } = member.move;
    delete member.move;
    this.leaveMedia(terminalId);
    const body = { callId: this.before.callId, member: toWire(member), reason: "moveOver" } as const;
    this.send([terminalId], { type: "call.member", body });
  }

  leaveMedia(terminalId: TerminalId, successor?: TerminalId): void {
    this.#effects.push({ type: "mediaLeave", terminalId, ...(successor === undefined ? {} : { successor }) });
  }

  /** Asks terminals to come that are not there, where it rings for such. */
  wake(userId: UserId, callerId: UserId): void {
    const { hidden, ring } = this.members.get(userId) ?? {};
    if (hidden === true || ring?.phase !== "ringing" || ring.wakes !== true) return;
    this.#effects.push({ type: "wake", userId, callerId, untilMs: ring.deadlineMs });
  }

  /** Their other terminals are told where the person is in the call. */
  tellWhereabouts(userId: UserId): void {
    this.#effects.push({ type: "whereabouts", userId });
  }

  #forgetTerminal(target: ServerMember): void {
    const member = target;
    this.endMove(member);
    delete member.movedFrom;
    delete member.held;
    member.connected = false;
    delete member.terminalId;
    delete member.leaf;
    delete member.leafSince;
    delete member.joiner;
    delete member.welcome;
    delete member.lostAtMs;
    delete member.strayed;
  }

  /** More to commit. Among many, who waits while a Commit is made waits for the next one: each task lists them with all that they sent. */
  moreWork(): void {
    if (!isLarge(this.members) || this.committing === undefined) this.workChanged = true;
  }

  /** The member's state is news for everybody in the call. */
  setState(
    target: ServerMember,
    state: MemberState,
    more: {
      readonly reason?: DeclineReason | LeaveReason;
      readonly proof?: ProofIn;
      readonly binding?: ProofIn;
      readonly by?: readonly UserId[];
    } = {},
  ): void {
    const member = target;
    const { userId } = member;
    member.state = state;
    const before = this.before.members.get(userId);
    if (before?.leaf !== member.leaf || before?.terminalId !== member.terminalId)
      this.tellWhereabouts(userId);
    const isLater = isToldTogether(this.members, state);
    this.#news = isLater ? noted(this.#news, userId, state, this.nowMs) : settled(this.#news, userId);
    if (isLater && state !== "joining") return;
    // Whoever joins or leaves knows it by the reply; what the committer made of it has to be told.
    const isNewsToOneself = state === "refused" || state === "joined";
    const concerned = [...this.members.values()].filter((other) => {
      if (isLater && other.userId !== this.before.initiatorId) return false;
      return other.userId === userId ? isNewsToOneself : isIn(other);
    });
    const { by, ...signed } = more;
    const named = by === undefined ? {} : { by: [...by] };
    const body = { callId: this.before.callId, member: toWire(member), ...signed, ...named };
    this.send(
      concerned.flatMap(({ terminalId }) => terminalId ?? []),
      { type: "call.member", body },
    );
  }

  endCall(reason: EndReason, signed: { readonly proof?: ProofIn; readonly binding?: ProofIn } = {}): void {
    const { callId } = this.before;
    const ringReason = reason === "cancelled" ? "cancelled" : "ended";
    const ringing: TerminalId[] = [];
    for (const member of this.members.values()) {
      if (member.ring === undefined) continue;
      const { state, effects } = stepRing(member.ring, { type: "cancel", reason: ringReason }, this.nowMs);
      member.ring = state;
      ringing.push(...effects.flatMap(({ terminalIds }) => terminalIds));
    }
    this.send(ringing, { type: "call.ringEnded", body: { callId, reason: ringReason } });
    this.send(terminalsIn(this.members), { type: "call.ended", body: { callId, reason, ...signed } });
    this.#ended = reason;
    this.committing = undefined;
    this.#effects.push({ type: "ended", reason });
  }

  #askCommitter(): void {
    const { before, committing, members, removals, passedOver, pending } = this;
    const task = nextTask({
      members,
      removals,
      pending,
      passedOver,
      ...(committing === undefined ? {} : { committing }),
      times: before.times,
    });
    if (task === undefined) {
      this.committing = undefined;
      return;
    }
    const { committer, admit, remove, statements, allowedMs } = task;
    const again = this.committing?.userId === committer.userId ? this.committing : undefined;
    if (again !== undefined && !this.workChanged) return;
    // More work is no excuse: who joins and leaves all the time must not keep a silent committer in office.
    this.committing = again ?? { userId: committer.userId, deadlineMs: this.nowMs + allowedMs };
    this.#tasks += 1;
    const { epoch } = this.delivery;
    const body = { callId: before.callId, task: this.#tasks, epoch, admit, remove, ...statedIn(statements) };
    this.send([committer.terminalId], { type: "call.commitNeeded", body });
  }

  #tellNews(): void {
    if (this.#news === undefined || this.nowMs < this.#news.atMs) return;
    const body = { callId: this.before.callId, members: newsOf(this.#news, this.members) };
    this.#news = undefined;
    this.send(terminalsIn(this.members), { type: "call.members", body });
  }

  #endIfOver(): void {
    const members = [...this.members.values()];
    const initiator = this.members.get(this.before.initiatorId);
    if (!this.everJoined && initiator?.leaf === undefined) return this.endCall("cancelled");
    // Without anybody in the group nobody can admit those who wait.
    // Guests are in it by the word of the others, and do not go on without them.
    if (members.every(({ leaf, userId }) => leaf === undefined || isGuestId(userId)))
      return this.endCall("lastLeft");
    const pending = members.some(({ state }) => state === "ringing" || state === "joining");
    if (!this.everJoined && !pending) this.endCall("noAnswer");
  }
}

function nextDeadlineMs({ members, times, committing, news, recent }: CallServerState): number | undefined {
  const deadlines: number[] = [];
  for (const member of members.values()) {
    const { ring, lostAtMs, move } = member;
    if (ring?.phase === "ringing") deadlines.push(ring.deadlineMs);
    if (lostAtMs !== undefined && move === undefined) deadlines.push(lostAtMs + times.lostMs);
    const moveMs = moveDeadlineMs(member);
    if (moveMs !== undefined) deadlines.push(moveMs);
  }
  if (committing !== undefined) deadlines.push(committing.deadlineMs);
  if (news !== undefined) deadlines.push(news.atMs);
  for (const { deadlineMs } of recent) if (deadlineMs !== undefined) deadlines.push(deadlineMs);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

const total = (parts: readonly (Bytes | undefined)[]): number =>
  parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
