import { createTerminalKey, type TerminalKey } from "@signet/device";
import { hasFeature } from "@signet/protocol";
import type { DeviceId, ErrorCode, SignedIn, UserId } from "@signet/protocol";

import { CallSession } from "./call/call-session.ts";
import { CallMemories } from "./call/call-memory.ts";
import { CurrentCall } from "./call/current-call.ts";
import { PresentAnswers } from "./call/present-answers.ts";
import { recordPart, resolutionsPart } from "./call/talk-parts.ts";
import { Administrators } from "./people/administrators.ts";
import { Directory } from "./people/directory.ts";
import { LogPart } from "./people/log-part.ts";
import { withSystem } from "./environment.ts";
import type { Environment, TerminalEnvironment } from "./environment.ts";
import { Answering } from "./incoming/answering.ts";
import { pastRing } from "./document/past-calls.ts";
import { PersonalPart } from "./document/personal-part.ts";
import { hearEvent } from "./hear-event.ts";
import type { EventParts } from "./hear-event.ts";
import { GuestsPart } from "./incoming/guests.ts";
import { IncomingCalls } from "./incoming/incoming-calls.ts";
import { MovableCall } from "./incoming/movable-call.ts";
import { NamedCalls } from "./incoming/named-calls.ts";
import { relaysOf } from "./session/relays.ts";
import { MessagePart } from "./messages/message-part.ts";
import { Notices } from "./people/notices.ts";
import { Presence } from "./people/presence.ts";
import { AdministrativePart } from "./session/administrative-part.ts";
import { restore } from "./session/kept-binding.ts";
import type { Restored } from "./session/kept-binding.ts";
import { Elsewhere } from "./session/pairing/elsewhere.ts";
import { OwnChanges } from "./session/own-changes.ts";
import { endsWith } from "./session/renewal.ts";
import { Session } from "./session/session.ts";
import type { SessionListener } from "./session/session-listener.ts";
import { deviceUses } from "./session/device-uses.ts";
import { signedOutReason } from "./session/session-view.ts";
import { Blocking } from "./session/blocking.ts";
import { Pictures } from "./session/pictures.ts";
import { settledSoon, stopWhenTold } from "./session/stop-when-told.ts";
import { Waking } from "./session/waking.ts";
import type { TerminalState, Warning } from "./state.ts";
import type { Terminal } from "./terminal-api.ts";
import { terminalView } from "./terminal-view.ts";
import { Warnings } from "./people/warnings.ts";

