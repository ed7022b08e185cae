/** The binding of this terminal to a person, over its connection: how it is made, resumed and released. */
import type { Person as FoldedPerson, TerminalKey } from "@signet/device";
import { SignetError, codeOf, isOnline } from "@signet/protocol";
import type {
  CallId,
  DirectoryEntryIn,
  OwnLeaveReason,
  ServerEvent,
  ServerInfo,
  SignInState,
  SignedIn,
  TerminalId,
  Transcript,
  UserId,
} from "@signet/protocol";

import { isOfNoUse, proveAgain, proveRegistration, proveSignIn, proveTerminal } from "./binding-proof.ts";
import type { BindingParties, Touched } from "./binding-proof.ts";
import { BindingKeeper } from "./binding-keeper.ts";
import { Connection } from "./connection.ts";
import { DeviceRemoval } from "./device-removal.ts";
import type { Environment } from "../environment.ts";
import type { Restored } from "./kept-binding.ts";
import { OwedWords, type OwedWord } from "./owed-words.ts";
import { checkRegistered, verifyOwnEntry } from "./own-entry.ts";
import { OwnHistory } from "./own-history.ts";
import type { OwnChange } from "./own-statement.ts";
import { OwnTerminal, type CommonFields } from "./own-terminal.ts";
import type { Person } from "./person.ts";
import { bodyOf } from "../server-requests.ts";
import type { Terminal } from "../terminal-api.ts";
import type { ServerLink } from "./server-link.ts";
import type { SessionListener } from "./session-listener.ts";
import { boundedExpiryMs } from "./server-terms.ts";
import type { Administrators } from "../people/administrators.ts";
import { trustOf, type AppliedTrust } from "../people/trust.ts";

export class Session {
  readonly #environment: Environment;
  readonly #terminal: OwnTerminal;
  readonly #listener: SessionListener;
  readonly #connection: Connection;
  readonly #removal: DeviceRemoval;
  readonly #owed: OwedWords;
  readonly #keeper: BindingKeeper;
  readonly #history: OwnHistory;
  readonly #administrators: Administrators;
  /** Until {@link start}. */
  #restored: Restored | undefined;
  #person: Person | undefined;
  /** Whose sign-in ends just now, with words that are still said in their name. */
  #leaving: Person | undefined;

