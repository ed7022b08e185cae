/** The shell of the sign-in machine: connection, binding and the keys of this terminal. */
import { verifyBinding, verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry, SignatureDevice, TerminalKey } from "@signet/device";
import { SignetError, isOnline, startSignIn, stepSignIn, toBase64Url } from "@signet/protocol";
import type {
  Bytes,
  ErrorCode,
  ProofIn,
  ServerEvent,
  ServerInfo,
  SignInEffect,
  SignInInput,
  SignInState,
  SignInStep,
  SignedIn,
  TerminalId,
  Transcript,
  UserId,
} from "@signet/protocol";

import type { TerminalEnvironment } from "./environment.ts";
import { ServerLink } from "./server-link.ts";

export interface SessionListener {
  changed(): void;
  /** Registered or signed in with the device of this entry, which was touched here just now and signed for this terminal. */
  touched(entry: DirectoryEntry): void;
  /** Registered, signed in or resumed: the server hears this terminal as this person. */
  signedIn(reply: SignedIn): void;
  /** The connection is gone; the binding may still stand. */
  disconnected(): void;
  event(event: ServerEvent): void;
}

/** A person signed in on this terminal with a device. */
export interface Person {
  readonly entry: DirectoryEntry;
  readonly device: SignatureDevice;
}

export class Session {
  readonly link: ServerLink;
  readonly terminalId: TerminalId = toBase64Url(crypto.getRandomValues(new Uint8Array(16))) as TerminalId;
  readonly #environment: TerminalEnvironment;
  readonly #terminalKey: TerminalKey;
  readonly #listener: SessionListener;
  #state: SignInState | undefined;
  #person: Person | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Events that wait for an answer before them to be checked. */
  #held: (() => void)[] | undefined;
  /** The server's name, which does not change while this terminal runs: devices sign for it. */
  #serverOrigin: string | undefined;

