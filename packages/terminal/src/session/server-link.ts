import { SignetError, decodeReply, decodeServerMessage, encodeMessage } from "@signet/protocol";
import type { ErrorCode, ReplyBody, RequestBody, RequestType, ServerEvent } from "@signet/protocol";

/** `connection` is the number that {@link ServerLink.connect} was given. */
export interface ServerLinkListener {
  opened(connection: number): void;
  /** Once per connection that was opened or tried, unless we closed it; `code` where the server said why. */
  closed(connection: number, code: ErrorCode): void;
  event(connection: number, event: ServerEvent): void;
}

interface Waiting {
  readonly type: RequestType;
  resolve(body: unknown): void;
  reject(error: SignetError): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const answerWithinMs = 15_000;
/** Functions that are awaited between the socket and whoever acts on an answer: more than there are. */
const awaitsBehindAnswer = 8;
/** UTF-16 units. An honest server gives a terminal up before so much waits for it; more would only fill the memory. */
const longestText = 8 * 1024 * 1024;

/** One WebSocket to the server at a time, and the requests that wait for an answer on it. */
export class ServerLink {
  readonly #url: string;
  readonly #listener: ServerLinkListener;
  readonly #waiting = new Map<number, Waiting>();
  #socket: WebSocket | undefined;
  #nextId = 0;
  #lastError: ErrorCode | undefined;
  /** Came in one piece with an answer before them. */
  readonly #inbox: string[] = [];
  #isPausing = false;

  constructor(url: string, listener: ServerLinkListener) {
    this.#url = url;
    this.#listener = listener;
  }

  /** Opens a connection in place of the one there is. */
  connect(connection: number): void {
    this.disconnect();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#lastError = undefined;
    socket.addEventListener("open", () => {
      if (this.#socket === socket) this.#listener.opened(connection);
    });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (this.#socket !== socket || typeof data !== "string") return;
      if (data.length <= longestText) return this.#take(connection, data);
      this.#lastError = "protocol.tooLarge";
      socket.close();
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      for (const message of this.#inbox.splice(0)) this.#receive(connection, message);
      this.#socket = undefined;
      this.#failAll();
      this.#listener.closed(connection, this.#lastError ?? "connection.lost");
    });
  }

  /** Closes without telling the listener. Whatever waits for an answer fails with `connection.lost`. */
  disconnect(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#inbox.length = 0;
    socket?.close();
    this.#failAll();
  }

  /** @throws SignetError with the server's code, `connection.lost` or `connection.timeout` */
  request<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new SignetError("connection.lost"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(waiting.timer);
        this.#waiting.delete(id);
      };
      const waiting: Waiting = {
        type,
        resolve: (reply) => {
          settle();
          const parsed = decodeReply(type, reply);
          if (parsed === undefined) reject(new SignetError("protocol.badMessage"));
          else resolve(parsed);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        timer: setTimeout(() => waiting.reject(new SignetError("connection.timeout")), answerWithinMs),
      };
      this.#waiting.set(id, waiting);
      socket.send(encodeMessage({ id, type, body }));
    });
  }

  /**
   * Node hands over several messages within one task. Whoever waits for an answer acts on it before what the server said next is
   * heard, as in a browser: else a call could end here before it is known who was called in vain.
   */
  #take(connection: number, text: string): void {
    this.#inbox.push(text);
    if (!this.#isPausing) void this.#drain(connection);
  }

  async #drain(connection: number): Promise<void> {
    for (let text = this.#inbox.shift(); text !== undefined; text = this.#inbox.shift()) {
      if (!this.#receive(connection, text)) continue;
      this.#isPausing = true;
      for (let i = 0; i < awaitsBehindAnswer; i++) await Promise.resolve();
      this.#isPausing = false;
    }
  }

  /** @returns whether somebody waited for it */
  #receive(connection: number, text: string): boolean {
    const message = decodeServerMessage(text);
    // What cannot be read is not for this version; whoever waits for it runs into the time limit.
    if (message === undefined) return false;
    if (message.kind === "event") {
      this.#listener.event(connection, message.event);
      return false;
    }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (message.kind === "reply") waiting?.resolve(message.body);
    else if (waiting === undefined) this.#lastError = message.code;
    else waiting.reject(new SignetError(message.code));
    return waiting !== undefined;
  }

  #failAll(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new SignetError("connection.lost"));
  }
}
