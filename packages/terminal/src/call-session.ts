/** The shell of the call machine on a terminal: one call, from the request or the answer to its end. */
import { verifyBinding, verifyDeviceProof, verifyTerminalProof } from "@signet/device";
import type { Binding } from "@signet/device";
import { CallGroup, createLeafKey, exportFrameEpoch } from "@signet/e2ee";
import type { LeafKey, MembershipOptions, PendingCommit, PendingJoin } from "@signet/e2ee";
import {
  SignetError,
  encodeProof,
  startInitiator,
  startMember,
  stepCallMember,
  toBase64Url,
} from "@signet/protocol";
import type {
  BindingEndReason,
  Bytes,
  CallEvent,
  CallId,
  CallInviteIn,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
  ErrorCode,
  EventBody,
  ProofIn,
  RequestBody,
  UserId,
} from "@signet/protocol";

import { prepareCommit } from "./admission.ts";
import { viewCall } from "./call-view.ts";
import type { CallFacts } from "./call-view.ts";
import type { Directory } from "./directory.ts";
import type { CallMedia, TerminalEnvironment } from "./environment.ts";
import { codeOf } from "./session.ts";
import type { Session } from "./session.ts";
import type { CallEnd, CallView } from "./state.ts";
import { credentialHook, verifyInvite } from "./verify-call.ts";
import type { LeafCheck, VerifiedCall } from "./verify-call.ts";

export interface CallContext {
  readonly session: Session;
  readonly directory: Directory;
  readonly environment: TerminalEnvironment;
  onChange(view: CallView): void;
}

/** A rejoin waits this long for another member's GroupInfo. */
const groupInfoAttempts = 30;
const groupInfoRetryMs = 250;

/** How the call is entered: as the one who starts it, or with the KeyPackage that waits for its Welcome. */
type Entry =
  | { readonly type: "initiator"; readonly group: CallGroup }
  | { readonly type: "member"; readonly pendingJoin: PendingJoin; readonly invite: CallInviteIn };

interface Credentials {
  readonly call: VerifiedCall;
  readonly initiatorBinding: Binding | undefined;
  /** The own `call` or `join` proof. */
  readonly proof: ProofIn;
  readonly leafKey: LeafKey;
}

export class CallSession {
  readonly #context: CallContext;
  readonly #credentials: Credentials;
  readonly #media: CallMedia;
  readonly #pendingJoin: PendingJoin | undefined;
  /** Settled when the server took the request or the join: only then media may connect. */
  readonly #accepted = Promise.withResolvers<void>();
  #machine: CallMemberState;
  #facts: CallFacts;
  #group: CallGroup | undefined;
  #pendingCommit: PendingCommit | undefined;
  #leaveOwed: ProofIn | undefined;
  #leaving: Promise<void> = Promise.resolve();
  /** What the server said last of each person. */
  readonly #said = new Map<UserId, EventBody<"call.member">>();

