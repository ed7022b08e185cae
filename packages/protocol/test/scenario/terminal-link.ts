/** A small terminal's connection and session, around the real machine (sign-in.ts). */
import assert from "node:assert/strict";

import { decodeReply, decodeServerMessage, encodeMessage, startSignIn, stepSignIn } from "@signet/protocol";
import type {
  ErrorCode,
  ProofIn,
  ReplyBody,
  RequestBody,
  RequestType,
  ServerEvent,
  SignInInput,
  SignInState,
  SignInStep,
  UserId,
} from "@signet/protocol";

import { bytes, terminalId } from "../fixtures.ts";
import { say } from "./model-group.ts";
import type { ServerShell } from "./server-shell.ts";
import type { Connection, VirtualWorld } from "./virtual-network.ts";

interface Outstanding {
  readonly type: RequestType;
  readonly done: (reply: unknown) => void;
  readonly failed: (code: ErrorCode) => void;
}

export interface LinkListener {
  /** Signed in or resumed. */
  entered(): void;
  disconnected(): void;
  /** The person is not bound to this terminal any more. */
  unbound(): void;
  event(event: ServerEvent): void;
}

export const signed = (what: Readonly<Record<string, unknown>>): ProofIn => ({
  transcript: say(what),
  signature: { kind: "terminal", signature: new Uint8Array(64) },
});

export class TerminalLink {
  state: SignInState;
  /** Connections fail until then. */
  downUntilMs = 0;
  readonly #world: VirtualWorld;
  readonly #server: ServerShell;
  readonly #name: string;
  readonly #userId: UserId;
  readonly #listener: LinkListener;
  #connection: Connection | undefined;
  #outstanding = new Map<number, Outstanding>();
  #requestId = 0;
  #wakeMs: number | undefined;

  constructor(
    world: VirtualWorld,
    server: ServerShell,
    self: { readonly name: string; readonly userId: UserId },
    listener: LinkListener,
  ) {
    this.#world = world;
    this.#server = server;
    this.#name = self.name;
    this.#userId = self.userId;
    this.#listener = listener;
    const step = startSignIn(world.nowMs);
    this.state = step.state;
    this.#runSession(step);
  }

  signIn(): void {
    if (this.state.phase !== "signedOut") return;
    const { connection } = this.state;
    const userId = this.#userId;
    const proof = signed({ userId });
    this.request(
      "sign-in.finish",
      { proof },
      {
        done: ({ expiresAtMs }) =>
          this.#entered({ type: "signedIn", connection, binding: { userId, expiresAtMs } }),
        failed: () => undefined,
      },
    );
  }

  /** The network of this terminal is gone for so long. */
  cutOff(forMs: number): void {
    this.downUntilMs = Math.max(this.downUntilMs, this.#world.nowMs + forMs);
    this.#connection?.break();
  }

  #session(input: SignInInput): void {
    const before = this.state.phase;
    const step = stepSignIn(this.state, input, this.#world.nowMs, this.#world.random());
    this.state = step.state;
    this.#runSession(step);
    if (before === "signedIn" && this.state.phase === "signedOut") this.#listener.unbound();
  }

  #runSession({ effects }: SignInStep): void {
    for (const effect of effects) {
      if (effect.type === "wakeAt") this.#wakeAt(effect.atMs);
      if (effect.type === "connect") this.#connect(effect.connection);
      if (effect.type === "disconnect") this.#disconnect();
      if (effect.type === "sendHello") this.#hello(effect.connection);
      if (effect.type === "sendResume") this.#resume(effect.connection);
      if (effect.type === "sendPing") {
        const { connection } = effect;
        this.request(
          "session.ping",
          {},
          { done: () => this.#session({ type: "pong", connection }), failed: () => undefined },
        );
      }
    }
  }

  #wakeAt(atMs: number): void {
    this.#wakeMs = atMs;
    this.#world.later(atMs - this.#world.nowMs, () => {
      if (this.#wakeMs === atMs) this.#session({ type: "tick" });
    });
  }

  #connect(number: number): void {
    if (this.#world.nowMs < this.downUntilMs) {
      this.#world.later(this.#world.between(1, 500), () =>
        this.#session({ type: "closed", connection: number, code: "connection.lost" }),
      );
      return;
    }
    const connection: Connection = this.#server.accept({
      received: (text) => this.#received(number, text),
      closed: () => {
        if (this.#connection !== connection) return;
        this.#disconnect();
        this.#session({ type: "closed", connection: number, code: "connection.lost" });
      },
    });
    this.#connection = connection;
    this.#world.later(this.#world.between(1, 100), () =>
      this.#session({ type: "opened", connection: number }),
    );
  }

  #disconnect(): void {
    this.#connection?.close("terminal");
    this.#connection = undefined;
    const lost = [...this.#outstanding.values()];
    this.#outstanding.clear();
    for (const { failed } of lost) failed("connection.lost");
    this.#listener.disconnected();
  }

  #hello(connection: number): void {
    const body = {
      version: 1,
      terminalId: terminalId(this.#name),
      terminalKey: bytes("k".repeat(32)),
    } as const;
    this.request("session.hello", body, {
      done: (server) => this.#session({ type: "helloReply", connection, server }),
      failed: (code) => this.#session({ type: "helloRefused", connection, code }),
    });
  }

  #resume(connection: number): void {
    this.request(
      "session.resume",
      { proof: signed({ userId: this.#userId }) },
      {
        done: ({ expiresAtMs }) =>
          this.#entered({ type: "resumeReply", connection, binding: { userId: this.#userId, expiresAtMs } }),
        failed: (code) => {
          this.#session({ type: "resumeRefused", connection, code });
          // Taken over while away.
          if (code === "auth.bindingGone") this.#listener.unbound();
        },
      },
    );
  }

  #entered(input: SignInInput): void {
    this.#session(input);
    this.#listener.entered();
  }

  #received(connection: number, text: string): void {
    if (connection !== this.state.connection || this.#connection === undefined) return;
    const message = decodeServerMessage(text);
    assert.ok(message !== undefined, `the terminal cannot read ${text}`);
    if (message.kind === "event") {
      const { event } = message;
      if (event.type !== "binding.ended") return this.#listener.event(event);
      return this.#session({ type: "bindingEnded", connection, reason: event.body.reason });
    }
    const outstanding = this.#outstanding.get(message.id ?? -1);
    assert.ok(outstanding !== undefined, `an answer to nothing: ${text}`);
    this.#outstanding.delete(message.id ?? -1);
    if (message.kind === "error") return outstanding.failed(message.code);
    const reply = decodeReply(outstanding.type, message.body);
    assert.ok(reply !== undefined, `the terminal cannot read the reply to ${outstanding.type}: ${text}`);
    outstanding.done(reply);
  }

  request<T extends RequestType>(
    type: T,
    body: RequestBody<T>,
    {
      done,
      failed,
    }: { readonly done: (reply: ReplyBody<T>) => void; readonly failed: (code: ErrorCode) => void },
  ): void {
    if (this.#connection === undefined) return this.#world.later(0, () => failed("connection.lost"));
    const id = this.#requestId++;
    this.#outstanding.set(id, { type, done: (reply) => done(reply as ReplyBody<T>), failed });
    this.#connection.send("server", encodeMessage({ id, type, body }));
  }
}
