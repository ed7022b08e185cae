/** A terminal that costs the load's side little: real proofs, but no checks of what comes back. */
import { randomBytes } from "node:crypto";

import { createTerminalKey, statedHead } from "@signet/device";
import type { SignatureDevice, TerminalKey } from "@signet/device";
import { encodeMessage, fromBase64Url, ownFeatures, toBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { createLoadDevice } from "./load-device.ts";

const randomId = (): string => toBase64Url(randomBytes(16));
const elevenHoursMs = 11 * 3_600_000;

interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly body?: Record<string, unknown>;
  readonly error?: { readonly code: string };
}

export class LoadTerminal {
  readonly userId: string;
  readonly #origin: string;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  #device: SignatureDevice | undefined;
  #terminalKey: TerminalKey | undefined;
  #head: Bytes = new Uint8Array();
  #lastId = 0;
  #onRing: (() => void) | undefined;

  private constructor(userId: string, origin: string) {
    this.userId = userId;
    this.#origin = origin;
    this.#socket = new WebSocket(origin.replace("http://localhost", "ws://127.0.0.1") + "/ws");
    this.#socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Message;
      if (message.id !== undefined) {
        this.#answers.get(message.id)?.(message);
        this.#answers.delete(message.id);
      } else if (message.type === "call.ring") this.#onRing?.();
    });
  }

  /** Connected and registered, and so signed in. */
  static async register(userId: string, origin: string): Promise<LoadTerminal> {
    const terminal = new LoadTerminal(userId, origin);
    await new Promise<void>((resolve, reject) => {
      terminal.#socket.addEventListener("open", () => resolve());
      terminal.#socket.addEventListener("error", () => reject(new Error("the server refuses connections")));
    });
    await terminal.#introduce();
    return terminal;
  }

  async #introduce(): Promise<void> {
    const [device, key] = await Promise.all([createLoadDevice(), createTerminalKey()]);
    this.#device = device;
    this.#terminalKey = key;
    await this.ask("session.hello", {
      version: 1,
      terminalId: key.terminalId,
      terminalKey: key.publicKey,
      features: [...ownFeatures],
    });
    await this.#prove(key);
    const { userId } = this;
    const displayName = userId;
    const serverChallenge = challengeOf(await this.ask("register.begin", { userId, displayName }));
    const { publicKey } = device;
    const fields = { serverChallenge, displayName, devicePublicKey: publicKey, ...this.#fields(key) };
    const proof = await device.sign({ purpose: "register", ...this.#common(device), ...fields });
    this.#head = await statedHead({ proof, statements: [] });
    await this.ask("register.finish", {
      proof,
      device: { kind: "software", algorithm: "ES256", publicKey },
    });
  }

  async signIn(): Promise<void> {
    const [device, key] = this.#keys();
    const serverChallenge = challengeOf(await this.ask("sign-in.begin", { userId: this.userId }));
    const fields = { serverChallenge, ...this.#fields(key), head: this.#head };
    const proof = await device.sign({ purpose: "sign-in", ...this.#common(device), ...fields });
    await this.ask("sign-in.finish", { proof });
  }

  /** Resolves with the call ID and the time between the request and the last ring. */
  async call(
    members: readonly LoadTerminal[],
  ): Promise<{ readonly callId: string; readonly lastRingMs: number }> {
    const [device] = this.#keys();
    const callId = randomId();
    const memberUserIds = members.map(({ userId }) => userId);
    const leafKey = new Uint8Array(randomBytes(32));
    const proof = await device.sign({
      purpose: "call",
      ...this.#common(device),
      callId,
      memberUserIds,
      leafKey,
      head: this.#head,
      checkpoint: new Uint8Array(),
    });
    const rung = Promise.all(
      members.map((member) => new Promise<void>((resolve) => (member.#onRing = resolve))),
    );
    const startedMs = performance.now();
    await Promise.all([this.ask("call.request", { proof }), rung]);
    return { callId, lastRingMs: performance.now() - startedMs };
  }

  async end(callId: string): Promise<void> {
    const [device, key] = this.#keys();
    const proof = await key.sign({ purpose: "end", ...this.#common(device), callId, reason: "ended" });
    await this.ask("call.end", { proof });
  }

  close(): void {
    this.#socket.close();
  }

  #keys(): readonly [SignatureDevice, TerminalKey] {
    if (this.#device === undefined || this.#terminalKey === undefined) throw new Error("not registered");
    return [this.#device, this.#terminalKey];
  }

  #common({ deviceId }: SignatureDevice) {
    return { serverOrigin: this.#origin, userId: this.userId, deviceId, issuedAtMs: Date.now() };
  }

  async #prove({ publicKey: terminalKey, sign, terminalId }: TerminalKey): Promise<void> {
    const serverChallenge = challengeOf(await this.ask("session.challenge", {}));
    const common = { serverOrigin: this.#origin, issuedAtMs: Date.now(), serverChallenge };
    await this.ask("session.prove", {
      proof: await sign({ purpose: "terminal", ...common, terminalId, terminalKey }),
    });
  }

  #fields({ publicKey, terminalId }: TerminalKey) {
    return { terminalId, terminalKey: publicKey, expiresAtMs: Date.now() + elevenHoursMs };
  }

  /** @throws Error with the code of a refusal */
  async ask(type: string, body: unknown): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.#socket.send(encodeMessage({ id, type, body }));
    const { error, body: reply } = await answer;
    if (error !== undefined) throw new Error(`${type}: ${error.code}`);
    return reply ?? {};
  }
}

function challengeOf(reply: Record<string, unknown>): Bytes {
  const { challenge } = reply as { challenge?: string };
  const bytes = fromBase64Url(challenge ?? "");
  if (bytes === undefined) throw new Error("a challenge that is none");
  return bytes;
}
