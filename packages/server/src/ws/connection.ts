import {
  closeCodeFor,
  decodeRequest,
  encodeMessage,
  hasFeature,
  maxMessageBytes,
  SignetError,
  TokenBucket,
} from "@signet/protocol";
import type { Bytes, ErrorCode, Feature, ServerEvent, TerminalId, TerminalRequest } from "@signet/protocol";
import type { Duplex } from "node:stream";

import type { Endpoint } from "../registry/endpoint.ts";
import type { Answer } from "./answer.ts";
import { Challenges } from "./challenges.ts";

/** Before sign-in there are no Commits to send: enough for a registration with all its certificates, 98 kB. Bytes of UTF-8. */
const maxStrangersBytes = 131_072;
/** Heads of frames, and pings between them. */
const framingBytes = 4_096;
/** Each piece that arrives costs some hundred bytes beside its own. A message of 128 KiB comes in about 90 packets. */
const mostStrangersPieces = 256;
/** What a stranger may leave unread: twice the largest answer before sign-in, which has the certificates of authorities. */
const strangersUnreadBytes = 262_144;
/** For the farewell to arrive before the socket is gone. */
const farewellMs = 1_000;

/**
 * One terminal's socket.
 *
 *   new -- session.hello --> known -- register, sign in, resume --> signed in
 *    |                         ^                                        |
 *    +-- no hello in time      +---- released, taken over, expired -----+
 *
 * Requests are handled strictly in the order of their arrival, one after the other.
 */
export class Connection implements Endpoint {
  /** As it introduced itself; `features`: what it named, known here or not. */
  terminal:
    | {
        readonly terminalId: TerminalId;
        readonly terminalKey: Bytes;
        readonly features: readonly string[] | undefined;
      }
    | undefined;
  /** With whom it shares what one address may have; empty where nobody knows. */
  addressName = (): string => "";
  /** Whether it has shown that it holds the key. Nobody is bound to it before. */
  isTerminalProven = false;
  readonly openedAtMs: number;
  heardAtMs: number;
  pingedAtMs: number;
  readonly #socket: ConnectionSocket;
  /** Under it: TCP or TLS. */
  readonly #carrier: Duplex | undefined;
  readonly #shell: ConnectionShell;
  readonly #bucket: TokenBucket;
  #challenges: Challenges | undefined;
  #waiting: TerminalRequest[] = [];
  #busy = false;
  /** Since the last message: what there is of the next one. */
  #arrivedBytes = 0;
  #arrivedPieces = 0;

  /** @param carrier what the socket stands on, where it is one of the network */
  constructor(socket: ConnectionSocket, shell: ConnectionShell, carrier?: Duplex) {
    const nowMs = performance.now();
    this.openedAtMs = nowMs;
    this.heardAtMs = nowMs;
    this.pingedAtMs = nowMs;
    this.#socket = socket;
    this.#carrier = carrier;
    this.#shell = shell;
    this.#bucket = new TokenBucket(shell.messagesPerSecond, shell.messageBurst, nowMs);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 1;
  }

  get isSignedIn(): boolean {
    return this.#shell.isSignedIn(this);
  }

  hasFeature(feature: Feature): boolean {
    return hasFeature(this.terminal?.features, feature);
  }

  /** Made when the first is needed: most connections sit idle for hours. */
  get challenges(): Challenges {
    this.#challenges ??= new Challenges();
    return this.#challenges;
  }