export class SignetTerminal implements Terminal {
  readonly administration: AdministrativePart;
  readonly personal: PersonalPart;
  readonly waking: Waking;
  readonly blocking: Blocking;
  readonly pictures: Pictures;
  readonly messages: MessagePart;
  readonly guests: GuestsPart;
  readonly resolutions = resolutionsPart(() => this.#calls);
  readonly record = recordPart(() => this.#calls);
  readonly log: LogPart;
  readonly #environment: Environment;
  readonly #session: Session;
  readonly #directory: Directory;
  readonly #presence: Presence;
  readonly #elsewhere: Elsewhere;
  readonly #listeners = new Set<(state: TerminalState) => void>();
  readonly #incoming: IncomingCalls;
  readonly #named: NamedCalls;
  readonly #own: OwnChanges;
  readonly #movable: MovableCall;
  readonly #warnings = new Warnings();
  readonly #notices: Notices;
  readonly #answering: Answering;
  readonly #presentAnswers: PresentAnswers;
  readonly #calls: CurrentCall;
  #passedOver = 0;
  #isSignedIn = false;
  #state: TerminalState;

  private constructor(
    environment: Environment,
    terminalKey: TerminalKey,
    administrators: Administrators,
    restored?: Restored,
  ) {
    this.#environment = environment;
    const listener = {
      changed: () => this.#sessionChanged(),
      touched: ({ deviceId, known }, { prfOutput, renewal }) => {
        this.#directory.acceptOwn(known, endsWith(known.person, renewal));
        void this.personal.touched(deviceId, prfOutput);
      },
      signedIn: (reply) => this.#signedIn(reply),
      historyGoesOn: ({ known }, isMadeHere) => {
        this.#directory.acceptOwn(known, isMadeHere);
        this.personal.historyGoesOn();
        this.pictures.changed(known.person.userId);
        void this.log.watchOwn();
        this.#publish();
      },
      historyRefused: ({ userId }, code) => this.#warn(code, { userId }),
      disconnected: () => {
        this.#elsewhere.disconnected();
        for (const call of this.#calls.all) call.disconnected();
      },
      event: (event) => hearEvent(event, this.#parts),
      passedOver: () => {
        this.#passedOver += 1;
        this.#publish();
      },
    } satisfies SessionListener;
    this.#session = new Session(environment, terminalKey, listener, administrators, restored);
    const onRefused = (userId: UserId, code: ErrorCode): void => this.#warn(code, { userId });
    const shell = {
      directory: () => this.#directory,
      onRefused,
      onFault: (code: ErrorCode) => this.#warn(code),
      onSettled: (...settled: Parameters<Warnings["settle"]>) => this.#warnings.settle(...settled),
      onChange: () => this.#publish(),
    };
    this.administration = new AdministrativePart(this.#session, environment, administrators, shell);
    this.#elsewhere = new Elsewhere(this.#session, environment);
    this.waking = new Waking(this.#session);
    this.blocking = new Blocking(this.#session);
    this.pictures = new Pictures(this.#session, () => this.#directory, environment);
    this.personal = new PersonalPart({
      session: this.#session,
      elsewhere: this.#elsewhere,
      environment,
      ...shell,
      askMissed: () => void this.askMissed(),
    });
    this.log = new LogPart(this.#session, environment, shell);
    this.#notices = new Notices(environment.nowMs, () => this.#publish());
    this.#directory = new Directory(
      this.#session.link,
      environment.pins,
      onRefused,
      environment.nowMs,
      {
        ...this.personal.comparisons.listener,
        onLogFault: (...fault) => this.log.failed(...fault),
        witnesses: environment.witnesses,
        onMet: (userId) => this.pictures.changed(userId),
        onContinued: (person, sequence) => {
          this.#notices.add(person, sequence);
          this.pictures.changed(person.userId);
          for (const call of this.#calls.all) call.historyGoesOn(person);
        },
      },
      administrators,
    );
    this.#own = new OwnChanges(this.#session);
    this.#presence = new Presence(this.#session.link);
    this.#incoming = new IncomingCalls({
      session: this.#session,
      directory: this.#directory,
      environment,
      isIn: (callId) => this.#calls.isIn(callId),
      onChange: () => this.#callsChanged(),
      onPast: (...ring) => void this.personal.note(pastRing(...ring)),
      onNotAsked: () => this.#warn("call.notAsked"),
      onClockFault: (userId, clock) => this.#warn("proof.time", { userId, clock }),
      onRevoked: (userId) => this.#warn("missed.revokedDevice", { userId }),
    });
    this.messages = new MessagePart({
      session: this.#session,
      directory: this.#directory,
      environment,
      onChange: () => this.#publish(),
      onFault: (code, userId) => this.#warn(code, { userId }),
      onRevokedCall: (...call) => this.#incoming.missed.tellRevoked(...call),
    });
    this.#named = new NamedCalls(this.#session, this.#incoming, restored?.callId);
    this.#movable = new MovableCall({
      session: this.#session,
      directory: this.#directory,
      nowMs: environment.nowMs,
      isIn: (callId) => this.#calls.isIn(callId),
      onChange: () => this.#publish(),
    });
    this.#calls = new CurrentCall(
      { session: this.#session, directory: this.#directory, environment, memories: new CallMemories() },
      { changed: () => this.#callsChanged(), ended: (call) => this.#callEnded(call) },
    );
    const calls = { calls: this.#calls, incoming: this.#incoming };
    this.#answering = new Answering({ ...calls, system: environment, onChange: () => this.#publish() });
    const ofGuests = { ...calls, answering: this.#answering };
    this.guests = new GuestsPart(this.#session, this.#elsewhere, environment, ofGuests);
    this.#presentAnswers = new PresentAnswers(this.#session, environment.monotonicMs);
    this.#state = this.#view();
  }

  static async create(environment: TerminalEnvironment): Promise<SignetTerminal> {
    const system = withSystem(environment);
    const administrators = new Administrators(system.pins);
    const restored = await restore(system, administrators);
    const key = restored?.terminalKey ?? (await createTerminalKey());
    return new SignetTerminal(system, key, administrators, restored);
  }

  get state(): TerminalState {
    return this.#state;
  }
  subscribe(listener: (state: TerminalState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start = (): void => this.#session.start();
  close(): void {
    this.#incoming.close();
    void this.leave();
    stopWhenTold(this.#session, this.#environment);
  }
  retryNow: Terminal["retryNow"] = () => this.#session.retryNow();
  register: Terminal["register"] = async (input) => this.#session.register(input);
  signIn: Terminal["signIn"] = async (input) => this.#session.signIn(input);

  async release(): Promise<void> {
    // A removed device releases by itself; whoever asks now wants to know that it is done.
    await this.#session.owedTold();
    // Else the call would be left for nothing.
    this.#session.requireSignedIn();
    await this.leave();
    await this.personal.leaving();
    await settledSoon(this.#environment, this.log, this.administration);
    await this.#session.release();
  }

  addDevice: Terminal["addDevice"] = (input) => this.#own.addDevice(input);
  addDeviceElsewhere: Terminal["addDeviceElsewhere"] = (input) => this.#elsewhere.add(input);
  addDeviceHere: Terminal["addDeviceHere"] = (input) => this.#elsewhere.addHere(input);
  nameDevice: Terminal["nameDevice"] = (...change) => this.#own.nameDevice(...change);
  revokeDevice: Terminal["revokeDevice"] = (...change) => this.#own.revokeDevice(...change);
  rename: Terminal["rename"] = (...change) => this.#own.rename(...change);
  deviceUses: Terminal["deviceUses"] = () => deviceUses(this.#session, this.#environment.nowMs());
  lookup: Terminal["lookup"] = (userIds) => this.#directory.lookup(userIds);
  watchPresence: Terminal["watchPresence"] = (...watching) => this.#presence.watch(...watching);

  call: Terminal["call"] = async (...input) =>
    this.#calls.start((context) => CallSession.prepare(context, ...input));
  answer: Terminal["answer"] = async (callId, signal) => this.#answering.answer(callId, signal);
  switchTo: Terminal["switchTo"] = async (callId, signal) => this.#answering.switchTo(callId, signal);

  moveHere: Terminal["moveHere"] = async (signal) => {
    const { invite } = this.#movable.invitation;
    await this.#calls.start((context) => CallSession.prepareMove(context, invite, signal));
  };
  bringIn: Terminal["bringIn"] = async (callId, signal) => this.#answering.bringIn(callId, signal);
  decline: Terminal["decline"] = (callId, reason = "declined") => this.#incoming.decline(callId, reason);
  leave: Terminal["leave"] = async () =>
    void (await Promise.all(this.#calls.all.map((call) => call.leave())));

  leaveAtOnce(): void {
    for (const call of this.#calls.all) {
      if (!call.ended && !call.isMoving) this.#session.leavingWith(call.callId);
      call.leaveAtOnce();
    }
  }

  endForAll: Terminal["endForAll"] = async () => this.#calls.now?.endForAll();
  invite: Terminal["invite"] = async (...input) => this.#calls.ongoing.acts.invite(...input);
  remove: Terminal["remove"] = async (userIds) => this.#calls.ongoing.acts.remove(userIds);
  makeHost: Terminal["makeHost"] = async (userId) => this.#calls.ongoing.acts.makeHost(userId);

  dismissCall = (): void => (this.#calls.dismiss() ? this.#publish() : undefined);

  dismissWarning(id: number): void {
    this.#warnings.dismiss(id);
    this.#publish();
  }
  askMissed: Terminal["askMissed"] = () => this.#incoming.missed.ask().then(() => this.messages.ask());
  seeMissed: Terminal["seeMissed"] = (callIds) => this.#incoming.missed.seen(callIds);
  dismissNotice = (id: number): void => this.#notices.dismiss(id);

  setMuted: Terminal["setMuted"] = (muted) => this.#calls.now?.sound.setMuted(muted);
  setMicrophone: Terminal["setMicrophone"] = async (id) => this.#calls.now?.sound.setMicrophone(id);
  soundChosen: Terminal["soundChosen"] = () => this.#calls.now?.sound.soundChosen();
  microphoneLevel: Terminal["microphoneLevel"] = () => this.#calls.now?.sound.microphoneLevel() ?? 0;
  voiceLevel: Terminal["voiceLevel"] = () => this.#calls.now?.sound.voiceLevel() ?? 0;

  /** Offers a media connection without a call, to learn whether UDP gets through. @throws SignetError of `media.probe` */
  probeMedia = async (sdp: string) => (await this.#session.link.request("media.probe", { sdp })).sdp;
  endMediaProbe = async (): Promise<void> => void (await this.#session.link.request("media.probeEnd", {}));
  /** For the next one. @throws SignetError of `media.relays` */
  probeRelays = () => relaysOf(this.#session);

  async trustChangedKey(userId: UserId, deviceId: DeviceId): Promise<void> {
    this.#directory.trustChangedKey(userId, deviceId);
    this.#warnings.settle(userId, "directory.keyChanged");
    this.#publish();
    // What they called meanwhile was left where it was.
    void this.askMissed();
  }

  #callsChanged(): void {
    this.personal.inCall(this.#calls.now?.view);
    this.#answering.changed();
    this.#publish();
  }

  #callEnded({ userId, wayBack, view, view: { callId, end } }: CallSession): void {
    this.#movable.endedHere(view);
    this.#incoming.left(view, wayBack);
    this.personal.callEnded(userId, view, wayBack);
    this.messages.callEnded(userId, view, wayBack);
    // Back from too long an absence: the sign-in that told so named the call, which this terminal was still in then.
    if (end?.type === "failed" && end.code === "call.away") void this.#named.offerAgain(callId);
  }

  #sessionChanged(): void {
    const { state } = this.#session;
    const origin = state?.server?.serverOrigin;
    if (origin !== undefined) this.#directory.serverOrigin = origin;
    this.#directory.trust = this.#session.trust;
    this.log.sessionChanged();
    this.administration.sessionChanged();
    this.personal.sessionChanged();
    const isBack = state?.phase === "signedIn" && !this.#isSignedIn;
    this.#isSignedIn = state?.phase === "signedIn";
    // Before it is shown: whatever still rings is rung again by the server; what ended meanwhile is not.
    if (isBack) this.#incoming.clear();
    // That the device is gone counts at once; that the server ended the binding is known when there is a connection.
    const isOver = state?.phase === "signedOut" || state?.signedOutBy?.type === "deviceRemoved";
    if (state?.binding === undefined && isOver) {
      this.#incoming.clear();
      this.#movable.clear();
      const reason = state.signedOutBy === undefined ? "released" : signedOutReason(state.signedOutBy);
      // Where the device is signed in elsewhere, the call goes on here until it is moved there.
      const mayHold = reason === "takenOver" && hasFeature(state.server?.features, "moves");
      for (const call of this.#calls.all) if (!mayHold || !call.hold()) call.unbound(reason);
      this.#presence.clear();
    }
    this.#publish();
  }

  #signedIn(reply: SignedIn): void {
    const { userId } = this.#session.requirePerson();
    for (const call of this.#calls.all) {
      // Somebody else signed in here while it went on.
      if (call.userId === userId) call.connected();
      else call.unbound("takenOver");
    }
    this.#movable.signedIn(reply.elsewhere);
    this.#presence.renew();
    void this.#named.signedIn(reply.calls);
    void this.log.watchOwn();
    void this.askMissed();
  }

  #warn(code: ErrorCode, about: Partial<Pick<Warning, "userId" | "clock" | "device">> = {}): void {
    if (this.#warnings.add({ code, atMs: this.#environment.nowMs(), ...about })) this.#publish();
  }

  get #parts(): EventParts {
    return {
      session: this.#session,
      administration: this.administration,
      personal: this.personal,
      messages: this.messages,
      elsewhere: this.#elsewhere,
      directory: this.#directory,
      presence: this.#presence,
      incoming: this.#incoming,
      movable: this.#movable,
      calls: this.#calls,
      presentAnswers: this.#presentAnswers,
      onCounterBack: (deviceId) => this.#warnOfCounter(deviceId),
      onChange: () => this.#publish(),
    };
  }

  #warnOfCounter(deviceId: DeviceId): void {
    const { session } = this.#view();
    const devices = session.status === "signedIn" ? session.devices : [];
    this.#warn("device.counterBack", { device: devices.find((own) => own.deviceId === deviceId) });
  }

  #publish(): void {
    this.#state = this.#view();
    this.guests.changed();
    for (const listener of this.#listeners) listener(this.#state);
  }

  #view(): TerminalState {
    return terminalView({
      session: this.#session,
      incoming: this.#incoming,
      messages: this.messages.views,
      movable: this.#movable,
      directory: this.#directory,
      answering: this.#answering,
      warnings: this.#warnings,
      notices: this.#notices,
      administrators: this.administration.administrators,
      log: this.log.state,
      call: this.#calls.now?.view,
      passedOver: this.#passedOver,
      personal: this.personal.state,
    });
  }
}
