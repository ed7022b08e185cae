import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { decodeReply, decodeRequest, decodeServerMessage, encodeMessage } from "@signet/protocol";
import type {
  EventBody,
  EventType,
  ReplyBody,
  RequestBody,
  RequestType,
  ServerEvent,
  TerminalRequest,
} from "@signet/protocol";
import { WebSocket, WebSocketServer } from "ws";
import type { RawData } from "ws";
import { patienceMs } from "./wait.ts";

/** What goes on instead of a message: nothing, the message, something else, or several. */
type Change<Body> = (body: Body) => readonly Body[];

/** Both sides send text; `ws` gives it as one buffer. */
const textOf = (data: RawData): string => (data as Buffer).toString("utf8");

/** A terminal's connection, and the real server's behind it. */
interface Line {
  readonly terminal: WebSocket;
  readonly server: WebSocket;
  /** Types of the requests that wait for their replies. */
  readonly asked: Map<number, RequestType>;
}

/**
 * Stands between one terminal and the real server, and lies where a test tells it to. All that it is not told to change
 * passes as it is.
 */
export class DishonestServer {
  readonly #sockets: WebSocketServer;
  readonly #upstream: string;
  readonly #events = new Map<EventType, Change<ServerEvent["body"]>>();
  readonly #replies = new Map<RequestType, Change<unknown>>();
  readonly #requests = new Map<RequestType, Change<unknown>>();
  readonly #answers = new Map<RequestType, (body: unknown) => unknown>();
  readonly #later = new Map<RequestType, (body: unknown) => Promise<unknown>>();
  readonly #waiters = new Set<(request: TerminalRequest) => void>();
  /** Every request of the terminal, in order. */
  readonly requests: TerminalRequest[] = [];
  #line: Line | undefined;
  /** Larger than any that a terminal uses. */
  #ownId = Number.MAX_SAFE_INTEGER;
  readonly #keepsLog: boolean;
  /** Connections are refused. */
  isDown = false;

