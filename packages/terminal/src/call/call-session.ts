/** The shell of the call machine on a terminal: one call, from the request or the answer to its end. */
import type { Person } from "@signet/device";
import { exportFrameEpoch } from "@signet/e2ee";
import type { CallGroup } from "@signet/e2ee";
import { codeOf, stepCallMember } from "@signet/protocol";
import type {
  CallEvent,
  CallId,
  CallInviteIn,
  CallMemberEnd,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
  ErrorCode,
  ProofIn,
  ReplyBody,
  SaidMicrophone,
  UserId,
} from "@signet/protocol";

import { firstStep, prepareAnswer, prepareCrossed, prepareMove, prepareStart } from "./call-entry.ts";
import type { CallContext, Credentials, Prepared } from "./call-entry.ts";
import { CallFindings } from "./call-findings.ts";
import { expectsSound } from "./call-view.ts";
import { wayBackTo } from "./way-back.ts";
import { CallRequests } from "./call-requests.ts";
import { CallSound, mediaWithinMs } from "./call-sound.ts";
import { Farewell } from "./farewell.ts";
import { ListActs } from "./list-acts.ts";
import type { MediaInput } from "../environment.ts";
import { GroupWork } from "./group-work.ts";
import { Hold } from "./hold.ts";
import { MicrophoneWords } from "./microphone-words.ts";
import { SealedTalk } from "./sealed-talk.ts";
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
  readonly sound = new CallSound();
  readonly acts: ListActs;
  readonly talk: SealedTalk;
  /** Kept from the moment on that the server took the request or the join. */
  readonly #farewell: Farewell;
  readonly #hold: Hold;

  private constructor(context: CallContext, { credentials, wayIn }: Prepared) {
    const { session } = context;
    this.#context = context;
    this.#credentials = credentials;
    this.#invite = wayIn.invite;
    this.acts = new ListActs(context, credentials);
    this.#findings = new CallFindings(context, credentials.call, credentials.list);
    this.#hold = new Hold(context.environment, (untilMs) => this.#findings.held(untilMs));
    this.#work = new GroupWork({
      context,
      credentials,
      wayIn,
      rejoined: (change) => this.#findings.rejoined(change),
      moved: (userId) => this.#findings.moved(userId),
      refused: (refusal) => this.#findings.refused(refusal),
      entered: (group, back) => this.#entered(group, back),
    });
    // A page that keeps the binding may be loaded anew, and be back in a moment.
    const farewell = (): Promise<ProofIn> => this.#sign("leave", session.isKept ? "pageGone" : "left");
    this.#farewell = new Farewell(farewell, context.environment);
    const callId = credentials.call.callProof.transcript.callId as CallId;
    const self = { userId: session.requirePerson().userId, terminalId: session.terminalId };
    this.#first = firstStep(callId, self, wayIn);
    this.#machine = this.#first.state;
    const { call, list } = credentials;
    const { microphonesOf: onHeard, talkIs } = this.#findings;
    this.#microphones = new MicrophoneWords({ context, call, list: () => list.held, onHeard });
    this.talk = new SealedTalk(context, credentials, wayIn.type === "initiator", talkIs);
    this.#requests = new CallRequests({
      context,
      callId,
      credentials,
      wayIn,
      dispatch: (input) => this.#dispatch(input),
      joined: (reply) => this.#joined(reply),
      accepted: () => this.#accepted(),
      proven: (news) => this.#findings.proven(news),
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

  /** A call that the person is in at another terminal: one touch. @throws SignetError */
  static async prepareMove(...input: Parameters<typeof prepareMove>): Promise<CallSession> {
    return new CallSession(input[0], await prepareMove(...input));
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
    return wayBackTo(this.#invite, this.#credentials.list, this.#machine.members);
  }

  /** Requests or joins it. Once. @param sound begins with it, or with {@link beginSound} */
  start(sound: "now" | "muted" | "later" = "now"): void {
    this.#credentials.checks.listen((check) => this.#findings.checked(check));
    if (sound !== "later") this.beginSound({ muted: sound === "muted" });
    this.#take(this.#first);
  }

  /** Once; nothing is heard or said before. */
  beginSound({ muted }: { readonly muted: boolean }): void {
    const { session, environment } = this.#context;
    const findings = this.#findings;
    if (muted) this.sound.setMuted(true);
    const begun = this.sound.begin(environment.media, {
      system: environment,
      slots: session.server.limits.slots,
      ...this.#requests.forMedia,
      expectsSound: () => expectsSound(this.view),
      ...findings.forMedia,
      onConnection: (shown) => this.#mediaIs(shown),
      onMicrophone: (microphone) => {
        findings.microphone(microphone);
        this.#microphones.own(microphone);
      },
      onFailure: (code) => {
        findings.media({ status: "failed", code });
        if (this.isMoving) this.#dispatch({ type: "fail", code });
      },
    });
    begun.catch((error: unknown) => this.#dispatch({ type: "fail", code: codeOf(error) }));
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

  get userId(): UserId {
    return this.#machine.self.userId;
  }

  /** Whether the binding of this terminal is over, and the call goes on here all the same. */
  get isHeld(): boolean {
    return this.#hold.isOn;
  }

  /** Whether this terminal is in the call's group now, as far as it knows. */
  get isKeyed(): boolean {
    const { epoch, phase } = this.#machine;
    return phase === "active" && epoch !== undefined;
  }

  /** Whether the person is in it at another terminal still, and this one is about to take their place. */
  get isMoving(): boolean {
    return this.#machine.moving !== undefined && !this.ended;
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

  disconnected = (): void => this.#dispatch({ type: "disconnected" });
  networksAre = (poor: readonly UserId[]): void => this.#findings.poorNetworks(poor);
  heardMicrophone = (said: SaidMicrophone): Promise<void> => this.#microphones.heard(said);

  connected(): void {
    this.#hold.end();
    this.#dispatch({ type: "connected" });
    this.#microphones.connected();
    this.talk.words.connected();
    this.sound.look("signalled");
  }

  /** This terminal is no longer the person's, and the server knows: nothing can be signed any more. Only a removed device it has to be told of. */
  unbound(reason: SignedOutReason): void {
    if (this.#isOver) return;
    if (reason === "deviceRemoved" && !this.isMoving) return this.#dispatch({ type: "leave", reason });
    // The server may let it go on here for a while, to be moved from here: once the person is back they would be in it without anybody's doing.
    if (reason === "forgotten" || (reason === "takenOver" && !this.isHeld)) this.#requests.moveEnd();
    this.#findings.unbound(reason);
    this.#dispatch({ type: "fail", code: "call.notMember" });
  }

  /**
   * The device is signed in elsewhere, so nothing can be signed here any more: what is said here goes on until the person moves the call there, or
   * for as long as the server waits for that.
   * @returns false where nothing goes on: this terminal is not in the group
   */
  hold(): boolean {
    if (this.isHeld) return true;
    if (this.#isOver || !this.isKeyed) return false;
    this.#hold.begin(() => this.unbound("takenOver"));
    return true;
  }

  /** Somebody's history says more than before. */
  historyGoesOn = (person: Person): void => this.#findings.historyGoesOn(person);
  offerGroupInfo = (epoch: number): Promise<void> => this.#work.offerGroupInfo(epoch);

  reconnectMedia(): void {
    if (!this.#isOver) this.sound.reconnect();
  }

  /** @returns when the server knows, or cannot be told */
  leave(): Promise<void> {
    if (this.isHeld) this.unbound("takenOver");
    this.#dispatch({ type: "leave" });
    return this.#context.session.owedTold();
  }

  /** Says with a word that is at hand that this terminal leaves: nothing that comes later is run any more. */
  leaveAtOnce(): void {
    const proof = this.#farewell.take();
    if (this.isMoving || this.isHeld) return void this.leave();
    const { link } = this.#context.session;
    if (proof !== undefined && !this.#isOver) void link.ask("call.leave", { proof }, () => undefined);
    void this.leave();
  }

  async endForAll(): Promise<void> {
    await this.#context.session.link.request("call.end", { proof: await this.#sign("end", "ended") });
  }

  #sign(purpose: "end" | "leave", reason: string, { callId } = this): Promise<ProofIn> {
    return this.#context.session.signWithTerminalKey((fields) => ({ purpose, ...fields, callId, reason }));
  }

  #dispatch(input: CallMemberInput): void {
    this.#credentials.heardThrough.note(this.#machine, this.#context.session.link.heardThroughMs);
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
      case "sendMove":
        return this.#requests.move();
      case "sendMoveEnd":
        return this.#requests.moveEnd();
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
        return this.talk.notes.leaving(this.#context.session.oweLeave(this.callId, effect.reason));
      case "checkEnd":
        return this.#closing(this.#findings.endChecked(effect.body, this.#credentials));
      case "checkRemoval":
        return this.#closing(
          this.acts.remover(effect.statement).then((by) => ({ type: "removalChecked", by })),
        );
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

  /** Before the machine hears that the join, or the move, was taken. */
  #joined({ leaves, muted }: Pick<ReplyBody<"call.move">, "leaves" | "muted">): void {
    void this.#findings.heardLeaves(leaves ?? []);
    // Whoever did not want to be heard there is not heard here either.
    if (muted === true) this.sound.setMuted(true);
  }

  /** The server took the request, the join or the move. */
  #accepted(): void {
    if (this.isMoving) this.#awaitMedia();
    else this.#farewell.start();
    void this.#findings.learnNames([...this.#machine.members.values()]);
  }

  #mediaIs(shown: Parameters<MediaInput["onConnection"]>[0]): void {
    this.#findings.media(shown);
    if (shown.status === "connected" && this.isMoving) this.#dispatch({ type: "mediaReady" });
  }

  #awaitMedia(): void {
    if (this.sound.isSilent) return this.#dispatch({ type: "mediaReady" });
    this.#context.environment.after(mediaWithinMs, () => {
      if (this.#machine.moving === "connecting") this.#dispatch({ type: "fail", code: "call.moveSilent" });
    });
  }

  /** The group is in a new epoch: its keys, its members, its safety code. */
  async #entered(group: CallGroup, back?: UserId): Promise<CallMemberInput> {
    const { epoch } = group;
    const members = group.members();
    this.#credentials.list.entered(members);
    if (this.#isOver) return { type: "advanced", epoch };
    this.#findings.openedEpoch(epoch, members);
    await this.talk.entered(group, back);
    await this.sound.enterEpoch(await exportFrameEpoch(group));
    const safetyCode = await group.safetyCode();
    this.#farewell.start();
    // Nothing is awaited from here on: the call may have ended meanwhile.
    if (!this.#isOver) this.#findings.inGroup(members, safetyCode);
    if (this.#findings.isListed) return { type: "advanced", epoch };
    this.#findings.listed();
    void this.#findings.learnNames([...this.#machine.members.values()]);
    return { type: "advanced", epoch };
  }

  /** Nothing is said or heard any more; that it is over is shown together with who signed for it. */
  #closing(checked: Promise<CallMemberInput>): void {
    this.sound.close();
    void checked.then((input) => this.#dispatch(input));
  }

  #onEnded(end: CallMemberEnd): void {
    // Put out since nobody came to move it: it is over here for no other reason.
    if (this.isHeld && end.type === "failed") this.#findings.unbound("takenOver");
    if (this.isHeld && end.type !== "moved") this.#requests.moveEnd();
    this.#findings.ended(end, this.talk.end());
    this.#hold.end();
    if (end.type === "moved") void this.sound.giveWay((frame) => this.#requests.lastFrame(frame));
    else this.sound.close();
    this.#farewell.stop();
    this.#work.close();
    this.#microphones.close();
    this.#requests.close();
  }
}