  /** To be called with the length of each piece that arrives, before what it completes: an unfinished message is bounded as well. */
  arrived(bytes: number): void {
    this.#arrivedBytes += bytes;
    this.#arrivedPieces += 1;
    const isLarge = this.#arrivedBytes > maxStrangersBytes + framingBytes;
    if ((isLarge || this.#arrivedPieces > mostStrangersPieces) && !this.isSignedIn)
      this.cutOff("protocol.tooLarge");
  }

  receive(message: Buffer, isBinary: boolean): void {
    this.#arrivedBytes = 0;
    this.#arrivedPieces = 0;
    if (!this.isOpen) return;
    this.heardAtMs = performance.now();
    const mostBytes = this.isSignedIn ? maxMessageBytes : maxStrangersBytes;
    if (message.length > mostBytes) return this.fail("protocol.tooLarge");
    if (!this.#bucket.take(this.heardAtMs)) return this.fail("protocol.tooFast");
    if (isBinary) return this.fail("protocol.badJson");
    const text = message.toString("utf8");
    const decoded = decodeRequest(text);
    if (!decoded.ok) {
      const code = this.terminal === undefined && isOtherVersion(text) ? "protocol.version" : decoded.code;
      return this.fail(code, decoded.id);
    }
    if (!this.#busy) void this.#handleAll(decoded.request);
    else {
      this.#waiting.push(decoded.request);
      // What comes after it waits at the sender's.
      this.#socket.pause?.();
    }
  }

  send(event: ServerEvent): void {
    this.sendText(encodeMessage(event));
  }

  sendText(text: string): void {
    if (!this.isOpen) return;
    this.#socket.send(text);
    // A peer that does not read would make us hold everything for it.
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount > this.#shell.unreadBytes) this.terminate();
    else if (bufferedAmount > strangersUnreadBytes && !this.isSignedIn) this.terminate();
  }

  /** Tells the error, and closes where its code says so. */
  fail(code: ErrorCode, id?: number): void {
    this.#shell.onRefusal(this, code);
    // Terminals of version 0.1 do not take an error without a message; what people read is theirs to say.
    const error = { code, message: code };
    this.sendText(JSON.stringify(id === undefined ? { error } : { id, error }));
    const closeCode = closeCodeFor(code);
    if (closeCode !== undefined) this.close(closeCode, code);
  }

  close(closeCode: number, reason: string): void {
    this.#waiting = [];
    this.#socket.resume?.();
    this.#socket.close(closeCode, reason);
  }

  /** Tells the error and ends, whether or not the peer answers; what it still sends is read no more. */
  cutOff(code: ErrorCode): void {
    if (this.isOpen) this.fail(code);
    this.#waiting = [];
    const carrier = this.#carrier;
    if (carrier === undefined) return this.terminate();
    carrier.removeAllListeners("data");
    carrier.resume();
    carrier.end();
    setTimeout(() => carrier.destroy(), farewellMs).unref();
  }

  ping(nowMs: number): void {
    this.pingedAtMs = nowMs;
    if (this.isOpen) this.#socket.ping();
  }

  /** Without the closing handshake, which a dead or flooding peer would not answer. */
  terminate(): void {
    this.#waiting = [];
    this.#socket.terminate();
  }

  async #handleAll(first: TerminalRequest): Promise<void> {
    this.#busy = true;
    for (
      let request: TerminalRequest | undefined = first;
      request !== undefined;
      request = this.#waiting.shift()
    ) {
      await this.#handle(request);
      if (this.#waiting.length === 0) this.#socket.resume?.();
    }
    this.#busy = false;
  }

  async #handle(request: TerminalRequest): Promise<void> {
    let answered = false;
    const respond = (answer: Answer): void => {
      if (answered) throw new Error(`${request.type} was answered twice`);
      answered = true;
      if (!answer.ok) return this.fail(answer.code, request.id);
      const text = encodeMessage({ id: request.id, body: answer.body });
      this.sendText(text);
      this.#shell.onReply(this, Buffer.byteLength(text));
    };
    try {
      await this.#shell.handle(this, request, respond);
      if (!answered) throw new Error(`${request.type} was not answered`);
    } catch (error) {
      const code = error instanceof SignetError ? error.code : "server.internal";
      this.#shell.onFault(request.type, error);
      if (!answered) this.fail(code, request.id);
    }
  }
}

/** Of a WebSocket, what a connection needs. */
export interface ConnectionSocket {
  /** 1 while it is open. */
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
  /** Absent where nothing can wait at the sender's. */
  pause?(): void;
  resume?(): void;
}

/** What a connection needs of the server around it. */
export interface ConnectionShell {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly unreadBytes: number;
  isSignedIn(connection: Connection): boolean;
  /** Somebody who is signed in shows the code that was entered here. */
  isPairing(connection: Connection): boolean;
  /** Calls `respond` exactly once. What it rejects with is a fault, not an outcome. */
  handle(connection: Connection, request: TerminalRequest, respond: (answer: Answer) => void): Promise<void>;
  /** Of so many bytes. */
  onReply(connection: Connection, bytes: number): void;
  onRefusal(connection: Connection, code: ErrorCode): void;
  onFault(requestType: string, error: unknown): void;
}

/** A terminal of another version says so in its first message, whose other fields this version may not know. */
function isOtherVersion(text: string): boolean {
  try {
    const message = JSON.parse(text) as { type?: unknown; body?: { version?: unknown } } | null;
    return (
      message?.type === "session.hello" && message.body?.version !== undefined && message.body.version !== 1
    );
  } catch {
    return false;
  }
}
