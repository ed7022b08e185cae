import { clockToleranceMs, createTerminalKey } from "@signet/device";
import type { TerminalKey } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type {
  CallId,
  CallInviteIn,
  ErrorCode,
  EventBody,
  PersonState,
  ServerEvent,
  SignedIn,
  UserId,
} from "@signet/protocol";

import { CallSession } from "./call-session.ts";
import type { CallContext } from "./call-entry.ts";
import { Directory } from "./directory.ts";
import type { TerminalEnvironment } from "./environment.ts";
import { verifyInvitation } from "./invitation.ts";
import type { Invitation } from "./invitation.ts";
import { Joinable } from "./joinable.ts";
import { Presence } from "./presence.ts";
import { Ringing } from "./ringing.ts";
import { Session } from "./session.ts";
import type { TerminalState } from "./state.ts";
import type { Terminal } from "./terminal-api.ts";
import { connectionView, sessionView, signedOutReason } from "./session-view.ts";

/** Each is a thing that a person has to deal with: of more than these only the latest are kept. */
const warningsMost = 50;
/** How long the server may take to hear that the last call was left, when the terminal closes (ms). */
const farewellMs = 1_000;

export class SignetTerminal implements Terminal {
  readonly #environment: TerminalEnvironment;
  readonly #session: Session;
  readonly #directory: Directory;
  readonly #presence: Presence;
  readonly #listeners = new Set<(state: TerminalState) => void>();
  readonly #ringing = new Ringing(() => this.#publish());
  readonly #joinable = new Joinable();
  #isSignedIn = false;
  /** Calls that ended here while the server could not be told. */
  readonly #owing = new Set<CallSession>();
  /** Rings that are being verified; taken out when they end meanwhile. */
  readonly #verifying = new Set<CallId>();
  /** Calls that can be joined, as the latest sign-in found them. */
  #found: ReadonlyMap<CallId, Invitation> | undefined;
  #call: CallSession | undefined;
  #entering = false;
  #warnings: TerminalState["warnings"] = [];
  #warningIds = 0;
  #state: TerminalState;