  constructor(environment: TerminalEnvironment, terminalKey: TerminalKey, listener: SessionListener) {
    this.#environment = environment;
    this.#terminalKey = terminalKey;
    this.#listener = listener;
    this.#serverOrigin = environment.serverOrigin;
    this.link = new ServerLink(environment.url, {
      opened: (connection) => this.#dispatch({ type: "opened", connection }),
      closed: (connection, code) => {
        this.#dispatch({ type: "closed", connection, code });
        listener.disconnected();
      },
      event: (connection, event) => {
        if (this.#held === undefined) this.#hear(connection, event);
        else this.#held.push(() => this.#hear(connection, event));
      },
    });
  }

  /** undefined before {@link start} */
  get state(): SignInState | undefined {
    return this.#state;
  }

  get person(): Person | undefined {
    return this.#state?.binding === undefined ? undefined : this.#person;
  }

  /** @throws SignetError `connection.lost` before the server introduced itself */
  get server(): ServerInfo {
    const server = this.#state?.server;
    if (server === undefined) throw new SignetError("connection.lost");
    return server;
  }

  start(): void {
    if (this.#state !== undefined) return;
    this.#take(startSignIn(this.#environment.nowMs()));
  }

  stop(): void {
    this.#dispatch({ type: "stop" });
    clearTimeout(this.#timer);
  }

  retryNow(): void {
    this.#dispatch({ type: "retryNow" });
  }

  async register(input: {
    readonly userId: UserId;
    readonly displayName: string;
    readonly inviteCode?: string;
    readonly signal?: AbortSignal;
    readonly onTouch?: (step: 1 | 2) => void;
  }): Promise<void> {
    const { userId, displayName, signal } = input;
    const invite = input.inviteCode === undefined ? {} : { inviteCode: input.inviteCode };
    this.#assertSignedOut();
    const connection = this.#connection;
    const { serverOrigin } = this.server;
    const { challenge } = await this.link.request("register.begin", { userId, displayName, ...invite });
    input.onTouch?.(1);
    const { device, webauthn } = await this.#environment.devices.create({
      serverOrigin,
      userId,
      displayName,
      challenge,
      signal,
    });
    input.onTouch?.(2);
    const { deviceId, kind, algorithm, publicKey } = device;
    const transcript: Transcript<"register"> = {
      purpose: "register",
      serverOrigin,
      userId,
      deviceId,
      displayName,
      devicePublicKey: publicKey,
      ...this.#bindingFields(challenge),
    };
    const proof = await device.sign(transcript, signal === undefined ? {} : { signal });
    await this.#inOrder(async () => {
      const reply = await this.link.request("register.finish", {
        ...invite,
        proof,
        device: { kind, algorithm, publicKey },
        ...(webauthn === undefined ? {} : { webauthn }),
      });
      await this.#enter(connection, userId, reply, device, proof);
    });
  }

  async signIn(input: { readonly userId: UserId; readonly signal?: AbortSignal }): Promise<void> {
    const { userId, signal } = input;
    this.#assertSignedOut();
    const connection = this.#connection;
    const { serverOrigin } = this.server;
    const { challenge, entries } = await this.link.request("sign-in.begin", { userId });
    const device = await this.#environment.devices.open(serverOrigin, entries);
    const { deviceId } = device;
    const transcript: Transcript<"sign-in"> = {
      purpose: "sign-in",
      serverOrigin,
      userId,
      deviceId,
      ...this.#bindingFields(challenge),
    };
    const proof = await device.sign(transcript, signal === undefined ? {} : { signal });
    await this.#inOrder(async () => {
      const reply = await this.link.request("sign-in.finish", { proof });
      await this.#enter(connection, userId, reply, device, proof);
    });
  }

  /** @throws SignetError `connection.lost` or `auth.signInRequired` when the server would not take this terminal's word now */
  requireSignedIn(): void {
    if (this.#state?.phase === "signedIn") return;
    throw new SignetError(this.#state?.phase === "signedOut" ? "auth.signInRequired" : "connection.lost");
  }

  async release(): Promise<void> {
    const { challenge } = await this.link.request("session.challenge", {});
    const proof = await this.signWithTerminalKey((fields) => ({
      purpose: "release",
      ...fields,
      serverChallenge: challenge,
      terminalId: this.terminalId,
    }));
    await this.link.request("binding.release", { proof });
    this.#dispatch({ type: "released" });
  }

  /** @throws SignetError `auth.signInRequired` */
  requirePerson(): Person {
    const { person } = this;
    if (person === undefined) throw new SignetError("auth.signInRequired");
    return person;
  }

  /** Signs what the person's terminal may say for them without a touch. @throws SignetError `auth.signInRequired` */
  async signWithTerminalKey(make: (fields: CommonFields) => Transcript) {
    const { entry } = this.requirePerson();
    const { userId, deviceId } = entry;
    const issuedAtMs = this.#environment.nowMs();
    return this.#terminalKey.sign(
      make({ serverOrigin: this.server.serverOrigin, userId, deviceId, issuedAtMs }),
    );
  }

  get #connection(): number {
    return this.#state?.connection ?? 0;
  }

  #assertSignedOut(): void {
    if (this.#state?.phase === "signedIn") throw new SignetError("auth.alreadySignedIn");
    if (this.#state === undefined || !isOnline(this.#state)) throw new SignetError("connection.lost");
  }

  #bindingFields(serverChallenge: Bytes) {
    const issuedAtMs = this.#environment.nowMs();
    return {
      issuedAtMs,
      serverChallenge,
      terminalId: this.terminalId,
      terminalKey: this.#terminalKey.publicKey,
      expiresAtMs: issuedAtMs + this.server.limits.bindingMs,
    };
  }

  async #enter(
    connection: number,
    userId: UserId,
    reply: SignedIn,
    device: SignatureDevice,
    proof: ProofIn,
  ): Promise<void> {
    const { serverOrigin } = this.server;
    const own = await verifyDirectoryEntry(reply.entry, serverOrigin);
    const isOwn = own.ok && own.entry.deviceId === device.deviceId && own.entry.userId === userId;
    if (!isOwn) throw new SignetError("directory.badEntry");
    const { entry } = own;
    // A device ID is no proof: what was signed here has to verify with the key in the entry.
    const { terminalId } = this;
    const terminalKey = this.#terminalKey.publicKey;
    const nowMs = this.#environment.nowMs();
    const fields = { terminalId, terminalKey };
    const bound = await verifyBinding(proof, { serverOrigin, entry, nowMs, fields });
    if (!bound.ok) throw new SignetError(bound.code);
    this.#listener.touched(entry);
    this.#person = { entry, device };
    this.#dispatch({ type: "signedIn", connection, binding: { userId, expiresAtMs: reply.expiresAtMs } });
    this.#heardSignedIn(connection, reply);
  }

  /** A reply that came too late for its connection signs nobody in; the binding is resumed with the next one. */
  #heardSignedIn(connection: number, reply: SignedIn): void {
    if (this.#state?.phase === "signedIn" && this.#connection === connection) this.#listener.signedIn(reply);
  }

  /** What the server says after its answer (a call that rings) is heard after the answer was checked, too. */
  async #inOrder(enter: () => Promise<void>): Promise<void> {
    const held: (() => void)[] = [];
    this.#held = held;
    try {
      await enter();
    } finally {
      if (this.#held === held) this.#held = undefined;
      for (const hear of held) hear();
    }
  }

  #hear(connection: number, event: ServerEvent): void {
    if (event.type === "binding.ended")
      this.#dispatch({ type: "bindingEnded", connection, reason: event.body.reason });
    this.#listener.event(event);
  }

  #dispatch(input: SignInInput): void {
    if (this.#state === undefined) return;
    this.#take(stepSignIn(this.#state, input, this.#environment.nowMs(), Math.random()));
  }

  #take(step: SignInStep): void {
    this.#state = step.state;
    for (const effect of step.effects) this.#run(effect);
  }

  #run(effect: SignInEffect): void {
    switch (effect.type) {
      case "connect":
        return this.link.connect(effect.connection);
      case "disconnect":
        this.link.disconnect();
        return this.#listener.disconnected();
      case "sendHello":
        return void this.#hello(effect.connection);
      case "sendResume":
        return void this.#resume(effect.connection, effect.userId);
      case "sendPing":
        return void this.link.request("session.ping", {}).then(
          () => this.#dispatch({ type: "pong", connection: effect.connection }),
          () => undefined,
        );
      case "wakeAt":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(
          () => this.#dispatch({ type: "tick" }),
          Math.max(0, effect.atMs - this.#environment.nowMs()),
        );
        return;
      case "changed":
        return this.#listener.changed();
    }
  }

  async #hello(connection: number): Promise<void> {
    const { terminalId } = this;
    const terminalKey = this.#terminalKey.publicKey;
    try {
      const server = await this.link.request("session.hello", { version: 1, terminalId, terminalKey });
      this.#serverOrigin ??= server.serverOrigin;
      if (server.serverOrigin !== this.#serverOrigin) throw new SignetError("server.otherOrigin");
      this.#dispatch({ type: "helloReply", connection, server });
    } catch (error) {
      this.#dispatch({ type: "helloRefused", connection, code: codeOf(error) });
    }
  }

  async #resume(connection: number, userId: UserId): Promise<void> {
    try {
      const { challenge } = await this.link.request("session.challenge", {});
      const { deviceId } = this.#person?.entry ?? {};
      if (deviceId === undefined) throw new SignetError("auth.bindingGone");
      const proof = await this.#terminalKey.sign({
        purpose: "resume",
        serverOrigin: this.server.serverOrigin,
        userId,
        deviceId,
        issuedAtMs: this.#environment.nowMs(),
        serverChallenge: challenge,
        terminalId: this.terminalId,
      });
      await this.#inOrder(async () => {
        const reply = await this.link.request("session.resume", { proof });
        this.#dispatch({
          type: "resumeReply",
          connection,
          binding: { userId, expiresAtMs: reply.expiresAtMs },
        });
        this.#heardSignedIn(connection, reply);
      });
    } catch (error) {
      this.#dispatch({ type: "resumeRefused", connection, code: codeOf(error) });
    }
  }
}

/** The fields that every transcript begins with. */
export type CommonFields = Pick<Transcript, "serverOrigin" | "userId" | "deviceId" | "issuedAtMs">;

export function codeOf(error: unknown): ErrorCode {
  return error instanceof SignetError ? error.code : "server.internal";
}
