/** A terminal reduced to its socket: real messages and real proofs, and whatever wrong ones a test asks for. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";

import { createTerminalKey, statedHead } from "@signet/device";
import type { SignatureDevice, TerminalKey } from "@signet/device";
import {
  CallId,
  decodeReply,
  decodeServerMessage,
  encodeMessage,
  TerminalId,
  toBase64Url,
  UserId,
} from "@signet/protocol";
import type {
  Bytes,
  ErrorCode,
  EventBody,
  EventType,
  ProofIn,
  Purpose,
  ReplyBody,
  RequestBody,
  RequestType,
  ServerEvent,
  ServerMessage,
  Transcript,
} from "@signet/protocol";
import { WebSocket } from "ws";

import { chainOf, renewalOf } from "./certify.ts";
import type { TestDevice } from "./certify.ts";
import { keyPackageFor } from "./key-package.ts";
import { helloOf } from "./hello.ts";
import type { ServerPlace } from "./test-server.ts";

export const user = (text: string): UserId => UserId.parse(text);
export const newCallId = (): CallId => CallId.parse(toBase64Url(randomBytes(16)));
export const newTerminalId = (): TerminalId => TerminalId.parse(toBase64Url(randomBytes(16)));

/** Changes a transcript before it is signed. */
export type Twist<P extends Purpose = Purpose> = (transcript: Transcript<P>) => Transcript<P>;

type Input<T extends RequestType> = RequestBody<T>;

const giveUpMs = 60_000;

interface Waiting {
  readonly matches: (event: ServerEvent) => boolean;
  readonly resolve: (event: ServerEvent) => void;
}

/** A request, and where it went: the end of an older connection is no answer to it. */
interface Asked {
  readonly socket: WebSocket;
  readonly resolve: (message: ServerMessage) => void;
}

/** Certificates of tests are signed by themselves. */
const ofTests = { rejectUnauthorized: false };

export class TestTerminal {
  readonly terminalId: TerminalId;
  readonly key: TerminalKey;
  readonly events: ServerEvent[] = [];
  /** Errors that named no request. */
  readonly faults: ErrorCode[] = [];
  socket: WebSocket;
  userId: UserId | undefined;
  /** Of the own key history, as the server showed it last. */
  head: Bytes = new Uint8Array();
  device: TestDevice | undefined;
  /** What the sign-in that is under way was begun with. */
  begun: ReplyBody<"sign-in.begin"> | undefined;
  origin = "";
  clock: () => number = Date.now;
  readonly #url: string;
  readonly #answers = new Map<number, Asked>();
  #waiting: Waiting[] = [];
  #closed: Promise<number> = Promise.resolve(0);
  #lastId = 0;
  readonly #seen = new Set<ServerEvent>();

  private constructor(url: string, key: TerminalKey) {
    this.#url = url;
    this.key = key;
    this.terminalId = key.terminalId;
    this.socket = new WebSocket(url, ofTests);
    this.#listen();
  }

  /** Connected, not introduced yet. */
  static async open(server: ServerPlace, key?: TerminalKey): Promise<TestTerminal> {
    const own = key ?? (await createTerminalKey());
    const scheme = server.origin?.startsWith("https:") === true ? "wss" : "ws";
    const terminal = new TestTerminal(`${scheme}://127.0.0.1:${server.port}/ws`, own);
    await once(terminal.socket, "open");
    return terminal;
  }

  /** @param clock the terminal's own, by which it signs from the first proof on */
  static async connect(server: ServerPlace, clock: () => number = Date.now): Promise<TestTerminal> {
    const terminal = await TestTerminal.open(server);
    terminal.clock = clock;
    await terminal.hello();
    return terminal;
  }

  async hello(): Promise<ReplyBody<"session.hello">> {
    const { terminalId, key } = this;
    const info = await this.request("session.hello", helloOf({ terminalId, terminalKey: key.publicKey }));
    this.origin = info.serverOrigin;
    await this.prove();
    return info;
  }

  async terminalProof(challenge?: Bytes): Promise<ProofIn> {
    const serverChallenge = challenge ?? (await this.request("session.challenge", {})).challenge;
    const { serverOrigin, issuedAtMs } = this.common();
    const { terminalId, key } = this;
    const terminalKey = key.publicKey;
    const fields = { serverOrigin, issuedAtMs, serverChallenge, terminalId, terminalKey };
    return key.sign({ purpose: "terminal", ...fields });
  }

  async prove(): Promise<void> {
    await this.request("session.prove", { proof: await this.terminalProof() });
  }

  /** A new connection of the same terminal. */
  async reconnect(): Promise<void> {
    await this.close();
    await this.connectAgain();
  }

  /** As after a change of networks: the old connection is not closed. */
  async connectAgain(): Promise<void> {
    this.socket = new WebSocket(this.#url, ofTests);
    this.#listen();
    await once(this.socket, "open");
    await this.hello();
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, "close");
    this.socket.close();
    await closed;
  }

