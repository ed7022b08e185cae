/** One step of the server's call machine at work: a copy of the state that may be changed, and the effects so far. */
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { CallId, TerminalId, UserId } from "../ids.ts";
import type { ServerEvent } from "../messages/events.ts";
import type { DeclineReason, EndReason, LeaveReason, MemberIn, MemberState } from "../messages/parts.ts";
import type { ProofIn } from "../proof.ts";
import { admissible } from "./commit-size.ts";
import { commitEachMs, isIn, mostStoredBytes, toWire } from "./call-server-state.ts";
import type {
  CallReply,
  CallServerEffect,
  CallServerState,
  CallServerStep,
  From,
  Removal,
  ServerMember,
} from "./call-server-state.ts";
import type { DeliveryState } from "./delivery.ts";
import { stepRing } from "./ring.ts";
import type { RingEffect, RingInput } from "./ring.ts";

export class CallDraft {
  readonly effects: CallServerEffect[] = [];
  readonly before: CallServerState;
  readonly nowMs: number;
  readonly members: Map<UserId, ServerMember>;
  removals: readonly Removal[];
  delivery: DeliveryState;
  asked: CallServerState["asked"];
  passedOver: readonly UserId[];
  everJoined: boolean;
  storedBytes: number;
  /** The committer has to hear of the work even if it heard of it before. */
  workChanged = false;
  readonly #news: Set<UserId>;
  #newsAtMs: number | undefined;
  readonly #welcomes = new Map<ServerMember["welcome"], ServerEvent>();
  #tasks: number;
  #ended: EndReason | undefined;

  constructor(state: CallServerState, nowMs: number) {
    this.before = state;
    this.nowMs = nowMs;
    this.members = new Map(Array.from(state.members, ([userId, member]) => [userId, { ...member }]));
    this.removals = state.removals;
    this.delivery = state.delivery;
    this.asked = state.asked;
    this.passedOver = state.passedOver;
    this.everJoined = state.everJoined;
    this.storedBytes = state.storedBytes;
    this.#news = new Set(state.news?.userIds);
    this.#newsAtMs = state.news?.atMs;
    this.#tasks = state.tasks;
    this.#ended = state.ended;
  }

  get callId(): CallId {
    return this.before.callId;
  }

  /** The number that the next task will have: what comes up now can be named by no earlier one. */
  get nextTask(): number {
    return this.#tasks + 1;
  }