  /** @param restored what goes on here */
  constructor(
    environment: Environment,
    terminalKey: TerminalKey,
    listener: SessionListener,
    administrators: Administrators,
    restored?: Restored,
  ) {
    this.#environment = environment;
    this.#restored = restored;
    this.#administrators = administrators;
    this.#keeper = new BindingKeeper(
      environment.bindingPlace,
      terminalKey,
      restored,
      () => listener.changed(),
      administrators,
    );
    this.#terminal = new OwnTerminal(terminalKey, environment.nowMs, () => this.server);
    this.#listener = listener;
    this.#removal = new DeviceRemoval((person) => this.#deviceRemoved(person));
    this.#owed = new OwedWords({
      stateNow: () => this.state,
      resume: async (person) => {
        const proof = await proveAgain("resume", person, this.#parties);
        await this.link.request("session.resume", { proof });
      },
      say: (word) => this.#say(word),
    });
    this.#history = new OwnHistory({
      link: () => this.link,
      serverOrigin: () => this.server.serverOrigin,
      administratorDevices: administrators.devicesAt,
      devices: environment.devices,
      nowMs: environment.nowMs,
      sign: (person, transcript, signal) => this.signWithDevice(person, transcript, signal),
      trust: () => this.trust,
      person: () => this.person,
      goesOn: (person, isMadeHere) => this.#historyGoesOn(person, isMadeHere),
      refused: (person, code) => listener.historyRefused(person, code),
    });
    this.#connection = new Connection(environment, this.#terminal, {
      changed: () => this.#changed(),
      greeted: () => this.#owed.connected(),
      resume: (connection, userId) => void this.#resume(connection, userId),
      disconnected: () => listener.disconnected(),
      event: (connection, event) => this.#hear(connection, event),
      passedOver: () => listener.passedOver(),
    });
  }

  get link(): ServerLink {
    return this.#connection.link;
  }

  get terminalId(): TerminalId {
    return this.#terminal.terminalId;
  }

  /** undefined before {@link start} */
  get state(): SignInState | undefined {
    return this.#connection.state;
  }

  get person(): Person | undefined {
    return this.state?.binding === undefined ? undefined : this.#person;
  }

  /** @throws SignetError `connection.lost` before the server introduced itself */
  get server(): ServerInfo {
    return this.#connection.server;
  }

  /** Whose certificates this terminal believes. */
  get trust(): AppliedTrust {
    return trustOf(this.#environment.certificates, this.state?.server?.certificates);
  }

  start(): void {
    const restored = this.#restored;
    this.#restored = undefined;
    if (restored === undefined) return this.#connection.start();
    const { person } = restored;
    const { userId } = person;
    this.#person = person;
    const expiresAtMs = boundedExpiryMs(restored.expiresAtMs, this.#environment.nowMs());
    this.#connection.start({ userId, expiresAtMs });
    this.#removal.watch(person);
  }

  stop(): void {
    this.#removal.unwatch();
    this.#connection.stop();
  }

  retryNow = (): void => this.#connection.dispatch({ type: "retryNow" });
  connectAnew = (): void => this.#connection.dispatch({ type: "connectAnew" });
  setInCall = (goesOn: boolean): void => this.#connection.dispatch({ type: "call", goesOn });

  async register(input: Parameters<Terminal["register"]>[0]): Promise<void> {
    await this.signedOut();
    const connection = this.#connection.number;
    const touched = await proveRegistration(this.#parties, input);
    await this.link.ask("register.finish", touched.body, (answer) => {
      if (answer.ok || isOfNoUse(answer.code)) touched.settled?.();
      const reply = bodyOf(answer);
      checkRegistered(touched.body, reply);
      return this.#enter(connection, reply, touched);
    });
  }

  async signIn(input: Parameters<Terminal["signIn"]>[0]): Promise<void> {
    await this.signedOut();
    const connection = this.#connection.number;
    const touched = await proveSignIn(this.#parties, input);
    await this.link.ask("sign-in.finish", touched.body, (answer) =>
      this.#enter(connection, bodyOf(answer), touched),
    );
  }

  /** When the server heard all that it was owed. @throws SignetError `auth.alreadySignedIn`, `connection.lost` */
  async signedOut(): Promise<void> {
    await this.#owed.settled();
    const { state } = this;
    if (state?.phase === "signedIn") throw new SignetError("auth.alreadySignedIn");
    if (state === undefined || !isOnline(state)) throw new SignetError("connection.lost");
  }

  proveTerminal(): Promise<void> {
    return proveTerminal({ link: this.link, terminal: this.#terminal });
  }

  /** @throws SignetError `connection.lost` or `auth.signInRequired` when the server would not take this terminal's word now */
  requireSignedIn(): void {
    const phase = this.state?.phase;
    if (phase === "signedIn") return;
    throw new SignetError(phase === "signedOut" ? "auth.signInRequired" : "connection.lost");
  }

  /** A statement by the device that is signed in. @throws SignetError as OwnHistory.change; `auth.signInRequired`, `connection.lost` */
  async changeHistory(change: OwnChange, signal?: AbortSignal): Promise<FoldedPerson> {
    this.requireSignedIn();
    return this.#history.change(this.requirePerson(), change, signal);
  }

  /** The server says that the history of who is signed in goes on. @param isLatest as OwnHistory.heard */
  async historyChanged(entry: DirectoryEntryIn, isLatest = false): Promise<void> {
    await this.#history.heard(entry, isLatest);
  }

  async release(): Promise<void> {
    await this.#sendRelease(this.requirePerson());
    this.#connection.dispatch({ type: "released" });
  }

  /**
   * Signs that this terminal leaves the call, and tells the server now or as soon as it can.
   * @returns what it signs; undefined where nobody is signed in: then the server has ended the part of this terminal already
   */
  oweLeave(callId: CallId, reason: OwnLeaveReason) {
    const person = this.person ?? this.#leaving;
    if (person === undefined) return undefined;
    const proof = this.#terminal.sign(person, (fields) => ({ purpose: "leave", ...fields, callId, reason }));
    this.#owed.add({ type: "leave", person, callId, proof });
    // Where it fails, who says it hears of it.
    return proof.then(
      (signed) => ({ proof: signed, binding: person.binding }),
      () => undefined,
    );
  }

  /** Tells the server now or as soon as it can that this terminal takes no part in that call any more. */
  oweMoveEnd(callId: CallId): void {
    const person = this.#person;
    if (person === undefined) return;
    // Where the binding was taken over it is heard all the same, but not with another connection.
    if (this.person === undefined) void this.link.ask("call.moveEnd", { callId }, () => undefined);
    this.#owed.add({ type: "moveEnd", person, callId });
  }

  /** Whether a terminal that comes after this one goes on with the binding, as a page does that is loaded anew. */
  get isKept(): boolean {
    return this.#keeper.isKept;
  }

  /** This terminal ends in a moment, and is in this call: who comes after it sees to it that the others know. */
  leavingWith(callId: CallId): void {
    this.#keeper.leaving(callId);
  }

  /**
   * Says that the page of before left this call, and asks anew.
   * @returns the calls that go on without this terminal; undefined where the connection is lost again, or the sign-in is over: with the next
   *   one all calls are named
   */
  async leaveNow(callId: CallId): Promise<SignedIn["calls"] | undefined> {
    void this.oweLeave(callId, "pageGone");
    await this.owedTold();
    try {
      const proof = await proveAgain("resume", this.requirePerson(), this.#parties);
      return (await this.link.request("session.resume", { proof })).calls;
    } catch {
      return undefined;
    }
  }

  /** Whether the server has not heard yet that a call was left, or that the device is gone. */
  get owes(): boolean {
    return this.#owed.count > 0;
  }

  /** When the server was told, or cannot be now, what this terminal owes it: that a call was left, that the device is gone. */
  owedTold(): Promise<void> {
    return this.#owed.settled();
  }

  /** @throws SignetError `auth.signInRequired` */
  requirePerson(): Person {
    const { person } = this;
    if (person === undefined) throw new SignetError("auth.signInRequired");
    return person;
  }

  /** Signs what the person's terminal may say for them without a touch. @throws SignetError `auth.signInRequired` */
  async signWithTerminalKey(make: (fields: CommonFields) => Transcript) {
    return this.#terminal.sign(this.requirePerson(), make);
  }

  /** A touch of the device that is signed in. @throws SignetError `device.*` */
  signWithDevice: DeviceRemoval["sign"] = (...input) => this.#removal.sign(...input);
  /** Another one, over a document, where it has a certificate (CMS). @throws SignetError `device.*`, `certificate.*` */
  signDocument: DeviceRemoval["signDocument"] = (...input) => this.#removal.signDocument(...input);

  #historyGoesOn(person: Person, isMadeHere: boolean): void {
    this.#person = person;
    this.#removal.watch(person);
    const { expiresAtMs } = this.state?.binding ?? {};
    if (expiresAtMs !== undefined) this.#keeper.keep(this.server.serverOrigin, person, expiresAtMs);
    this.#listener.historyGoesOn(person, isMadeHere);
  }

  get #parties(): BindingParties {
    const { link, server, trust } = this;
    const { ownDevicesAt: administratorDevices } = this.#administrators;
    const { devices } = this.#environment;
    return { link, server, devices, terminal: this.#terminal, administratorDevices, trust };
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
      administratorDevices: this.#administrators.ownDevicesAt,
      userId,
      device,
      proof,
      terminalId,
      terminalKey,
      trust: this.trust,
      nowMs: this.#environment.nowMs(),
    });
    this.#person = person;
    const binding = { userId, expiresAtMs: this.#expiryOf(reply) };
    this.#connection.dispatch({ type: "signedIn", connection, binding });
    this.#listener.touched(person, touched);
    this.#heardSignedIn(connection, reply);
    this.#removal.watch(person);
  }

  async #resume(connection: number, userId: UserId): Promise<void> {
    try {
      const person = this.#person;
      if (person === undefined) throw new SignetError("auth.bindingGone");
      const proof = await proveAgain("resume", person, this.#parties);
      await this.link.ask("session.resume", { proof }, (answer) => {
        const reply = bodyOf(answer);
        const expiresAtMs = this.#expiryOf(reply);
        this.#connection.dispatch({ type: "resumeReply", connection, binding: { userId, expiresAtMs } });
        this.#heardSignedIn(connection, reply);
        // The person's other terminals may have signed while this one was away.
        void this.#history.heard(reply.entry, true);
      });
    } catch (error) {
      this.#connection.dispatch({ type: "resumeRefused", connection, code: codeOf(error) });
    }
  }

  #expiryOf({ expiresAtMs }: SignedIn): number {
    const offsetMs = this.state?.clockOffsetMs ?? 0;
    return boundedExpiryMs(expiresAtMs, this.#environment.nowMs() + offsetMs);
  }

  /** A reply that came too late for its connection signs nobody in; the binding is resumed with the next one. */
  #heardSignedIn(connection: number, reply: SignedIn): void {
    const { state, person } = this;
    if (state?.phase !== "signedIn" || state.connection !== connection || person === undefined) return;
    this.#owed.signedIn(person);
    this.#keeper.keep(this.server.serverOrigin, person, state.binding?.expiresAtMs ?? 0);
    this.#listener.signedIn(reply);
  }

  #changed(): void {
    if (this.state?.binding === undefined) {
      this.#removal.unwatch();
      this.#keeper.forget();
      if (this.#leaving === undefined) this.#owed.signedOut();
    }
    // Not the server that it was made with.
    if (this.state?.offline?.code === "server.otherOrigin") this.#keeper.forget();
    this.#listener.changed();
  }

  /**
   * The call and the sign-in end here at once. The server is told when it can be: now, or with the next connection; should that
   * never come, the binding runs out.
   */
  #deviceRemoved(person: Person): void {
    this.#leaving = person;
    this.#connection.dispatch({ type: "deviceRemoved" });
    this.#leaving = undefined;
    this.#owed.add({ type: "release", person });
  }

  async #say(word: OwedWord): Promise<void> {
    if (word.type === "release") return this.#sendRelease(word.person);
    const { link } = this;
    if (word.type === "leave") await link.request("call.leave", { proof: await word.proof });
    else await link.request("call.moveEnd", { callId: word.callId });
  }

  async #sendRelease(person: Person): Promise<void> {
    const proof = await proveAgain("release", person, this.#parties);
    await this.link.request("binding.release", { proof });
  }

  #hear(connection: number, event: ServerEvent): void {
    if (event.type === "binding.ended")
      this.#connection.dispatch({ type: "bindingEnded", connection, reason: event.body.reason });
    this.#listener.event(event);
  }
}