  /** @returns the close code, also when the socket is closed already */
  async closed(): Promise<number> {
    return this.#closed;
  }

  /** @returns the reply or the error, as it came */
  async ask<T extends RequestType>(type: T, body: Input<T>): Promise<ServerMessage> {
    return this.askRaw(type, body);
  }

  async askRaw(type: string, body: unknown): Promise<ServerMessage> {
    const id = ++this.#lastId;
    const { socket } = this;
    const answer = new Promise<ServerMessage>((resolve) => this.#answers.set(id, { socket, resolve }));
    socket.send(encodeMessage({ id, type, body }));
    return answer;
  }

  async request<T extends RequestType>(type: T, body: Input<T>): Promise<ReplyBody<T>> {
    const answer = await this.ask(type, body);
    if (answer.kind !== "reply")
      assert.fail(`${type}: ${answer.kind === "error" ? answer.code : "an event"}`);
    const reply = decodeReply(type, answer.body);
    assert(reply !== undefined, `the reply to ${type} does not fit its schema`);
    return reply;
  }

  /** @returns the code with which the request was refused */
  async refusal<T extends RequestType>(type: T, body: Input<T>): Promise<ErrorCode> {
    const answer = await this.ask(type, body);
    assert.equal(answer.kind, "error", `${type} was not refused`);
    return answer.kind === "error" ? answer.code : assert.fail();
  }

  /** The first event of this type that no test line has waited for yet. */
  async event<T extends EventType>(
    type: T,
    accepts: (body: EventBody<T>) => boolean = () => true,
  ): Promise<EventBody<T>> {
    const matches = (event: ServerEvent): boolean =>
      event.type === type && accepts(event.body as EventBody<T>);
    const earlier = this.events.find((candidate) => !this.#seen.has(candidate) && matches(candidate));
    if (earlier !== undefined) {
      this.#seen.add(earlier);
      return earlier.body as EventBody<T>;
    }
    const event = await new Promise<ServerEvent>((resolve, reject) => {
      // So that a test that waits in vain says for what.
      const limit = setTimeout(() => reject(new Error(`no ${type} came`)), giveUpMs);
      this.#waiting.push({ matches, resolve: (found) => (clearTimeout(limit), resolve(found)) });
    });
    return event.body as EventBody<T>;
  }

  countOf(type: EventType): number {
    return this.events.filter((event) => event.type === type).length;
  }

  common(device = this.device) {
    const issuedAtMs = this.clock();
    return {
      serverOrigin: this.origin,
      userId: this.userId ?? "",
      deviceId: device?.deviceId ?? "",
      issuedAtMs,
    };
  }

  async begin(userId: string, device: TestDevice, displayName = userId, inviteCode?: string): Promise<Bytes> {
    this.userId = user(userId);
    this.device = device;
    const invite = inviteCode === undefined ? {} : { inviteCode };
    const { challenge } = await this.request("register.begin", {
      userId: user(userId),
      displayName,
      ...invite,
    });
    return challenge;
  }

  async finishBody(
    challenge: Bytes,
    options: {
      readonly displayName?: string;
      readonly inviteCode?: string;
      readonly twist?: Twist<"register">;
      readonly signer?: SignatureDevice;
    } = {},
  ): Promise<RequestBody<"register.finish">> {
    const device = this.#device();
    const transcript: Transcript<"register"> = {
      purpose: "register",
      ...this.common(),
      serverChallenge: challenge,
      displayName: options.displayName ?? this.userId ?? "",
      devicePublicKey: device.publicKey,
      ...this.#terminalFields(),
    };
    const proof = await (options.signer ?? device).sign(options.twist?.(transcript) ?? transcript);
    const { kind, algorithm, publicKey } = device;
    const webauthn = "create" in device ? { webauthn: await device.create(challenge) } : {};
    const invite = options.inviteCode === undefined ? {} : { inviteCode: options.inviteCode };
    return { proof, device: { kind, algorithm, publicKey, ...chainOf(device) }, ...webauthn, ...invite };
  }

  async register(
    userId: string,
    device: TestDevice,
    inviteCode?: string,
  ): Promise<ReplyBody<"register.finish">> {
    const challenge = await this.begin(userId, device, userId, inviteCode);
    const invite = inviteCode === undefined ? {} : { inviteCode };
    const reply = await this.request("register.finish", await this.finishBody(challenge, invite));
    this.head = await statedHead(reply.entry);
    return reply;
  }

  async signInProof(
    twist: Twist<"sign-in"> = (transcript) => transcript,
    signer: SignatureDevice = this.#device(),
  ): Promise<ProofIn> {
    const begun = await this.request("sign-in.begin", { userId: this.userId ?? user("") });
    this.begun = begun;
    this.head = await statedHead(begun.entries[0]!);
    const fields = { serverChallenge: begun.challenge, ...this.#terminalFields(), head: this.head };
    return signer.sign(twist({ purpose: "sign-in", ...this.common(), ...fields }));
  }

  async signIn(userId: string, device: TestDevice): Promise<ReplyBody<"sign-in.finish">> {
    this.userId = user(userId);
    this.device = device;
    return this.request("sign-in.finish", await this.signInBody());
  }

  /** Why the server does not sign this device in. */
  async signInRefusal(userId: string, device: TestDevice): Promise<ErrorCode> {
    this.userId = user(userId);
    this.device = device;
    return this.refusal("sign-in.finish", await this.signInBody());
  }

  /** With a `certify` where the device has other certificates than the server says, whether they hold or not. */
  async signInBody(signer: SignatureDevice = this.#device()): Promise<RequestBody<"sign-in.finish">> {
    const proof = await this.signInProof(undefined, signer);
    return { proof, ...(await renewalOf(this, signer)) };
  }

  async resumeProof(twist: Twist<"resume"> = (transcript) => transcript): Promise<ProofIn> {
    const { challenge } = await this.request("session.challenge", {});
    const { terminalId } = this;
    return this.key.sign(
      twist({ purpose: "resume", ...this.common(), serverChallenge: challenge, terminalId }),
    );
  }

  async resume(): Promise<ReplyBody<"session.resume">> {
    return this.request("session.resume", { proof: await this.resumeProof() });
  }

  async releaseProof(
    signer: { sign(transcript: Transcript): Promise<ProofIn> } = this.key,
  ): Promise<ProofIn> {
    const { challenge } = await this.request("session.challenge", {});
    const { terminalId } = this;
    return signer.sign({ purpose: "release", ...this.common(), serverChallenge: challenge, terminalId });
  }

  #inCalls = () => ({ head: this.head, checkpoint: new Uint8Array() });

  async callProof(
    callId: string,
    members: readonly string[],
    twist: Twist<"call"> = (transcript) => transcript,
  ): Promise<ProofIn> {
    const leafKey = new Uint8Array(randomBytes(32));
    const fields = { callId, memberUserIds: members, leafKey, ...this.#inCalls() };
    return this.#device().sign(twist({ purpose: "call", ...this.common(), ...fields }));
  }

  async call(members: readonly string[], callId = newCallId()): Promise<ReplyBody<"call.request">> {
    return this.request("call.request", { proof: await this.callProof(callId, members) });
  }

  async joinProof(
    ring: { readonly callId: string; readonly proof: ProofIn },
    twist: Twist<"join"> = (transcript) => transcript,
  ): Promise<ProofIn> {
    const callProofDigest = new Uint8Array(await crypto.subtle.digest("SHA-256", ring.proof.transcript));
    const leafKey = new Uint8Array(randomBytes(32));
    const fields = { callId: ring.callId, callProofDigest, leafKey, ...this.#inCalls() };
    return this.#device().sign(
      twist({ purpose: "join", ...this.common(), ...fields, invitation: callProofDigest }),
    );
  }

  async join(ring: { readonly callId: string; readonly proof: ProofIn }): Promise<ReplyBody<"call.join">> {
    const proof = await this.joinProof(ring);
    return this.request("call.join", { proof, keyPackage: keyPackageFor(proof) });
  }

  async statement(purpose: "decline" | "leave" | "end", callId: string, reason: string): Promise<ProofIn> {
    return this.key.sign({ purpose, ...this.common(), callId, reason });
  }

  #terminalFields() {
    const expiresAtMs = this.clock() + 11 * 3_600_000;
    return { terminalId: this.terminalId, terminalKey: this.key.publicKey, expiresAtMs };
  }

  #device(): TestDevice {
    return this.device ?? assert.fail("the terminal has no device");
  }

  #listen(): void {
    this.socket.on("error", () => undefined);
    const { socket } = this;
    this.#closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("close", () => {
      for (const [id, asked] of this.#answers) {
        if (asked.socket !== socket) continue;
        this.#answers.delete(id);
        asked.resolve({ kind: "error", id: undefined, code: "connection.lost" });
      }
    });
    this.socket.on("message", (data: Buffer) => {
      const message = decodeServerMessage(data.toString());
      assert(
        message !== undefined,
        `a message of the server does not fit its schema: ${data.toString().slice(0, 200)}`,
      );
      if (message.kind === "event") return this.#take(message.event);
      if (message.id === undefined) return void (message.kind === "error" && this.faults.push(message.code));
      this.#answers.get(message.id)?.resolve(message);
      this.#answers.delete(message.id);
      return undefined;
    });
  }

  #take(event: ServerEvent): void {
    this.events.push(event);
    const waiting = this.#waiting.findIndex(({ matches }) => matches(event));
    if (waiting < 0) return;
    this.#seen.add(event);
    this.#waiting.splice(waiting, 1)[0]?.resolve(event);
  }
}
