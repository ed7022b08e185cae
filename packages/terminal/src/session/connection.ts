/** The shell of the sign-in machine: keeps this terminal connected, and says which terminal it is. */
import { SignetError, hasNeededFeatures, ownFeatures, startSignIn, stepSignIn } from "@signet/protocol";
import type {
  ErrorCode,
  ServerEvent,
  ServerInfo,
  SignInBinding,
  SignInEffect,
  SignInInput,
  SignInState,
  SignInStep,
  UserId,
} from "@signet/protocol";

import type { Environment } from "../environment.ts";
import type { OwnTerminal } from "./own-terminal.ts";
import { ServerLink } from "./server-link.ts";
import { areTermsUsable } from "./server-terms.ts";

export interface ConnectionListener {
  changed(): void;
  /** The server knows which terminal this is, and nobody is signed in on this connection yet. */
  greeted(): void;
  /** The binding goes on, on this connection, once the server was shown that it is the same terminal. */
  resume(connection: number, userId: UserId): void;
  disconnected(): void;
  event(connection: number, event: ServerEvent): void;
  /** The server said something that this version cannot read. */
  passedOver(): void;
}

export class Connection {
  readonly link: ServerLink;
  readonly #environment: Environment;
  readonly #terminal: OwnTerminal;
  readonly #listener: ConnectionListener;
  #state: SignInState | undefined;
  #cancelTick = (): void => undefined;
  /** The server's name, which does not change while this terminal runs: devices sign for it. */
  #serverOrigin: string | undefined;

  constructor(environment: Environment, terminal: OwnTerminal, listener: ConnectionListener) {
    this.#environment = environment;
    this.#terminal = terminal;
    this.#listener = listener;
    this.#serverOrigin = environment.serverOrigin;
    this.link = new ServerLink(environment.url, environment, {
      opened: (connection) => this.dispatch({ type: "opened", connection }),
      closed: (connection, code) => {
        this.dispatch({ type: "closed", connection, code });
        listener.disconnected();
      },
      event: (connection, event) => listener.event(connection, event),
      passedOver: () => listener.passedOver(),
    });
  }

  /** undefined before {@link start} */
  get state(): SignInState | undefined {
    return this.#state;
  }

  /** The number of the latest one. */
  get number(): number {
    return this.#state?.connection ?? 0;
  }

  /** @throws SignetError `connection.lost` before the server introduced itself */
  get server(): ServerInfo {
    const server = this.#state?.server;
    if (server === undefined) throw new SignetError("connection.lost");
    return server;
  }

  /** @param binding that a terminal of before kept */
  start(binding?: SignInBinding): void {
    if (this.#state !== undefined) return;
    this.#take(startSignIn(this.#environment.nowMs(), undefined, binding));
  }

  stop(): void {
    this.dispatch({ type: "stop" });
    this.#cancelTick();
  }

  dispatch(input: SignInInput): void {
    if (this.#state === undefined) return;
    const { nowMs, random } = this.#environment;
    this.#take(stepSignIn(this.#state, input, nowMs(), random()));
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
        return this.#listener.resume(effect.connection, effect.userId);
      case "sendPing":
        return void this.link.ask("session.ping", {}, (answer) => {
          if (!answer.ok) return;
          const { serverTimeMs } = answer.body;
          this.dispatch({ type: "pong", connection: effect.connection, serverTimeMs });
        });
      case "wakeAt":
        this.#cancelTick();
        this.#cancelTick = this.#environment.after(Math.max(0, effect.atMs - this.#environment.nowMs()), () =>
          this.dispatch({ type: "tick" }),
        );
        return;
      case "changed":
        return this.#listener.changed();
    }
  }

  #hello(connection: number): void {
    const { terminalId, terminalKey } = this.#terminal;
    const hello = { version: 1 as const, terminalId, terminalKey, features: [...ownFeatures] };
    void this.link.ask("session.hello", hello, (answer) => {
      if (!answer.ok) {
        const code = isFromOlder(answer) ? "server.tooOld" : answer.code;
        return this.dispatch({ type: "helloRefused", connection, code });
      }
      const server = answer.body;
      if (!hasNeededFeatures(server.features))
        return this.dispatch({ type: "helloRefused", connection, code: "server.tooOld" });
      if (!areTermsUsable(server))
        return this.dispatch({ type: "helloRefused", connection, code: "server.badTerms" });
      this.#serverOrigin ??= server.serverOrigin;
      if (server.serverOrigin !== this.#serverOrigin)
        return this.dispatch({ type: "helloRefused", connection, code: "server.otherOrigin" });
      this.dispatch({ type: "helloReply", connection, server });
      this.#listener.greeted();
    });
  }
}

/** A server of version 0.1 takes no hello with features, and says so by the one word that it has for it. */
const isFromOlder = (answer: { readonly code: ErrorCode; readonly isUnread?: true }): boolean =>
  answer.code === "protocol.badMessage" && answer.isUnread !== true;
