import { closeCodeFor, decodeRequest, encodeMessage, maxMessageBytes, SignetError } from "@signet/protocol";
import type { Bytes, ErrorCode, ServerEvent, TerminalId, TerminalRequest } from "@signet/protocol";

import type { Endpoint } from "../registry/endpoint.ts";
import type { Answer } from "./answer.ts";
import { Challenges } from "./challenges.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Before sign-in there are no Commits to send: enough for a registration with all its certificates, 98 kB. Bytes of UTF-8. */
const maxStrangersBytes = 131_072;

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
  terminal: { readonly terminalId: TerminalId; readonly terminalKey: Bytes } | undefined;
  readonly openedAtMs: number;
  heardAtMs: number;
  pingedAtMs: number;
  readonly #socket: ConnectionSocket;
  readonly #shell: ConnectionShell;
  readonly #bucket: TokenBucket;
  #challenges: Challenges | undefined;
  #waiting: TerminalRequest[] = [];
  #busy = false;

  constructor(socket: ConnectionSocket, shell: ConnectionShell) {
    const nowMs = performance.now();
    this.openedAtMs = nowMs;
    this.heardAtMs = nowMs;
    this.pingedAtMs = nowMs;
    this.#socket = socket;
    this.#shell = shell;
    this.#bucket = new TokenBucket(shell.messagesPerSecond, shell.messageBurst, nowMs);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 1;
  }

  get isSignedIn(): boolean {
    return this.#shell.isSignedIn(this);
  }

  /** Made when the first is needed: most connections sit idle for hours. */
  get challenges(): Challenges {
    this.#challenges ??= new Challenges();
    return this.#challenges;
  }

  receive(message: Buffer, isBinary: boolean): void {
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
    else this.#waiting.push(decoded.request);
  }

  send(event: ServerEvent): void {
    this.sendText(encodeMessage(event));
  }

  sendText(text: string): void {
    if (!this.isOpen) return;
    this.#socket.send(text);
    // A peer that does not read would make us hold everything for it.
    if (this.#socket.bufferedAmount > this.#shell.unreadBytes) this.terminate();
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
    this.#socket.close(closeCode, reason);
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
    }
    this.#busy = false;
  }

  async #handle(request: TerminalRequest): Promise<void> {
    let answered = false;
    const respond = (answer: Answer): void => {
      if (answered) throw new Error(`${request.type} was answered twice`);
      answered = true;
      if (answer.ok) this.sendText(encodeMessage({ id: request.id, body: answer.body }));
      else this.fail(answer.code, request.id);
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
}

/** What a connection needs of the server around it. */
export interface ConnectionShell {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly unreadBytes: number;
  isSignedIn(connection: Connection): boolean;
  /** Calls `respond` exactly once. What it rejects with is a fault, not an outcome. */
  handle(connection: Connection, request: TerminalRequest, respond: (answer: Answer) => void): Promise<void>;
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