  /** Settles what follows from the change: end of the call, the committer's task, the next deadline. */
  finish(): CallServerStep {
    if (this.#ended === undefined) this.#endIfOver();
    if (this.#ended === undefined) this.#askCommitter();
    if (this.#ended === undefined) this.#tellNews();
    const { asked: _asked, ended: _ended, news: _news, ...before } = this.before;
    const state: CallServerState = {
      ...before,
      members: this.members,
      removals: this.removals,
      delivery: this.delivery,
      tasks: this.#tasks,
      passedOver: this.passedOver,
      everJoined: this.everJoined,
      storedBytes: this.storedBytes,
      ...(this.asked === undefined ? {} : { asked: this.asked }),
      ...(this.#newsAtMs === undefined ? {} : { news: { userIds: [...this.#news], atMs: this.#newsAtMs } }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
    const wakeAtMs = this.#ended === undefined ? this.#nextDeadlineMs() : undefined;
    if (wakeAtMs !== undefined) this.effects.push({ type: "wakeAt", atMs: wakeAtMs });
    return { state, effects: this.effects };
  }

  /** Whether the server may store this on top, for something that the call can do without. */
  hasRoomFor(...added: readonly (Bytes | undefined)[]): boolean {
    return this.storedBytes + total(added) <= mostStoredBytes;
  }

  stored(...added: readonly (Bytes | undefined)[]): void {
    this.storedBytes += total(added);
  }

  reply(body: CallReply): void {
    this.effects.push({ type: "reply", body });
  }

  refuse(code: ErrorCode): void {
    this.effects.push({ type: "refuse", code });
  }

  /** The shell drops what is sent to a terminal without connection; `connected` and `call.sync` make up for it. */
  send(to: TerminalId, event: ServerEvent): void {
    this.effects.push({ type: "send", to, event });
  }

  memberList(): MemberIn[] {
    return Array.from(this.members.values(), toWire);
  }

  /** For those who have the entries, from the ring or from a reply: without these, which are most of a list of many. */
  memberStates(): MemberIn[] {
    return Array.from(this.members.values(), withoutEntry);
  }

  /** The member in the call, when the input comes from the terminal with which they are in it. */
  memberAt(from: From): ServerMember | undefined {
    const member = this.members.get(from.userId);
    return member !== undefined && isIn(member) && member.terminalId === from.terminalId ? member : undefined;
  }

  ring(userId: UserId, input: RingInput): void {
    const member = this.members.get(userId);
    if (member?.ring === undefined) return;
    const { state, effects } = stepRing(member.ring, input, this.nowMs);
    member.ring = state;
    this.ringEffects(userId, effects);
  }

  ringEffects(userId: UserId, effects: readonly RingEffect[]): void {
    for (const effect of effects) {
      if (effect.type === "stop") {
        this.send(effect.terminalId, {
          type: "call.ringEnded",
          body: { callId: this.callId, reason: effect.reason },
        });
      } else {
        const body = { ...this.before.invite, members: this.memberList(), expiresAtMs: effect.expiresAtMs };
        this.send(effect.terminalId, { type: "call.ring", body });
      }
    }
    const member = this.members.get(userId);
    const phase = member?.ring?.phase;
    if (member?.state !== "ringing" || phase === undefined || phase === "ringing" || phase === "answered")
      return;
    this.setState(member, phase === "cancelled" ? "noAnswer" : phase);
  }

  /** The member leaves the call and, as soon as a Commit does it, the group. */
  takeOut(
    member: ServerMember,
    reason: LeaveReason,
    proofs: { readonly proof?: ProofIn; readonly binding?: ProofIn } = {},
  ): void {
    const { userId, terminalId, leaf } = member;
    if (terminalId !== undefined) {
      if (leaf !== undefined) {
        this.removals = [...this.removals, { task: this.nextTask, userId, terminalId, leaf }];
      }
      this.effects.push({ type: "mediaLeave", terminalId });
    }
    this.#forgetTerminal(member);
    this.workChanged = true;
    this.setState(member, "left", { reason, ...proofs });
  }

  /** The committer did not accept the joiner, who still hears of it. */
  turnAway(member: ServerMember): void {
    const { terminalId } = member;
    this.setState(member, "refused");
    if (terminalId !== undefined) this.effects.push({ type: "mediaLeave", terminalId });
    this.#forgetTerminal(member);
    this.workChanged = true;
  }

  #forgetTerminal(target: ServerMember): void {
    const member = target;
    member.connected = false;
    delete member.terminalId;
    delete member.leaf;
    delete member.joiner;
    delete member.welcome;
    delete member.lostAtMs;
  }

  /** More to commit. Among many, who waits while a Commit is made waits for the next one: each task lists them with all that they sent. */
  moreWork(): void {
    if (!this.#isLarge || this.asked === undefined) this.workChanged = true;
  }

  /**
   * The member's state is news for everybody in the call. Among many, what nobody signed (and that somebody joins, which the
   * initiator hears at once, with the proof) is told together: 200 who join each other would be 80,000 messages.
   */
  setState(
    target: ServerMember,
    state: MemberState,
    more: {
      readonly reason?: DeclineReason | LeaveReason;
      readonly proof?: ProofIn;
      readonly binding?: ProofIn;
    } = {},
  ): void {
    const member = target;
    member.state = state;
    const { userId } = member;
    this.#news.delete(userId);
    const isTold = this.#isLarge && (state === "joining" || state === "joined" || state === "noAnswer");
    if (isTold) {
      this.#news.add(userId);
      const atMs = state === "joining" ? this.nowMs + joiningNewsMs : this.nowMs;
      this.#newsAtMs = Math.min(this.#newsAtMs ?? atMs, atMs);
      if (state !== "joining") return;
    }
    const body = { callId: this.callId, member: toWire(member), ...more };
    for (const other of this.members.values()) {
      if (isTold && other.userId !== this.before.initiatorId) continue;
      // Whoever joins or leaves knows it by the reply; what the committer made of it has to be told.
      const own = other.userId === member.userId;
      const concerned = own ? state === "refused" || state === "joined" : isIn(other);
      if (concerned && other.terminalId !== undefined)
        this.send(other.terminalId, { type: "call.member", body });
    }
  }

  /** An accepted Commit to everybody in the group but its sender. */
  relayCommit(epoch: number, by: UserId, from: TerminalId, commit: Bytes): void {
    const body = { callId: this.callId, epoch, by, commit };
    for (const { leaf, terminalId } of this.members.values()) {
      if (leaf === undefined || terminalId === undefined || terminalId === from) continue;
      this.send(terminalId, { type: "call.committed", body });
    }
  }

  sendWelcome(member: ServerMember): void {
    const { welcome, terminalId } = member;
    if (welcome === undefined || terminalId === undefined) return;
    // One and the same object for all, so that it is encoded once.
    const event = this.#welcomes.get(welcome) ?? {
      type: "call.welcome",
      body: { callId: this.callId, ...welcome },
    };
    this.#welcomes.set(welcome, event);
    this.send(terminalId, event);
  }

  /** The connected member with the lowest leaf; those that were asked in vain come last. */
  committer(): ServerMember | undefined {
    const candidates = [...this.members.values()].filter(
      ({ leaf, connected }) => leaf !== undefined && connected,
    );
    // Once all were asked in vain, the round begins again.
    const fresh = candidates.filter(({ userId }) => !this.passedOver.includes(userId));
    return lowestLeaf(fresh.length === 0 ? candidates : fresh);
  }

  /** The member to ask about the group when `userId` cannot tell. */
  otherThan(userId: UserId): ServerMember | undefined {
    return lowestLeaf(
      [...this.members.values()].filter(
        (member) => member.leaf !== undefined && member.connected && member.userId !== userId,
      ),
    );
  }

  endCall(reason: EndReason, proof?: ProofIn): void {
    const { callId } = this;
    for (const member of this.members.values()) {
      if (member.ring !== undefined) {
        const ringReason = reason === "cancelled" ? "cancelled" : "ended";
        const { state, effects } = stepRing(member.ring, { type: "cancel", reason: ringReason }, this.nowMs);
        member.ring = state;
        for (const effect of effects) {
          if (effect.type !== "stop") continue;
          this.send(effect.terminalId, { type: "call.ringEnded", body: { callId, reason: effect.reason } });
        }
      }
      if (!isIn(member) || member.terminalId === undefined) continue;
      const body = { callId, reason, ...(proof === undefined ? {} : { proof }) };
      this.send(member.terminalId, { type: "call.ended", body });
    }
    this.#ended = reason;
    this.asked = undefined;
    this.effects.push({ type: "ended", reason });
  }

  #askCommitter(): void {
    const waiting = [...this.members.values()].filter(
      ({ state, joiner }) => state === "joining" && joiner !== undefined,
    );
    const committer = this.committer();
    if (committer?.terminalId === undefined || (waiting.length === 0 && this.removals.length === 0)) {
      this.asked = undefined;
      return;
    }
    const again = this.asked?.userId === committer.userId;
    if (again && !this.workChanged) return;
    const inGroup = [...this.members.values()].filter(({ leaf }) => leaf !== undefined);
    const admitted = waiting.slice(0, admissible(waiting, inGroup, this.removals.length > 0));
    // More work is no excuse: who joins and leaves all the time must not keep a silent committer in office.
    const people = admitted.length + this.removals.length;
    const deadlineMs =
      again && this.asked !== undefined
        ? this.asked.deadlineMs
        : this.nowMs + this.before.times.commitMs + Math.max(0, people - fewMembers) * commitEachMs;
    this.asked = { userId: committer.userId, deadlineMs };
    this.#tasks += 1;
    this.send(committer.terminalId, {
      type: "call.commitNeeded",
      body: {
        callId: this.callId,
        task: this.#tasks,
        epoch: this.delivery.epoch,
        admit: admitted.flatMap(({ userId, terminalId, entry, joiner }) =>
          terminalId === undefined || entry === undefined || joiner === undefined
            ? []
            : [{ userId, terminalId, entry, proof: joiner.proof, keyPackage: joiner.keyPackage }],
        ),
        remove: this.removals.map(({ userId, terminalId, leaf }) => ({ userId, terminalId, leaf })),
      },
    });
  }

  get #isLarge(): boolean {
    return this.members.size > fewMembers;
  }

  #tellNews(): void {
    if (this.#newsAtMs === undefined || this.nowMs < this.#newsAtMs) return;
    const members = [...this.#news].flatMap((userId) => {
      const member = this.members.get(userId);
      return member === undefined ? [] : [withoutEntry(member)];
    });
    this.#news.clear();
    this.#newsAtMs = undefined;
    if (members.length === 0) return;
    const event: ServerEvent = { type: "call.members", body: { callId: this.callId, members } };
    for (const member of this.members.values())
      if (isIn(member) && member.terminalId !== undefined) this.send(member.terminalId, event);
  }

  #endIfOver(): void {
    const members = [...this.members.values()];
    const initiator = this.members.get(this.before.initiatorId);
    if (!this.everJoined && initiator?.leaf === undefined) return this.endCall("cancelled");
    // Without anybody in the group nobody can admit those who wait.
    if (members.every(({ leaf }) => leaf === undefined)) return this.endCall("lastLeft");
    const pending = members.some(({ state }) => state === "ringing" || state === "joining");
    if (!this.everJoined && !pending) this.endCall("noAnswer");
  }

  #nextDeadlineMs(): number | undefined {
    const deadlines: number[] = [];
    for (const { ring, lostAtMs } of this.members.values()) {
      if (ring?.phase === "ringing") deadlines.push(ring.deadlineMs);
      if (lostAtMs !== undefined) deadlines.push(lostAtMs + this.before.times.lostMs);
    }
    if (this.asked !== undefined) deadlines.push(this.asked.deadlineMs);
    if (this.#newsAtMs !== undefined) deadlines.push(this.#newsAtMs);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }
}

/** In a call of no more people, each change is told by itself and at once. */
const fewMembers = 16;
/** That somebody joins is of no use to the others before they are in; by then it is mostly over. */
const joiningNewsMs = 1_000;

function withoutEntry(member: Readonly<ServerMember>): MemberIn {
  const { entry: _entry, ...known } = toWire(member);
  return known;
}

const total = (parts: readonly (Bytes | undefined)[]): number =>
  parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);

function lowestLeaf(members: readonly ServerMember[]): ServerMember | undefined {
  return members.reduce<ServerMember | undefined>(
    (best, member) => (best === undefined || (member.leaf ?? 0) < (best.leaf ?? 0) ? member : best),
    undefined,
  );
}
