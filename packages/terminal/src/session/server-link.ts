import { decodeReply, decodeServerMessage, encodeMessage } from "@signet/protocol";
import type { ErrorCode, ReplyBody, RequestBody, RequestType, ServerEvent } from "@signet/protocol";

import { bodyOf } from "../server-requests.ts";
import type { Answer, ServerRequests } from "../server-requests.ts";
import type { Socket, System } from "../system.ts";
import { InOrder } from "./in-order.ts";

/** `connection` is the number that {@link ServerLink.connect} was given. */
export interface ServerLinkListener {
  opened(connection: number): void;
  /** Once per connection that was opened or tried, unless we closed it; `code` where the server said why. */
  closed(connection: number, code: ErrorCode): void;
  event(connection: number, event: ServerEvent): void;
  /** It said something that this version cannot read: an event that it does not know, or no message at all. */
  passedOver?(): void;
}

/** What came of a request; the body is not read yet. */
type Outcome =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly code: ErrorCode };

/** Acts on it. @returns when that is done, where it takes a while */
type Settle = (outcome: Outcome) => Promise<void> | undefined;

interface OpenConnection {
  readonly socket: Socket;
  /** What the server says on it, its end last: each is heard when what follows from the one before is done. */
  readonly words: InOrder;
}

type LinkSystem = Pick<System, "after" | "nowMs" | "openSocket">;

const answerWithinMs = 15_000;
/** UTF-16 units. An honest server gives a terminal up before so much waits for it; more would only fill the memory. */
const longestText = 8 * 1024 * 1024;

const lost = { ok: false, code: "connection.lost" } as const;

/** One connection to the server at a time, and the requests that wait for an answer on it. */
export class ServerLink implements ServerRequests {
  readonly #url: string;
  readonly #system: LinkSystem;
  readonly #listener: ServerLinkListener;
  readonly #waiting = new Map<number, { readonly askedAtMs: number; readonly settle: Settle }>();
  #open: OpenConnection | undefined;
  #nextId = 0;
  #lastError: ErrorCode | undefined;
  #heardThroughMs: number | undefined;
  #lostAtMs: number | undefined;

  constructor(url: string, system: LinkSystem, listener: ServerLinkListener) {
    this.#url = url;
    this.#system = system;
    this.#listener = listener;
  }

  /**
   * When the latest request that was answered was sent, by the own clock; undefined before. Answers come in order with all else, so what the server
   * had said on this connection before then is heard, however long a machine that stood still took to read it.
   */
  get heardThroughMs(): number | undefined {
    return this.#heardThroughMs;
  }

  /**
   * Until when the connection before this one surely stood, by the own clock: its latest request that was answered was sent then. Undefined where none was
   * lost.
   */
  get lostAtMs(): number | undefined {
    return this.#lostAtMs;
  }

  /** Opens a connection in place of the one there is. */
  connect(connection: number): void {
    this.disconnect();
    const words = new InOrder();
    const isCurrent = (): boolean => this.#open?.words === words;
    this.#lastError = undefined;
    const socket = this.#system.openSocket(this.#url, {
      opened: () => {
        if (isCurrent()) this.#listener.opened(connection);
      },
      received: (text) => {
        if (!isCurrent()) return;
        if (text.length <= longestText) return words.add(() => this.#hear(connection, text));
        this.#lastError = "protocol.tooLarge";
        socket.close();
      },
      closed: () => {
        if (!isCurrent()) return;
        words.add(() => {
          this.#open = undefined;
          this.#failAll();
          this.#listener.closed(connection, this.#lastError ?? "connection.lost");
        });
      },
    });
    this.#open = { socket, words };
  }

  /** Closes without telling the listener. Whatever waits for an answer fails with `connection.lost`. */
  disconnect(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.words.clear();
    open?.socket.close();
    this.#failAll();
  }

  ask<T extends RequestType, R>(
    type: T,
    body: RequestBody<T>,
    act: (answer: Answer<T>) => R | Promise<R>,
  ): Promise<R> {
    const socket = this.#open?.socket;
    if (socket?.isOpen !== true) return Promise.resolve(lost).then(act);
    const id = this.#nextId++;
    return new Promise<R>((resolve, reject) => {
      const forget = this.#system.after(answerWithinMs, () => {
        void settle({ ok: false, code: "connection.timeout" });
      });
      const settle: Settle = (outcome) => {
        forget();
        this.#waiting.delete(id);
        try {
          const result = act(outcome.ok ? read(type, outcome.body) : outcome);
          resolve(result);
          return result instanceof Promise ? result.then(ignore, ignore) : undefined;
        } catch (error) {
          reject(error);
          return undefined;
        }
      };
      this.#waiting.set(id, { askedAtMs: this.#system.nowMs(), settle });
      socket.send(encodeMessage({ id, type, body }));
    });
  }

  request<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>> {
    return this.ask(type, body, bodyOf);
  }

  #hear(connection: number, text: string): Promise<void> | undefined {
    const message = decodeServerMessage(text);
    // What cannot be read is not for this version; whoever waits for it runs into the time limit.
    if (message === undefined) {
      this.#listener.passedOver?.();
      return undefined;
    }
    if (message.kind === "event") {
      this.#listener.event(connection, message.event);
      return undefined;
    }
    const asked = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (asked !== undefined) this.#heardThroughMs = asked.askedAtMs;
    if (message.kind === "reply") return asked?.settle({ ok: true, body: message.body });
    if (asked !== undefined) return asked.settle({ ok: false, code: message.code });
    this.#lastError = message.code;
    return undefined;
  }

  /** Not at once: who hears that the connection is gone hears it before what did not come of it. */
  #failAll(): void {
    this.#lostAtMs = this.#heardThroughMs;
    for (const { settle } of this.#waiting.values()) queueMicrotask(() => void settle(lost));
    this.#waiting.clear();
  }
}

function read<T extends RequestType>(type: T, reply: unknown): Answer<T> {
  const body = decodeReply(type, reply);
  return body === undefined ? { ok: false, code: "protocol.badMessage", isUnread: true } : { ok: true, body };
}

const ignore = (): void => undefined;
