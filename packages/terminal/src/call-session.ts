/** The shell of the call machine on a terminal: one call, from the request or the answer to its end. */
import { exportFrameEpoch } from "@signet/e2ee";
import type { CallGroup } from "@signet/e2ee";
import { LeaveReason, SignetError, startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type {
  Bytes,
  CallEvent,
  CallId,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
  EventBody,
  ProofIn,
  UserId,
} from "@signet/protocol";

import { explainEnd, isConnectionCode } from "./call-end.ts";
import { prepareAnswer, prepareStart } from "./call-entry.ts";
import type { CallContext, Credentials, Prepared } from "./call-entry.ts";
import { callViewer, firstFacts } from "./call-view.ts";
import type { CallFacts } from "./call-view.ts";
import type { CallMedia, Speaker } from "./environment.ts";
import { enterEpoch, noRosters, speakersAmong } from "./epoch-rosters.ts";
import { GroupWork } from "./group-work.ts";
import { codeOf } from "./session.ts";
import { isEndSigned, saidIn, signedAtMs } from "./signed-word.ts";
import type { CallView, SignedOutReason, Verification } from "./state.ts";
import type { LeafCheck } from "./verify-call.ts";

export class CallSession {
  readonly #context: CallContext;
  readonly #credentials: Credentials;
  readonly #media: CallMedia;
  readonly #keyPackage: Bytes | undefined;
  readonly #work: GroupWork;
  /** Settled when the server took the request or the join: only then media may connect. */
  readonly #accepted = Promise.withResolvers<void>();
  #machine: CallMemberState;
  #facts: CallFacts;
  #rosters = noRosters;
  #speakers: readonly Speaker[] = [];
  readonly #view = callViewer();
  readonly #verifications = new Map<UserId, Verification>();
  #leaveOwed: ProofIn | undefined;
  /** The server said that the call is over; nothing else counts from then on. */
  #ending: { readonly signed: boolean } | undefined;
  #leaving: Promise<void> = Promise.resolve();
  /** What the server said last of each person. */
  readonly #said = new Map<UserId, EventBody<"call.member">>();

  private constructor(context: CallContext, { credentials, entry, checks }: Prepared) {
    this.#context = context;
    this.#credentials = credentials;
    checks.listener = (check: LeafCheck) => this.#onChecked(check);
    this.#work = new GroupWork({
      context,
      credentials,
      entry,
      checked: checks.listener,
      entered: (group) => this.#entered(group),
    });
    const { session, environment } = context;
    const callId = credentials.call.callProof.transcript.callId as CallId;
    const self = { userId: session.requirePerson().entry.userId, terminalId: session.terminalId };
    const step: CallMemberStep =
      entry.type === "initiator"
        ? startInitiator(callId, self)
        : startMember(callId, self, entry.invite.members);
    this.#keyPackage = entry.type === "member" ? entry.pendingJoin.keyPackage : undefined;
    this.#machine = step.state;
    this.#facts = firstFacts(credentials.call, session.requirePerson().entry, environment.nowMs());
    for (const check of checks.past) this.#onChecked(check);
    // Nobody waits for media when the call is refused.
    this.#accepted.promise.catch(() => undefined);
    this.#media = environment.media.start({
      slots: session.server.limits.slots,
      exchange: (sdp) => this.#exchange(sdp),
      onSpeakers: (speakers) => this.#onSpeakers(speakers),
      onConnection: (status) => this.#setFacts({ media: { status } }),
      onMicrophone: (microphone) => this.#setFacts({ microphone }),
      onFailure: (code) => this.#setFacts({ media: { status: "failed", code } }),
    });
    this.#media.connect();
    this.#take(step);
  }

  /** Starts a call: one touch. @throws SignetError */
  static async start(...input: Parameters<typeof prepareStart>): Promise<CallSession> {
    return new CallSession(input[0], await prepareStart(...input));
  }

  /** Answers a call, or joins one that goes on: one touch. @throws SignetError */
  static async answer(...input: Parameters<typeof prepareAnswer>): Promise<CallSession> {
    return new CallSession(input[0], await prepareAnswer(...input));
  }

  get callId(): CallId {
    return this.#machine.callId;
  }

  get ended(): boolean {
    return this.#machine.phase === "ended";
  }

  get view(): CallView {
    return this.#view(this.#machine, this.#facts);
  }

  /** Whether the server has to be told yet that this terminal left. */
  get owesLeave(): boolean {
    return this.#leaveOwed !== undefined;
  }

  handle(event: CallEvent): void {
    for (const said of saidIn(event)) void this.#checkSigned(said);
    if (event.type === "call.ended") void this.#end(event);
    else this.#dispatch({ type: "event", event });
  }

  connected(): void {
    if (this.#leaveOwed !== undefined) void this.#payLeave();
    this.#dispatch({ type: "connected" });
  }

  disconnected(): void {
    this.#dispatch({ type: "disconnected" });
  }

  /**
   * This terminal is no longer the person's: nothing can be signed here any more, and the server knows. Only where the device was
   * removed it has to be told, and why.
   */
  unbound(reason: SignedOutReason): void {
    if (this.ended) return;
    if (reason === "deviceRemoved") return this.#dispatch({ type: "leave", reason });
    this.#facts = { ...this.#facts, end: { type: "unbound", reason } };
    this.#dispatch({ type: "fail", code: "call.notMember" });
  }

  offerGroupInfo(epoch: number): Promise<void> {
    return this.#work.offerGroupInfo(epoch);
  }

  reconnectMedia(): void {
    if (!this.ended) this.#media.connect();
  }

  /** @returns when the server knows, or cannot be told */
  leave(): Promise<void> {
    this.#dispatch({ type: "leave" });
    return this.#leaving;
  }

  /** Once more, where the server could not be told. */
  async farewell(): Promise<void> {
    await this.#leaving;
    await this.#payLeave();
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
    if (this.#ending === undefined) this.#take(stepCallMember(this.#machine, input));
  }

  #take(step: CallMemberStep): void {
    this.#machine = step.state;
    for (const effect of step.effects) this.#run(effect);
    this.#changed();
  }

  #changed(): void {
    this.#context.onChange();
  }

  #setFacts(facts: Partial<CallFacts>): void {
    if (this.ended) return;
    this.#facts = { ...this.#facts, ...facts };
    this.#changed();
  }

  #run(effect: CallMemberEffect): void {
    switch (effect.type) {
      case "sendRequest":
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
        return this.#operate(() => this.#work.makeCommit(effect.task));
      case "adopt":
        return this.#operate(() => this.#work.adopt());
      case "drop":
        return this.#work.drop();
      case "process":
        return this.#operate(() => this.#work.process(effect.commit));
      case "joinGroup":
        return this.#operate(() => this.#work.join(effect.welcome));
      case "rejoin":
        return this.#operate(() => this.#work.rejoin(this.#machine.self, this.#machine.epoch ?? 0));
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
    const keyPackage = this.#keyPackage;
    try {
      if (keyPackage === undefined) {
        const { members } = await this.#request("call.request", { proof });
        this.#dispatch({ type: "requested", members });
      } else {
        const { members } = await this.#request("call.join", { proof, keyPackage });
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

  /** The group is in a new epoch: its keys, its members, its safety code. */
  async #entered(group: CallGroup): Promise<CallMemberInput> {
    const { epoch } = group;
    const members = group.members();
    if (this.ended) return { type: "advanced", epoch };
    this.#rosters = enterEpoch(this.#rosters, epoch, members, performance.now());
    this.#onSpeakers(this.#speakers);
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

  #onSpeakers(speakers: readonly Speaker[]): void {
    this.#speakers = speakers;
    this.#setFacts({ speaking: speakersAmong(this.#rosters, speakers, performance.now()) });
  }

  #onChecked(check: LeafCheck): void {
    if (check.ok) {
      const verifications = this.#verifications.set(check.userId, check.verification);
      this.#facts = { ...this.#facts, verifications };
    } else if (check.userId !== undefined) {
      const { userId, code } = check;
      this.#facts = { ...this.#facts, suspect: { userId, code } };
    }
  }

  async #checkSigned(said: EventBody<"call.member">): Promise<void> {
    const { userId, state } = said.member;
    this.#said.set(userId, said);
    // What was signed before was signed for another state, or for an earlier stay.
    const former = new Map(this.#facts.signedStates);
    former.delete(userId);
    const leaveReasons = new Map(this.#facts.leaveReasons);
    leaveReasons.delete(userId);
    const reason = state === "left" ? LeaveReason.safeParse(said.reason) : undefined;
    if (reason?.success === true) leaveReasons.set(userId, reason.data);
    this.#setFacts({ signedStates: former, leaveReasons });
    const { directory, environment } = this.#context;
    const { serverOrigin } = this.#credentials.call;
    const atMs = await signedAtMs(said, { serverOrigin, directory, nowMs: environment.nowMs() });
    if (atMs === undefined || this.#said.get(userId) !== said) return;
    const enteredAtMs = this.#facts.verifications.get(userId)?.signedAtMs ?? 0;
    if (atMs < enteredAtMs) return;
    this.#setFacts({ signedStates: new Map(this.#facts.signedStates).set(userId, state) });
  }

  /** Nothing is said or heard any more; that it is over is shown together with who signed for it. */
  async #end(event: CallEvent & { readonly type: "call.ended" }): Promise<void> {
    this.#ending = { signed: false };
    this.#media.close();
    this.#ending = { signed: await isEndSigned(event.body, this.#credentials) };
    this.#take(stepCallMember(this.#machine, { type: "event", event }));
  }

  /** Entries of everybody invited: their names, and their keys before they join. */
  async #learnNames(): Promise<void> {
    try {
      const found = await this.#context.directory.namesOf([...this.#machine.members.values()]);
      this.#facts = { ...this.#facts, names: new Map([...this.#facts.names, ...found]) };
      this.#changed();
    } catch {
      // User IDs are shown instead.
    }
  }

  async #sendLeave(reason: LeaveReason): Promise<void> {
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
    this.#work.close();
    this.#accepted.reject(new SignetError("call.notFound"));
    this.#facts = {
      ...this.#facts,
      speaking: new Set(),
      media: { status: "off" },
      endedAtMs: this.#context.environment.nowMs(),
      end: this.#facts.end ?? explainEnd(end, this.#facts.suspect, this.#ending?.signed),
    };
  }

  async #exchange(offerSdp: string): Promise<string> {
    await this.#accepted.promise;
    const { sdp } = await this.#request("media.offer", { callId: this.callId, sdp: offerSdp });
    return sdp;
  }

  get #request() {
    const { link } = this.#context.session;
    return link.request.bind(link);
  }
}