  private constructor(environment: TerminalEnvironment, terminalKey: TerminalKey) {
    this.#environment = environment;
    this.#session = new Session(environment, terminalKey, {
      changed: () => this.#sessionChanged(),
      touched: (person) => this.#directory.acceptOwn(person),
      signedIn: (reply) => void this.#signedIn(reply),
      disconnected: () => this.#call?.disconnected(),
      event: (event) => this.#handle(event),
      deviceRemoved: () => {
        const call = this.#call;
        call?.unbound("deviceRemoved");
        return async () => call?.farewell();
      },
    });
    this.#directory = new Directory(
      this.#session.link,
      environment.pins,
      (userId, code) => this.#warn(code, userId),
      environment.nowMs,
    );
    this.#presence = new Presence(this.#session.link);
    this.#state = this.#view();
  }

  static async create(environment: TerminalEnvironment): Promise<SignetTerminal> {
    return new SignetTerminal(environment, await createTerminalKey());
  }

  get state(): TerminalState {
    return this.#state;
  }

  subscribe(listener: (state: TerminalState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#session.start();
  }

  close(): void {
    this.#ringing.clear();
    const stop = (): void => this.#session.stop();
    if (this.#call === undefined || this.#call.ended) return stop();
    // The others should not have to wait until this terminal counts as lost.
    const timer = setTimeout(stop, farewellMs);
    void this.#call.leave().finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  retryNow(): void {
    this.#session.retryNow();
  }

  async register(input: Parameters<Terminal["register"]>[0]): Promise<void> {
    await this.#session.register(input);
  }

  async signIn(input: Parameters<Terminal["signIn"]>[0]): Promise<void> {
    await this.#session.signIn(input);
  }

  async release(): Promise<void> {
    // A removed device releases by itself; whoever asks now wants to know that it is done.
    await this.#session.removalTold();
    // Else the call would be left for nothing.
    this.#session.requireSignedIn();
    await this.#call?.leave();
    await this.#session.release();
  }

  lookup(userIds: readonly UserId[]): Promise<readonly PersonState[]> {
    return this.#directory.lookup(userIds);
  }

  watchPresence(
    userIds: readonly UserId[],
    listener: (reachable: ReadonlyMap<UserId, boolean>) => void,
  ): () => void {
    return this.#presence.watch(userIds, listener);
  }

  async call(userIds: readonly UserId[], signal?: AbortSignal): Promise<void> {
    await this.#enter((context) => CallSession.start(context, userIds, signal));
  }

  async answer(callId: CallId, signal?: AbortSignal): Promise<void> {
    const invitation = this.#ringing.get(callId) ?? this.#joinable.get(callId);
    if (invitation === undefined) throw new SignetError("call.notRinging");
    await this.#enter((context) => CallSession.answer(context, invitation.invite, signal));
    this.#joinable.answered(invitation);
    this.#ringing.stop(callId);
    this.#publish();
  }

  async decline(callId: CallId): Promise<void> {
    this.#ringing.stop(callId);
    const proof = await this.#session.signWithTerminalKey((fields) => ({
      purpose: "decline",
      ...fields,
      callId,
      reason: "declined",
    }));
    await this.#session.link.request("call.decline", { proof });
  }

  async leave(): Promise<void> {
    await this.#call?.leave();
  }

  async endForAll(): Promise<void> {
    await this.#call?.endForAll();
  }

  dismissCall(): void {
    if (this.#call?.ended !== true) return;
    this.#call = undefined;
    this.#publish();
  }

  dismissWarning(id: number): void {
    this.#warnings = this.#warnings.filter((warning) => warning.id !== id);
    this.#publish();
  }

  setMuted(muted: boolean): void {
    this.#call?.setMuted(muted);
  }

  async setMicrophone(deviceId: string | undefined): Promise<void> {
    await this.#call?.setMicrophone(deviceId);
  }

  microphoneLevel(): number {
    return this.#call?.microphoneLevel() ?? 0;
  }

  /** Offers a media connection without a call, to learn whether UDP gets through. @throws SignetError of `media.probe` */
  async probeMedia(offerSdp: string): Promise<string> {
    return (await this.#session.link.request("media.probe", { sdp: offerSdp })).sdp;
  }

  async endMediaProbe(): Promise<void> {
    await this.#session.link.request("media.probeEnd", {});
  }

  trustChangedKey(userId: UserId): Promise<void> {
    this.#directory.trustChangedKey(userId);
    this.#warnings = this.#warnings.filter(
      (warning) => warning.userId !== userId || warning.code !== "directory.keyChanged",
    );
    this.#publish();
    return Promise.resolve();
  }

  async #enter(open: (context: CallContext) => Promise<CallSession>): Promise<void> {
    if (this.#entering || (this.#call !== undefined && !this.#call.ended))
      throw new SignetError("call.inCall");
    this.#entering = true;
    try {
      if (this.#call?.owesLeave === true) this.#owing.add(this.#call);
      const { promise: opened, resolve } = Promise.withResolvers<CallSession>();
      const context: CallContext = {
        session: this.#session,
        directory: this.#directory,
        environment: this.#environment,
        onChange: () => void opened.then((session) => this.#callChanged(session)),
      };
      const session = await open(context);
      this.#call = session;
      resolve(session);
      this.#publish();
    } finally {
      this.#entering = false;
    }
  }

  #callChanged(session: CallSession): void {
    if (session.ended && session.owesLeave) this.#owing.add(session);
    if (session === this.#call && session.ended) this.#joinable.ended(session.view);
    if (session === this.#call) this.#publish();
  }

  #sessionChanged(): void {
    const { state } = this.#session;
    const origin = state?.server?.serverOrigin;
    if (origin !== undefined) this.#directory.serverOrigin = origin;
    this.#directory.trust = this.#session.trust;
    const isBack = state?.phase === "signedIn" && !this.#isSignedIn;
    this.#isSignedIn = state?.phase === "signedIn";
    if (isBack) {
      // Before it is shown: whatever still rings is rung again by the server; what ended meanwhile is not.
      this.#ringing.clear();
      this.#verifying.clear();
      this.#joinable.clear();
    }
    if (state?.phase === "signedOut" && state.binding === undefined) {
      this.#ringing.clear();
      this.#verifying.clear();
      this.#joinable.clear();
      this.#call?.unbound(state.signedOutBy === undefined ? "released" : signedOutReason(state.signedOutBy));
      this.#presence.clear();
    }
    this.#publish();
  }

  async #signedIn(reply: SignedIn): Promise<void> {
    const { person } = this.#session;
    this.#call?.connected();
    for (const session of this.#owing) {
      if (session.owesLeave) session.connected();
      else this.#owing.delete(session);
    }
    this.#presence.renew();
    const joinable = new Map<CallId, Invitation>();
    this.#found = joinable;
    for (const invite of reply.calls) {
      const invitation = await this.#verify(invite, false, Number.MAX_SAFE_INTEGER);
      if (typeof invitation !== "string") joinable.set(invite.callId, invitation);
    }
    // Signed in anew, or out, while it was checked.
    if (this.#found !== joinable || this.#session.person !== person) return;
    for (const [callId, invitation] of joinable) {
      if (!this.#isIn(callId) && !this.#ringing.has(callId)) this.#joinable.add(invitation);
    }
    this.#publish();
  }

  #isIn(callId: CallId): boolean {
    return this.#call?.callId === callId && !this.#call.ended;
  }

  #handle(event: ServerEvent): void {
    switch (event.type) {
      case "call.ring":
        return void this.#ring(event.body);
      case "call.ringEnded":
        this.#verifying.delete(event.body.callId);
        return this.#ringing.stop(event.body.callId);
      case "presence.changed":
        return this.#presence.changed(event.body.userId, event.body.reachable);
      case "media.restarted":
        if (event.body.callId === this.#call?.callId) this.#call.reconnectMedia();
        return;
      case "binding.ended":
        return;
      case "call.groupInfoNeeded":
        if (this.#isIn(event.body.callId)) void this.#call?.offerGroupInfo(event.body.epoch);
        return;
      case "call.ended":
        this.#joinable.delete(event.body.callId);
        break;
      default:
        break;
    }
    if (event.body.callId === this.#call?.callId) this.#call.handle(event);
    else this.#publish();
  }

  /** Rings only for what verifies here; whatever does not is told to the server's log and, where it matters, to the person. */
  async #ring(ring: EventBody<"call.ring">): Promise<void> {
    const { expiresAtMs, ...invite } = ring;
    const { callId } = ring;
    if (this.#isIn(callId) || this.#verifying.has(callId)) return;
    // Signed out here already, which the server is about to hear.
    if (this.#session.person === undefined) return;
    if (this.#ringing.isFull(callId, this.#verifying.size)) return;
    this.#verifying.add(callId);
    const invitation = await this.#verify(invite, true, expiresAtMs);
    const stillRings = this.#verifying.delete(callId);
    if (typeof invitation === "string") {
      await this.#session.link
        .request("call.ringRefused", { callId, code: invitation })
        .catch(() => undefined);
      return;
    }
    if (!stillRings) return;
    this.#joinable.delete(callId);
    const offsetMs = this.#session.state?.clockOffsetMs ?? 0;
    this.#ringing.start(invitation, expiresAtMs - this.#environment.nowMs() - offsetMs);
  }

  /** @returns the code of what is wrong with it, when something is */
  #verify(invite: CallInviteIn, ringing: boolean, expiresAtMs: number): Promise<Invitation | ErrorCode> {
    const session = this.#session;
    const directory = this.#directory;
    return verifyInvitation(invite, {
      session,
      directory,
      nowMs: this.#environment.nowMs(),
      ringing,
      expiresAtMs,
    });
  }

  #warn(code: ErrorCode, userId: UserId): void {
    if (this.#warnings.some((warning) => warning.code === code && warning.userId === userId)) return;
    const id = this.#warningIds++;
    this.#warnings = [...this.#warnings, { id, code, userId, atMs: this.#environment.nowMs() }].slice(
      -warningsMost,
    );
    this.#publish();
  }

  #publish(): void {
    this.#state = this.#view();
    for (const listener of this.#listeners) listener(this.#state);
  }

  #view(): TerminalState {
    const { state, person } = this.#session;
    const server = state?.server;
    return {
      connection: connectionView(state),
      session: sessionView(state, person),
      ringing: this.#ringing.views,
      joinable: this.#joinable.views,
      warnings: this.#warnings,
      ...(server === undefined ? {} : { server }),
      ...(state !== undefined && Math.abs(state.clockOffsetMs) > clockToleranceMs
        ? { clockOffMs: state.clockOffsetMs }
        : {}),
      ...(this.#call === undefined ? {} : { call: this.#call.view }),
    };
  }
}
