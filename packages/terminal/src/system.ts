import type { Bytes } from "@signet/protocol";

/** Time, chance and connections: what a terminal takes from where it runs, so that a test can bring a world of its own. */

export interface System {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonicMs: () => number;
  /** Runs it once, so much later at the earliest. @returns takes it back */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** 0 to 1, for what is spread and for nothing that is secret. */
  readonly random: () => number;
  /** For names and questions that nobody else may guess or make twice. */
  readonly randomBytes: (lengthBytes: number) => Bytes;
  /** @param url `ws:` or `wss:` */
  readonly openSocket: (url: string, listener: SocketListener) => Socket;
}

/** One connection, in text. */
export interface Socket {
  readonly isOpen: boolean;
  send(text: string): void;
  close(): void;
}

/** Told of in the order in which it happened; never from within `openSocket`. */
export interface SocketListener {
  opened(): void;
  received(text: string): void;
  /** Once, also when it was never opened; nothing comes after it. */
  closed(): void;
}

/** What browsers and Node have. */
export const ownSystem: System = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after,
  random: () => Math.random(),
  randomBytes: (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)),
  openSocket,
};

/** What timers of browsers and Node take (ms): what is more they run at once. */
const longestTimerMs = 2 ** 31 - 1;

function after(delayMs: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number): void => {
    timer =
      leftMs > longestTimerMs
        ? setTimeout(() => wait(leftMs - longestTimerMs), longestTimerMs)
        : setTimeout(run, leftMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

function openSocket(url: string, listener: SocketListener): Socket {
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => listener.opened());
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") listener.received(data);
  });
  socket.addEventListener("close", () => listener.closed());
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
}