  private constructor(context: CallContext, credentials: Credentials, entry: Entry, checks: LeafChecks) {
    this.#context = context;
    this.#credentials = credentials;
    checks.listener = (check) => this.#onChecked(check);
    const { session, environment } = context;
    const callId = credentials.call.callProof.transcript.callId as CallId;
    const self = { userId: session.requirePerson().entry.userId, terminalId: session.terminalId };
    const step: CallMemberStep =
      entry.type === "initiator"
        ? startInitiator(callId, self)
        : startMember(callId, self, entry.invite.members);
    this.#group = entry.type === "initiator" ? entry.group : undefined;
    this.#pendingJoin = entry.type === "member" ? entry.pendingJoin : undefined;
    this.#machine = step.state;
    const { initiator, callProof } = credentials.call;
    this.#facts = {
      startedAtMs: environment.nowMs(),
      initiator: initiator.entry,
      invited: callProof.transcript.memberUserIds as readonly UserId[],
      names: new Map([
        [initiator.entry.userId, initiator.entry.displayName],
        [self.userId, session.requirePerson().entry.displayName],
      ]),
      verifications: new Map(),
      signedStates: new Map(),
      speaking: new Set(),
      media: { status: "connecting" },
      microphone: { status: "starting" },
    };
    for (const check of checks.past) this.#onChecked(check);
    // Nobody waits for media when the call is refused.
    this.#accepted.promise.catch(() => undefined);
    this.#media = environment.media.start({
      slots: session.server.limits.slots,
      exchange: (sdp) => this.#exchange(sdp),
      onSpeakers: (leaves) => this.#onSpeakers(leaves),
      onConnection: (status) => this.#setFacts({ media: { status } }),
      onMicrophone: (microphone) => this.#setFacts({ microphone }),
      onFailure: (code) => this.#setFacts({ media: { status: "failed", code } }),
    });
    this.#media.connect();
    this.#take(step);
  }

  /** Starts a call: one touch. @throws SignetError */
  static async start(
    context: CallContext,
    memberUserIds: readonly UserId[],
    signal?: AbortSignal,
  ): Promise<CallSession> {
    const { session, environment } = context;
    const { entry, device } = session.requirePerson();
    const { serverOrigin } = session.server;
    const callId = toBase64Url(crypto.getRandomValues(new Uint8Array(16))) as CallId;
    const leafKey = await createLeafKey();
    const { userId, deviceId } = entry;
    const issuedAtMs = environment.nowMs();
    const proof = await device.sign(
      {
        purpose: "call",
        serverOrigin,
        userId,
        deviceId,
        issuedAtMs,
        callId,
        memberUserIds,
        leafKey: leafKey.publicKey,
      },
      signal === undefined ? {} : { signal },
    );
    // One's own device may be the wrong one, too: nobody else would accept what does not verify here.
    const verified = await verifyDeviceProof(proof, {
      purpose: "call",
      serverOrigin,
      entry,
      time: { nowMs: environment.nowMs() },
    });
    if (!verified.ok) throw new SignetError(verified.code);
    const initiator = { entry, firstSeen: false };
    const call: VerifiedCall = { serverOrigin, callProof: verified.proof, initiator, memberUserIds };
    const checks = new LeafChecks();
    const credentials = { call, initiatorBinding: undefined, proof, leafKey };
    const group = await CallGroup.create(membership(context, credentials, checks));
    return new CallSession(context, credentials, { type: "initiator", group }, checks);
  }

  /** Answers a call, or joins one that goes on: one touch. @throws SignetError */
  static async answer(
    context: CallContext,
    invite: CallInviteIn,
    signal?: AbortSignal,
  ): Promise<CallSession> {
    const { session, directory, environment } = context;
    const { entry, device } = session.requirePerson();
    const { serverOrigin } = session.server;
    const { userId, deviceId } = entry;
    const nowMs = environment.nowMs();
    const { initiatorBinding, ...call } = await verifyInvite(invite, {
      serverOrigin,
      directory,
      ownUserId: userId,
      nowMs,
      ringing: false,
    });
    const leafKey = await createLeafKey();
    const { callId } = invite;
    const callProofDigest = call.callProof.digest;
    const proof = await device.sign(
      {
        purpose: "join",
        serverOrigin,
        userId,
        deviceId,
        issuedAtMs: environment.nowMs(),
        callId,
        callProofDigest,
        leafKey: leafKey.publicKey,
      },
      signal === undefined ? {} : { signal },
    );
    const checks = new LeafChecks();
    const credentials = { call, initiatorBinding, proof, leafKey };
    const pendingJoin = await CallGroup.prepareJoin(membership(context, credentials, checks));
    return new CallSession(context, credentials, { type: "member", pendingJoin, invite }, checks);
  }

  get callId(): CallId {
    return this.#machine.callId;
  }

  get ended(): boolean {
    return this.#machine.phase === "ended";
  }

  get view(): CallView {
    return viewCall(this.#machine, this.#facts);
  }

  /** Whether the server has to be told yet that this terminal left. */
  get owesLeave(): boolean {
    return this.#leaveOwed !== undefined;
  }

  handle(event: CallEvent): void {
    if (event.type === "call.member") void this.#checkSigned(event.body);
    if (event.type === "call.ended") void this.#checkEnd(event.body);
    this.#dispatch({ type: "event", event });
  }

  connected(): void {
    if (this.#leaveOwed !== undefined) void this.#payLeave();
    this.#dispatch({ type: "connected" });
  }

  disconnected(): void {
    this.#dispatch({ type: "disconnected" });
  }

  /** This terminal is no longer the person's: nothing can be signed here any more, and the server knows. */
  unbound(reason: BindingEndReason): void {
    if (this.ended) return;
    this.#facts = { ...this.#facts, end: { type: "unbound", reason } };
    this.#dispatch({ type: "fail", code: "call.notMember" });
  }

  reconnectMedia(): void {
    if (!this.ended) this.#media.connect();
  }

  /** @returns when the server knows, or cannot be told */
  leave(): Promise<void> {
    this.#dispatch({ type: "leave" });
    return this.#leaving;
  }

  async endForAll(): Promise<void> {
    const { session } = this.#context;
    const proof = await session.signWithTerminalKey((fields) => ({
      purpose: "end",
      ...fields,
      callId: this.callId,
      reason: "ended",
    }));
    await session.link.request("call.end", { proof });
  }

  setMuted(muted: boolean): void {
    this.#media.setMuted(muted);
  }

  setMicrophone(deviceId: string | undefined): Promise<void> {
    return this.#media.setMicrophone(deviceId);
  }

  microphoneLevel(): number {
    return this.ended ? 0 : this.#media.microphoneLevel();
  }

  #dispatch(input: CallMemberInput): void {
    this.#take(stepCallMember(this.#machine, input));
  }

  #take(step: CallMemberStep): void {
    this.#machine = step.state;
    for (const effect of step.effects) this.#run(effect);
    this.#changed();
  }

  #changed(): void {
    this.#context.onChange(this.view);
  }

  #setFacts(facts: Partial<CallFacts>): void {
    if (this.ended) return;
    this.#facts = { ...this.#facts, ...facts };
    this.#changed();
  }

  #run(effect: CallMemberEffect): void {
    switch (effect.type) {
      case "sendRequest":
        return void this.#sendStart();
      case "sendJoin":
        return void this.#sendStart();
      case "sendSync":
        return void this.#sync(effect.epoch);
      case "sendCommit":
        return void this.#request("call.commit", { callId: this.callId, ...effect.made }).then(
          () => this.#dispatch({ type: "commitAccepted" }),
          (error: unknown) => this.#dispatch({ type: "commitRefused", code: codeOf(error) }),
        );
      case "makeCommit":
        return this.#operate(() => this.#makeCommit(effect.task));
      case "adopt":
        return this.#operate(() => this.#adopt());
      case "drop":
        this.#pendingCommit?.drop();
        this.#pendingCommit = undefined;
        return;
      case "process":
        return this.#operate(() => this.#process(effect.commit));
      case "joinGroup":
        return this.#operate(() => this.#joinGroup(effect.welcome));
      case "rejoin":
        return this.#operate(() => this.#rejoin());
      case "sendLeave":
        this.#leaving = this.#sendLeave(effect.reason);
        return;
      case "ended":
        return this.#onEnded(effect.end);
    }
  }

  /** One MLS operation; the machine starts no other before its result. */
  #operate(operation: () => Promise<CallMemberInput>): void {
    operation().then(
      (result) => this.#dispatch(result),
      (error: unknown) => this.#dispatch({ type: "operationFailed", code: codeOf(error) }),
    );
  }

  async #sendStart(): Promise<void> {
    const { proof } = this.#credentials;
    const pendingJoin = this.#pendingJoin;
    try {
      if (pendingJoin === undefined) {
        const { members } = await this.#request("call.request", { proof });
        this.#dispatch({ type: "requested", members });
      } else {
        const { members } = await this.#request("call.join", { proof, keyPackage: pendingJoin.keyPackage });
        this.#dispatch({ type: "joinAccepted", members });
      }
      this.#accepted.resolve();
      void this.#learnNames();
    } catch (error) {
      const code = codeOf(error);
      // Otherwise it is sent again, and media waits for that.
      if (!isConnectionCode(code)) this.#accepted.reject(error);
      this.#dispatch({ type: "startFailed", code });
    }
  }

  async #sync(epoch: number): Promise<void> {
    try {
      this.#dispatch({
        type: "synced",
        reply: await this.#request("call.sync", { callId: this.callId, epoch }),
      });
    } catch (error) {
      this.#dispatch({ type: "syncFailed", code: codeOf(error) });
    }
  }

  async #makeCommit(task: EventBody<"call.commitNeeded">): Promise<CallMemberInput> {
    const { call } = this.#credentials;
    const { directory, environment } = this.#context;
    const group = this.#requireGroup();
    const prepared = await prepareCommit(group, task, call, { directory, nowMs: environment.nowMs() });
    for (const { userId, terminalId, code } of prepared.refused) {
      const { callId } = this;
      // When the server does not hear it, it asks again for the same joiner.
      this.#request("call.refuse", { callId, userId, terminalId, code }).catch(() => undefined);
    }
    if (prepared.pending === undefined) return { type: "commitSkipped" };
    this.#pendingCommit = prepared.pending;
    return { type: "commitMade", made: prepared.made };
  }

  async #adopt(): Promise<CallMemberInput> {
    const pending = this.#pendingCommit;
    this.#pendingCommit = undefined;
    if (pending === undefined) throw new SignetError("mls.failed");
    await pending.accept();
    return this.#entered(this.#requireGroup());
  }

  async #process(commit: Bytes): Promise<CallMemberInput> {
    const group = this.#requireGroup();
    const result = await group.process(commit);
    if (result.type === "removedSelf") return { type: "removedSelf" };
    if (result.type === "refused") return { type: "operationFailed", code: result.code };
    return this.#entered(group);
  }

  async #joinGroup(welcome: Bytes): Promise<CallMemberInput> {
    if (this.#pendingJoin === undefined) throw new SignetError("mls.failed");
    const group = await this.#pendingJoin.join(welcome);
    this.#group = group;
    return this.#entered(group);
  }

  async #rejoin(): Promise<CallMemberInput> {
    const { callId } = this;
    const { proof } = this.#credentials;
    const groupInfo = await this.#askGroupInfo();
    const checks = new LeafChecks();
    checks.listener = (check) => this.#onChecked(check);
    const entry = await CallGroup.rejoin({
      ...membership(this.#context, this.#credentials, checks),
      groupInfo,
    });
    const { group, commit } = entry;
    // The Commit that could not be read ended the own epoch: in that one, or below, there may be somebody who was removed since.
    if (group.epoch - 1 <= (this.#machine.epoch ?? 0)) {
      group.close();
      throw new SignetError("mls.staleEpoch");
    }
    const leaf = {
      userId: this.#machine.self.userId,
      leaf: group.ownLeaf as RequestBody<"call.rejoin">["leaf"]["leaf"],
    };
    try {
      await this.#request("call.rejoin", { callId, epoch: group.epoch - 1, proof, commit, leaf });
    } catch (error) {
      group.close();
      throw error;
    }
    this.#group?.close();
    this.#group = group;
    return this.#entered(group);
  }

  /** Another member is asked for it, so it may take a moment. @throws SignetError `connection.timeout` when none gives it */
  async #askGroupInfo(): Promise<Bytes> {
    for (let attempt = 0; attempt < groupInfoAttempts && !this.ended; attempt++) {
      const { groupInfo } = await this.#request("call.groupInfo", { callId: this.callId });
      if (groupInfo !== undefined) return groupInfo;
      await new Promise((resolve) => setTimeout(resolve, groupInfoRetryMs));
    }
    throw new SignetError("connection.timeout");
  }

  /** Another member's rejoin needs what this one knows of the group. */
  async offerGroupInfo(epoch: number): Promise<void> {
    if (this.#group === undefined || this.#group.epoch !== epoch) return;
    try {
      await this.#request("call.offerGroupInfo", {
        callId: this.callId,
        epoch,
        groupInfo: await this.#group.groupInfo(),
      });
    } catch {
      // The epoch ended meanwhile, or the connection: whoever needs it asks again.
    }
  }

  /** The group is in a new epoch: its keys, its members, its safety code. */
  async #entered(group: CallGroup): Promise<CallMemberInput> {
    const { epoch } = group;
    const members = group.members();
    await this.#media.setEpoch(await exportFrameEpoch(group));
    const safetyCode = await group.safetyCode();
    // Nothing is awaited from here on: what was found out or ended meanwhile must not be lost.
    if (this.ended) return { type: "advanced", epoch };
    const { safetyCode: _former, ...facts } = this.#facts;
    this.#facts = {
      ...facts,
      inGroup: new Set(members.map(({ userId }) => userId)),
      ...(members.length > 1 ? { safetyCode } : {}),
      ...(members.length > 1 && facts.activeSinceMs === undefined
        ? { activeSinceMs: this.#context.environment.nowMs() }
        : {}),
    };
    return { type: "advanced", epoch };
  }

  #onSpeakers(leaves: ReadonlySet<number>): void {
    const members = this.#group?.members() ?? [];
    this.#setFacts({
      speaking: new Set(members.filter(({ leaf }) => leaves.has(leaf)).map(({ userId }) => userId)),
    });
  }

  #onChecked(check: LeafCheck): void {
    if (check.ok) {
      const verifications = new Map(this.#facts.verifications).set(check.userId, check.verification);
      this.#facts = { ...this.#facts, verifications };
    } else if (check.userId !== undefined) {
      const { userId, code } = check;
      this.#facts = { ...this.#facts, suspect: { userId, code } };
    }
  }

  /** A decline or leave that the person signed says more than the server's word. */
  async #checkSigned(said: EventBody<"call.member">): Promise<void> {
    const { member, reason, proof, binding } = said;
    const { userId, state } = member;
    this.#said.set(userId, said);
    // What was signed before was signed for another state, or for an earlier stay.
    const signedStates = new Map(this.#facts.signedStates);
    if (signedStates.delete(userId)) this.#setFacts({ signedStates });
    const purpose = state === "declined" ? "decline" : state === "left" ? "leave" : undefined;
    if (purpose === undefined || reason === undefined || proof === undefined || binding === undefined) return;
    const { serverOrigin } = this.#credentials.call;
    const { directory, environment } = this.#context;
    try {
      const { entry } = await directory.person(userId);
      const bound = await verifyBinding(binding, { serverOrigin, entry, nowMs: environment.nowMs() });
      if (!bound.ok) return;
      const { callId } = this;
      const result = await verifyTerminalProof(proof, {
        purpose,
        serverOrigin,
        binding: bound.binding,
        time: "any",
        fields: { callId, reason },
      });
      if (!result.ok || this.#said.get(userId) !== said) return;
      const enteredAtMs = this.#facts.verifications.get(userId)?.signedAtMs ?? 0;
      if (result.proof.transcript.issuedAtMs < enteredAtMs) return;
      this.#setFacts({ signedStates: new Map(this.#facts.signedStates).set(userId, state) });
    } catch {
      // Then it stays the server's word, and is shown as such.
    }
  }

  async #checkEnd({ proof }: EventBody<"call.ended">): Promise<void> {
    const { call, initiatorBinding: binding } = this.#credentials;
    if (proof === undefined || binding === undefined) return;
    const { serverOrigin } = call;
    const result = await verifyTerminalProof(proof, {
      purpose: "end",
      serverOrigin,
      binding,
      time: "any",
      fields: { callId: this.callId },
    });
    const { end } = this.#facts;
    if (!result.ok || end?.type !== "ended") return;
    this.#facts = { ...this.#facts, end: { ...end, signed: true } };
    this.#changed();
  }

  /** Entries of everybody invited: their names, and their keys before they join. */
  async #learnNames(): Promise<void> {
    try {
      const people = await this.#context.directory.lookup([...this.#machine.members.keys()]);
      const names = new Map(this.#facts.names);
      for (const { userId, entry } of people) if (entry !== undefined) names.set(userId, entry.displayName);
      this.#facts = { ...this.#facts, names };
      this.#changed();
    } catch {
      // User IDs are shown instead.
    }
  }

  async #sendLeave(reason: "left" | "unsafe"): Promise<void> {
    try {
      this.#leaveOwed = await this.#context.session.signWithTerminalKey((fields) => ({
        purpose: "leave",
        ...fields,
        callId: this.callId,
        reason,
      }));
      await this.#payLeave();
    } catch {
      // Signed out: the server has ended the part of this terminal already.
    }
  }

  async #payLeave(): Promise<void> {
    if (this.#leaveOwed === undefined) return;
    try {
      await this.#request("call.leave", { proof: this.#leaveOwed });
      this.#leaveOwed = undefined;
    } catch (error) {
      if (!isConnectionCode(codeOf(error))) this.#leaveOwed = undefined;
    }
  }

  #onEnded(end: NonNullable<CallMemberState["end"]>): void {
    this.#media.close();
    this.#group?.close();
    this.#accepted.reject(new SignetError("call.notFound"));
    const endedAtMs = this.#context.environment.nowMs();
    this.#facts = {
      ...this.#facts,
      speaking: new Set(),
      media: { status: "off" },
      endedAtMs,
      end: this.#facts.end ?? this.#explain(end),
    };
  }

  #explain(end: NonNullable<CallMemberState["end"]>): CallEnd {
    if (end.type === "ended") return { ...end, signed: false };
    if (end.type === "left") return end;
    const { suspect } = this.#facts;
    if (suspect === undefined || suspect.code !== end.code || !isLeafRefusal(end.code)) return end;
    // The person needs to know whose signature it was, and in one case what kind of trouble.
    const code = end.code === "directory.keyChanged" ? end.code : "call.rejectedMember";
    return { type: "failed", code, userId: suspect.userId };
  }

  async #exchange(offerSdp: string): Promise<string> {
    await this.#accepted.promise;
    const { sdp } = await this.#request("media.offer", { callId: this.callId, sdp: offerSdp });
    return sdp;
  }

  #requireGroup(): CallGroup {
    if (this.#group === undefined) throw new SignetError("mls.closed");
    return this.#group;
  }

  get #request() {
    const { link } = this.#context.session;
    return link.request.bind(link);
  }
}

/** Verdicts of the credential hook, kept until the session is there to hear them. */
class LeafChecks {
  readonly past: LeafCheck[] = [];
  listener: ((check: LeafCheck) => void) | undefined;

  add(check: LeafCheck): void {
    if (this.listener === undefined) this.past.push(check);
    else this.listener(check);
  }
}

function membership(
  context: CallContext,
  { call, leafKey, proof }: Credentials,
  checks: LeafChecks,
): MembershipOptions {
  const { directory, environment } = context;
  const { nowMs } = environment;
  return {
    callId: call.callProof.transcript.callId,
    leafKey,
    identity: encodeProof(proof),
    hook: credentialHook(call, { directory, nowMs }, (check) => checks.add(check)),
    nowMs,
  };
}

function isConnectionCode(code: ErrorCode): boolean {
  return code.startsWith("connection.");
}

function isLeafRefusal(code: ErrorCode): boolean {
  return (
    code.startsWith("proof.") ||
    code.startsWith("directory.") ||
    code === "call.notInvited" ||
    code === "mls.credential"
  );
}