  private constructor(sockets: WebSocketServer, upstream: string, keepsLog: boolean) {
    this.#sockets = sockets;
    this.#upstream = upstream;
    this.#keepsLog = keepsLog;
    sockets.on("connection", (terminal) => this.#connected(terminal));
  }

  /** @param keepsLog false for one that says it keeps none, as before there was one: then nothing proves what it shows, and what else would find it has to */
  static async before(serverOrigin: string, { keepsLog = true } = {}): Promise<DishonestServer> {
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(sockets, "listening");
    return new DishonestServer(sockets, `${serverOrigin.replace(/^http/, "ws")}/ws`, keepsLog);
  }

  /** Where the terminal connects. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#sockets.address() as AddressInfo).port}`;
  }

  onEvent<T extends EventType>(type: T, change: Change<EventBody<T>>): void {
    this.#events.set(type, change as unknown as Change<ServerEvent["body"]>);
  }

  onReply<T extends RequestType>(type: T, change: Change<ReplyBody<T>>): void {
    this.#replies.set(type, change as unknown as Change<unknown>);
  }

  onRequest<T extends RequestType>(type: T, change: Change<RequestBody<T>>): void {
    this.#requests.set(type, change as unknown as Change<unknown>);
  }

  /** Answers such requests itself; the real server does not hear of them. `undefined` is no answer. */
  answer<T extends RequestType>(type: T, reply: (body: RequestBody<T>) => ReplyBody<T> | undefined): void {
    this.#answers.set(type, reply as (body: unknown) => unknown);
  }

  /** As {@link answer}, for what has to be asked elsewhere. What fails there fails with that code here. */
  answerLater<T extends RequestType>(type: T, reply: (body: RequestBody<T>) => Promise<ReplyBody<T>>): void {
    this.#later.set(type, reply as (body: unknown) => Promise<unknown>);
  }

  /** Is honest again about whatever it lied about. */
  repent(): void {
    for (const lies of [this.#events, this.#replies, this.#requests, this.#answers, this.#later])
      lies.clear();
  }

  inject(event: ServerEvent): void {
    this.injectText(encodeMessage(event));
  }

  injectText(text: string): void {
    this.#line?.terminal.send(text);
  }

  /** Asks the real server something that the terminal did not; its answer goes nowhere. */
  send<T extends RequestType>(type: T, body: RequestBody<T>): void {
    this.#line?.server.send(encodeMessage({ id: this.#ownId--, type, body }));
  }

  /** The connection breaks, as a network does: without a word. */
  cut(): void {
    this.#line?.terminal.terminate();
    this.#line?.server.terminate();
    this.#line = undefined;
  }

  /** The next request of this type from now on. */
  next<T extends RequestType>(type: T): Promise<RequestBody<T>> {
    const failure = new Error(`waited in vain for ${type}`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(failure), patienceMs);
      const waiter = (request: TerminalRequest): void => {
        if (request.type !== type) return;
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(request.body as RequestBody<T>);
      };
      this.#waiters.add(waiter);
    });
  }

  async close(): Promise<void> {
    this.isDown = true;
    this.cut();
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise((resolve) => this.#sockets.close(resolve));
  }

  #connected(terminal: WebSocket): void {
    if (this.isDown) return terminal.terminate();
    const server = new WebSocket(this.#upstream);
    const line: Line = { terminal, server, asked: new Map() };
    this.#line = line;
    const waiting: string[] = [];
    terminal.on("message", (data) => {
      for (const text of this.#fromTerminal(line, textOf(data))) {
        if (server.readyState === WebSocket.OPEN) server.send(text);
        else waiting.push(text);
      }
    });
    server.on("open", () => {
      for (const text of waiting) server.send(text);
    });
    server.on("message", (data) => {
      for (const text of this.#fromServer(line, textOf(data))) terminal.send(text);
    });
    // The server is gone, or comes up just now: the terminal sees its connection break.
    server.on("error", () => terminal.terminate());
    server.on("close", () => terminal.close());
    terminal.on("close", () => server.terminate());
  }

  #fromTerminal(line: Line, text: string): readonly string[] {
    const decoded = decodeRequest(text);
    if (!decoded.ok) return [text];
    const { request } = decoded;
    const { id, type } = request;
    this.requests.push(request);
    line.asked.set(id, type);
    const change = this.#requests.get(type);
    const answer = this.#answers.get(type);
    const texts =
      change === undefined ? [text] : change(request.body).map((body) => encodeMessage({ id, type, body }));
    if (answer !== undefined) {
      const body = answer(request.body);
      if (body !== undefined) line.terminal.send(encodeMessage({ id, body }));
    }
    const later = this.#later.get(type);
    if (later !== undefined) void this.#answerLater(line, id, later(request.body));
    for (const waiter of this.#waiters) waiter(request);
    return answer === undefined && later === undefined ? texts : [];
  }

  async #answerLater(line: Line, id: number, reply: Promise<unknown>): Promise<void> {
    const answered = await reply.then(
      (body) => ({ id, body }),
      (error: unknown) => ({ id, error: { code: (error as Error).message } }),
    );
    line.terminal.send(encodeMessage(answered));
  }

  #fromServer(line: Line, text: string): readonly string[] {
    const message = decodeServerMessage(text);
    if (message?.kind === "event") {
      const { type, body } = message.event;
      const change = this.#events.get(type);
      return change === undefined
        ? [text]
        : change(body).map((changed) => encodeMessage({ type, body: changed }));
    }
    if (message?.kind !== "reply") return [text];
    const { id } = message;
    const type = line.asked.get(id);
    line.asked.delete(id);
    const change = type === undefined ? undefined : this.#replies.get(type);
    const decoded = type === undefined ? undefined : decodeReply(type, message.body);
    const hidesLog = type === "session.hello" && !this.#keepsLog;
    if (decoded === undefined || (change === undefined && !hidesLog)) return [text];
    const body: unknown = hidesLog ? { ...(decoded as object), logKey: undefined } : decoded;
    return (change?.(body) ?? [body]).map((changed) => encodeMessage({ id, body: changed }));
  }
}
