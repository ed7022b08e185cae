/** The shell of the sign-in machine: the connection, and the binding of this terminal to a person. */
import type { DirectoryEntry, TerminalKey } from "@signet/device";
import { SignetError, codeOf, isOnline, startSignIn, stepSignIn } from "@signet/protocol";
import type {
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

import { proveAgain, proveRegistration, proveSignIn } from "./binding-proof.ts";
import type { BindingParties, Touched } from "./binding-proof.ts";
import { DeviceRemoval } from "./device-removal.ts";
import type { Environment } from "../environment.ts";
import { checkRegistered, verifyOwnEntry } from "./own-entry.ts";
import { OwnTerminal } from "./own-terminal.ts";
import type { CommonFields } from "./own-terminal.ts";
import type { Person } from "./person.ts";
import { ServerLink } from "./server-link.ts";
import { bodyOf } from "../server-requests.ts";
import type { Terminal } from "../terminal-api.ts";
import { trustOf } from "../people/trust.ts";
import type { AppliedTrust } from "../people/trust.ts";

export interface SessionListener {
  changed(): void;
  /** Registered or signed in with the device of this person, which was touched here just now and signed for this terminal. */
  touched(person: Person): void;
  /** Registered, signed in or resumed: the server hears this terminal as this person. */
  signedIn(reply: SignedIn): void;
  /** The connection is gone; the binding may still stand. */
  disconnected(): void;
  event(event: ServerEvent): void;
  /** The device is gone and the sign-in about to end. @returns tells the server that the call was left; may be asked again */
  deviceRemoved(): () => Promise<void>;
}

export class Session {
  readonly link: ServerLink;
  readonly #environment: Environment;
  readonly #terminal: OwnTerminal;
  readonly #listener: SessionListener;
  readonly #removal: DeviceRemoval;
  #state: SignInState | undefined;
  #person: Person | undefined;
  #cancelTick = (): void => undefined;
  /** The server's name, which does not change while this terminal runs: devices sign for it. */
  #serverOrigin: string | undefined;

  constructor(environment: Environment, terminalKey: TerminalKey, listener: SessionListener) {
    this.#environment = environment;
    this.#terminal = new OwnTerminal(terminalKey, environment.nowMs, () => this.server);
    this.#listener = listener;
    this.#serverOrigin = environment.serverOrigin;
    this.#removal = this.#watchRemoval();
    this.link = new ServerLink(environment.url, environment, {
      opened: (connection) => this.#dispatch({ type: "opened", connection }),
      closed: (connection, code) => {
        this.#dispatch({ type: "closed", connection, code });
        listener.disconnected();
      },
      event: (connection, event) => this.#hear(connection, event),
    });
  }

  get terminalId(): TerminalId {
    return this.#terminal.terminalId;
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

  /** Whose certificates this terminal believes. */
  get trust(): AppliedTrust {
    return trustOf(this.#environment.certificates, this.#state?.server?.certificates);
  }

  start(): void {
    if (this.#state !== undefined) return;
    this.#take(startSignIn(this.#environment.nowMs()));
  }

  stop(): void {
    this.#removal.unwatch();
    this.#dispatch({ type: "stop" });
    this.#cancelTick();
  }

  retryNow(): void {
    this.#dispatch({ type: "retryNow" });
  }

  async register(input: Parameters<Terminal["register"]>[0]): Promise<void> {
    await this.#removal.settled();
    this.#assertSignedOut();
    const connection = this.#connection;
    const touched = await proveRegistration(this.#parties, input);
    await this.link.ask("register.finish", touched.body, (answer) => {
      const reply = bodyOf(answer);
      checkRegistered(touched.body, reply);
      return this.#enter(connection, reply, touched);
    });
  }

  async signIn(input: Parameters<Terminal["signIn"]>[0]): Promise<void> {
    await this.#removal.settled();
    this.#assertSignedOut();
    const connection = this.#connection;
    const touched = await proveSignIn(this.#parties, input);
    await this.link.ask("sign-in.finish", touched.body, (answer) =>
      this.#enter(connection, bodyOf(answer), touched),
    );
  }

  /** @throws SignetError `connection.lost` or `auth.signInRequired` when the server would not take this terminal's word now */
  requireSignedIn(): void {
    if (this.#state?.phase === "signedIn") return;
    throw new SignetError(this.#state?.phase === "signedOut" ? "auth.signInRequired" : "connection.lost");
  }

  /** When the server was told, or cannot be, that the device is gone. */
  removalTold(): Promise<void> {
    return this.#removal.settled();
  }

  async release(): Promise<void> {
    await this.#sendRelease(this.requirePerson().entry);
    this.#dispatch({ type: "released" });
  }

  async #sendRelease(entry: DirectoryEntry): Promise<void> {
    const proof = await proveAgain("release", entry, this.#parties);
    await this.link.request("binding.release", { proof });
  }

  #watchRemoval(): DeviceRemoval {
    return new DeviceRemoval({
      stateNow: () => this.#state,
      signOut: () => {
        const farewell = this.#listener.deviceRemoved();
        this.#dispatch({ type: "deviceRemoved" });
        return farewell;
      },
      resume: async ({ entry }) => {
        const proof = await proveAgain("resume", entry, this.#parties);
        await this.link.request("session.resume", { proof });
      },
      release: ({ entry }) => this.#sendRelease(entry),
    });
  }

  /** @throws SignetError `auth.signInRequired` */
  requirePerson(): Person {
    const { person } = this;
    if (person === undefined) throw new SignetError("auth.signInRequired");
    return person;
  }

  /** Signs what the person's terminal may say for them without a touch. @throws SignetError `auth.signInRequired` */
  async signWithTerminalKey(make: (fields: CommonFields) => Transcript) {
    return this.#terminal.sign(this.requirePerson().entry, make);
  }

  /** A touch of the device that is signed in. @throws SignetError `device.*` */
  signWithDevice(person: Person, transcript: Transcript, signal?: AbortSignal): Promise<ProofIn> {
    return this.#removal.sign(person, transcript, signal);
  }

  get #parties(): BindingParties {
    const { link, server } = this;
    return { link, server, devices: this.#environment.devices, terminal: this.#terminal };
  }

  get #connection(): number {
    return this.#state?.connection ?? 0;
  }

  #assertSignedOut(): void {
    if (this.#state?.phase === "signedIn") throw new SignetError("auth.alreadySignedIn");
    if (this.#state === undefined || !isOnline(this.#state)) throw new SignetError("connection.lost");
  }

  async #enter(
    connection: number,
    reply: SignedIn,
    touched: Touched<"register.finish" | "sign-in.finish">,
  ): Promise<void> {
    const { userId, device, proof } = touched;
    const { terminalId, terminalKey } = this.#terminal;
    const person = await verifyOwnEntry(reply.entry, {
      serverOrigin: this.server.serverOrigin,
      userId,
      device,
      proof,
      terminalId,
      terminalKey,
      trust: this.trust,
      nowMs: this.#environment.nowMs(),
    });
    this.#listener.touched(person);
    this.#person = person;
    this.#dispatch({ type: "signedIn", connection, binding: { userId, expiresAtMs: reply.expiresAtMs } });
    this.#heardSignedIn(connection, reply);
    this.#removal.watch(person);
  }

  /** A reply that came too late for its connection signs nobody in; the binding is resumed with the next one. */
  #heardSignedIn(connection: number, reply: SignedIn): void {
    if (this.#state?.phase === "signedIn" && this.#connection === connection) this.#listener.signedIn(reply);
  }

  #hear(connection: number, event: ServerEvent): void {
    if (event.type === "binding.ended")
      this.#dispatch({ type: "bindingEnded", connection, reason: event.body.reason });
    this.#listener.event(event);
  }

  #dispatch(input: SignInInput): void {
    if (this.#state === undefined) return;
    this.#take(stepSignIn(this.#state, input, this.#environment.nowMs(), this.#environment.random()));
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
        return this.#hello(effect.connection);
      case "sendResume":
        return void this.#resume(effect.connection, effect.userId);
      case "sendPing":
        return void this.link.ask("session.ping", {}, ({ ok }) => {
          if (ok) this.#dispatch({ type: "pong", connection: effect.connection });
        });
      case "wakeAt":
        this.#cancelTick();
        this.#cancelTick = this.#environment.after(Math.max(0, effect.atMs - this.#environment.nowMs()), () =>
          this.#dispatch({ type: "tick" }),
        );
        return;
      case "changed":
        if (this.#state?.binding === undefined) this.#removal.unwatch();
        return this.#listener.changed();
    }
  }

  #hello(connection: number): void {
    const { terminalId, terminalKey } = this.#terminal;
    void this.link.ask("session.hello", { version: 1, terminalId, terminalKey }, (answer) => {
      if (!answer.ok) return this.#dispatch({ type: "helloRefused", connection, code: answer.code });
      const server = answer.body;
      this.#serverOrigin ??= server.serverOrigin;
      if (server.serverOrigin !== this.#serverOrigin)
        return this.#dispatch({ type: "helloRefused", connection, code: "server.otherOrigin" });
      this.#dispatch({ type: "helloReply", connection, server });
      this.#removal.connected();
    });
  }

  async #resume(connection: number, userId: UserId): Promise<void> {
    try {
      const { entry } = this.#person ?? {};
      if (entry === undefined) throw new SignetError("auth.bindingGone");
      const proof = await proveAgain("resume", entry, this.#parties);
      await this.link.ask("session.resume", { proof }, (answer) => {
        const reply = bodyOf(answer);
        const { expiresAtMs } = reply;
        this.#dispatch({ type: "resumeReply", connection, binding: { userId, expiresAtMs } });
        this.#heardSignedIn(connection, reply);
      });
    } catch (error) {
      this.#dispatch({ type: "resumeRefused", connection, code: codeOf(error) });
    }
  }
}
