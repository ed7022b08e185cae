/** The shell of the call machine on a terminal: one call, from the request or the answer to its end. */
import { exportFrameEpoch } from "@signet/e2ee";
import type { CallGroup, FrameEpochSecret } from "@signet/e2ee";
import { codeOf, startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type {
  CallEvent,
  CallId,
  CallInviteIn,
  CallMemberEnd,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
  CallStatementIn,
  ErrorCode,
  EventBody,
  ProofIn,
  SaidMicrophone,
  UserId,
} from "@signet/protocol";

import { prepareAnswer, prepareCrossed, prepareStart } from "./call-entry.ts";
import type { CallContext, Credentials, Prepared } from "./call-entry.ts";
import { CallFindings } from "./call-findings.ts";
import { peopleIn } from "./call-view.ts";
import { CallRequests } from "./call-requests.ts";
import { Farewell } from "./farewell.ts";
import type { CallMedia } from "../environment.ts";
import { invite, makeHost, remove, whoRemoved } from "./list-acts.ts";
import { GroupWork } from "./group-work.ts";
import type { ServerRequests } from "../server-requests.ts";
import { MicrophoneWords } from "./microphone-words.ts";
import { isEndSigned } from "./signed-word.ts";
import type { CallView, SignedOutReason } from "../state.ts";

export class CallSession {
  readonly #context: CallContext;
  readonly #credentials: Credentials;
  readonly #invite: CallInviteIn;
  readonly #work: GroupWork;
  readonly #findings: CallFindings;
  readonly #requests: CallRequests;
  readonly #microphones: MicrophoneWords;
  readonly #first: CallMemberStep;
  #machine: CallMemberState;
  /** From the start on, or a while later. */
  #media: CallMedia | undefined;
  /** Of the epoch in which the sound is to begin. */
  #firstEpoch: FrameEpochSecret | undefined;
  /** Kept from the moment on that the server took the request or the join. */
  readonly #farewell: Farewell;

  private constructor(context: CallContext, { credentials, wayIn }: Prepared) {
    const { session } = context;
    this.#context = context;
    this.#credentials = credentials;
    this.#invite = wayIn.invite;
    this.#findings = new CallFindings(context, credentials.call, credentials.list);
    this.#work = new GroupWork({
      context,
      credentials,
      wayIn,
      rejoined: (change) => this.#findings.rejoined(change),
      refused: (refusal) => this.#findings.refused(refusal),
      entered: (group) => this.#entered(group),
    });
    // A page that keeps the binding may be loaded anew, and be back in a moment.
    const farewell = (): Promise<ProofIn> => this.#sign("leave", session.isKept ? "pageGone" : "left");
    this.#farewell = new Farewell(farewell, context.environment);
    const callId = credentials.call.callProof.transcript.callId as CallId;
    const self = { userId: session.requirePerson().userId, terminalId: session.terminalId };
    this.#first =
      wayIn.type === "initiator"
        ? startInitiator(callId, self)
        : startMember(callId, self, wayIn.invite.members);
    this.#machine = this.#first.state;
    this.#microphones = new MicrophoneWords({
      context,
      call: credentials.call,
      list: () => credentials.list.held,
      onHeard: (heard) => this.#findings.microphonesOf(heard),
    });
    this.#requests = new CallRequests({
      context,
      callId,
      credentials,
      wayIn,
      dispatch: (input) => this.#dispatch(input),
      joined: ({ leaves }) => void this.#findings.heardLeaves(leaves ?? []),
      accepted: () => this.#accepted(),
      digest: () => this.#work.digest(),
    });
  }

  /** A call that is about to be requested: one touch. @throws SignetError */
  static async prepare(...input: Parameters<typeof prepareStart>): Promise<CallSession> {
    return new CallSession(input[0], await prepareStart(...input));
  }

  /** A call that is about to be answered, or that goes on and is about to be joined: one touch. @throws SignetError */
  static async prepareAnswer(...input: Parameters<typeof prepareAnswer>): Promise<CallSession> {
    return new CallSession(input[0], await prepareAnswer(...input));
  }

  /** A call that the own one, which only rings so far, has crossed: no touch. @throws SignetError */
  static async prepareCrossed(
    context: CallContext,
    invite: CallInviteIn,
    own: CallSession,
  ): Promise<CallSession> {
    return new CallSession(context, await prepareCrossed(context, invite, own.#credentials));
  }

  /** By which one may come back to it. */
  get wayBack(): CallInviteIn {
    const { held, stated } = this.#credentials.list;
    if (stated.length === 0) return this.#invite;
    // Those who were brought in belong to it: one that leaves somebody out does not hold.
    const members = peopleIn(held).map(
      (userId) => this.#machine.members.get(userId) ?? { userId, state: "left" as const },
    );
    return { ...this.#invite, members, statements: stated };
  }

  /** Requests or joins it. Once. @param sound begins with it, or with {@link beginSound} */
  start(sound: "now" | "later" = "now"): void {
    this.#credentials.checks.listen((check) => this.#findings.checked(check));
    if (sound === "now") this.beginSound({ muted: false });
    this.#take(this.#first);
  }

  /** Once; nothing is heard or said before. */
  beginSound({ muted }: { readonly muted: boolean }): void {
    const { session, environment } = this.#context;
    const findings = this.#findings;
    this.#media = environment.media.start({
      system: environment,
      slots: session.server.limits.slots,
      exchange: (offerSdp) => this.#requests.offerMedia(offerSdp),
      onSpeakers: (speakers) => findings.speaking(speakers),
      onConnection: (status) => findings.media({ status }),
      onMicrophone: (microphone) => {
        findings.microphone(microphone);
        this.#microphones.own(microphone);
      },
      onFailure: (code) => findings.media({ status: "failed", code }),
    });
    if (muted) this.#media.setMuted(true);
    this.#media.connect();
    const epoch = this.#firstEpoch;
    this.#firstEpoch = undefined;
    if (epoch === undefined) return;
    this.#media
      .setEpoch(epoch)
      .catch((error: unknown) => this.#dispatch({ type: "fail", code: codeOf(error) }));
  }

  get callId(): CallId {
    return this.#machine.callId;
  }

  get ended(): boolean {
    return this.#machine.phase === "ended";
  }

  /** Nothing is sent or heard in it any more. */
  get #isOver(): boolean {
    return this.ended || this.#machine.phase === "ending";
  }

  /** Whether this terminal is in the call's group now, as far as it knows. */
  get isKeyed(): boolean {
    const { epoch, phase } = this.#machine;
    return phase === "active" && epoch !== undefined;
  }

  /** Why this terminal cannot come into it; undefined while it may. */
  get refusal(): ErrorCode | undefined {
    if (!this.ended) return undefined;
    const { end } = this.#machine;
    return end?.type === "failed" ? end.code : "call.notRinging";
  }

  get view(): CallView {
    return this.#findings.view(this.#machine);
  }

  handle(event: CallEvent): void {
    this.#findings.heard(event);
    this.#dispatch({ type: "event", event });
  }

  heardMicrophone(said: SaidMicrophone): Promise<void> {
    return this.#microphones.heard(said);
  }

  connected(): void {
    this.#dispatch({ type: "connected" });
    this.#microphones.connected();
  }

  disconnected(): void {
    this.#dispatch({ type: "disconnected" });
  }

  /**
   * This terminal is no longer the person's: nothing can be signed here any more, and the server knows. Only where the device was
   * removed it has to be told, and why.
   */
  unbound(reason: SignedOutReason): void {
    if (this.#isOver) return;
    if (reason === "deviceRemoved") return this.#dispatch({ type: "leave", reason });
    this.#findings.unbound(reason);
    this.#dispatch({ type: "fail", code: "call.notMember" });
  }

  offerGroupInfo(epoch: number): Promise<void> {
    return this.#work.offerGroupInfo(epoch);
  }

  reconnectMedia(): void {
    if (!this.#isOver) this.#media?.connect();
  }

  /** @returns when the server knows, or cannot be told */
  leave(): Promise<void> {
    this.#dispatch({ type: "leave" });
    return this.#context.session.owedTold();
  }

  /** Says with a word that is at hand that this terminal leaves: nothing that comes later is run any more. */
  leaveAtOnce(): void {
    const proof = this.#farewell.take();
    if (proof !== undefined && !this.#isOver) void this.#link.ask("call.leave", { proof }, () => undefined);
    void this.leave();
  }

  async endForAll(): Promise<void> {
    await this.#link.request("call.end", { proof: await this.#sign("end", "ended") });
  }

  #sign(purpose: "end" | "leave", reason: string): Promise<ProofIn> {
    const { callId } = this;
    return this.#context.session.signWithTerminalKey((fields) => ({ purpose, ...fields, callId, reason }));
  }

  /** @throws SignetError */
  invite(userIds: readonly UserId[], signal?: AbortSignal): Promise<void> {
    return invite(this.#context, this.#credentials, userIds, signal);
  }

  /** @throws SignetError */
  remove(userIds: readonly UserId[]): Promise<void> {
    return remove(this.#context, this.#credentials, userIds);
  }

  /** @throws SignetError */
  makeHost(userId: UserId): Promise<void> {
    return makeHost(this.#context, this.#credentials, userId);
  }

  setMuted(muted: boolean): void {
    this.#media?.setMuted(muted);
  }

  async setMicrophone(deviceId: string | undefined): Promise<void> {
    await this.#media?.setMicrophone(deviceId);
  }

  microphoneLevel(): number {
    return this.#isOver ? 0 : (this.#media?.microphoneLevel() ?? 0);
  }

  voiceLevel(): number {
    return this.#isOver ? 0 : (this.#media?.voiceLevel?.() ?? 0);
  }

  #dispatch(input: CallMemberInput): void {
    this.#take(stepCallMember(this.#machine, input));
  }

  #take(step: CallMemberStep): void {
    this.#machine = step.state;
    for (const effect of step.effects) this.#run(effect);
    if (this.isKeyed) this.#microphones.entered();
    this.#context.onChange();
  }

  #run(effect: CallMemberEffect): void {
    switch (effect.type) {
      case "sendRequest":
        return this.#requests.request();
      case "sendJoin":
        return this.#requests.join();
      case "sendSync":
        return this.#requests.sync(effect);
      case "sendCommit":
        return this.#requests.commit(effect);
      case "makeCommit":
        return this.#operate(() => this.#work.makeCommit(effect.task));
      case "adopt":
        return this.#operate(() => this.#work.adopt());
      case "drop":
        return this.#work.drop();
      case "process":
        return this.#operate(() => this.#work.process(effect.committed));
      case "joinGroup":
        return this.#operate(() => this.#work.join(effect));
      case "rejoin":
        return this.#operate(() => this.#work.rejoin(this.#machine.self, effect));
      case "sendVerdict":
        return void this.#requests.judge(effect);
      case "sendGiverRefusal":
        return this.#requests.refuseGiver(effect);
      case "sendLeave":
        return this.#context.session.oweLeave(this.callId, effect.reason);
      case "checkEnd":
        return void this.#checkEnd(effect.body);
      case "checkRemoval":
        return void this.#checkRemoval(effect.statement);
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

  /** The server took the request or the join. */
  #accepted(): void {
    this.#farewell.start();
    void this.#findings.learnNames([...this.#machine.members.values()]);
  }

  /** The group is in a new epoch: its keys, its members, its safety code. */
  async #entered(group: CallGroup): Promise<CallMemberInput> {
    const { epoch } = group;
    const members = group.members();
    this.#credentials.list.entered(members);
    if (this.#isOver) return { type: "advanced", epoch };
    this.#findings.openedEpoch(epoch, members);
    await this.#enterEpoch(await exportFrameEpoch(group));
    const safetyCode = await group.safetyCode();
    // Nothing is awaited from here on: the call may have ended meanwhile.
    if (!this.#isOver) this.#findings.inGroup(members, safetyCode);
    if (this.#findings.isListed) return { type: "advanced", epoch };
    this.#findings.listed();
    void this.#findings.learnNames([...this.#machine.members.values()]);
    return { type: "advanced", epoch };
  }

  async #enterEpoch(epoch: FrameEpochSecret): Promise<void> {
    if (this.#media !== undefined) return this.#media.setEpoch(epoch);
    this.#firstEpoch?.baseKey.fill(0);
    this.#firstEpoch = epoch;
  }

  /** Nothing is said or heard any more; that it is over is shown together with who signed for it. */
  async #checkEnd(body: EventBody<"call.ended">): Promise<void> {
    this.#media?.close();
    this.#dispatch({ type: "endChecked", signed: await isEndSigned(body, this.#credentials) });
  }

  async #checkRemoval(statement: CallStatementIn): Promise<void> {
    this.#media?.close();
    const by = await whoRemoved(this.#context, this.#credentials, statement);
    this.#dispatch({ type: "removalChecked", by });
  }

  #onEnded(end: CallMemberEnd): void {
    this.#findings.ended(end);
    this.#media?.close();
    this.#firstEpoch?.baseKey.fill(0);
    this.#farewell.stop();
    this.#work.close();
    this.#microphones.close();
    this.#requests.close();
  }

  get #link(): ServerRequests {
    return this.#context.session.link;
  }
}
