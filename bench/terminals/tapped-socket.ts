/** The WebSocket of a terminal, counting what goes through it and telling what kind of message it is. */
import type { Largest, TrafficReport } from "./messages.ts";

export interface Tap {
  sent(type: string, id: number | undefined): void;
  received(type: string | undefined, id: number | undefined): void;
}

export class Traffic {
  #sentBytes = 0;
  #receivedBytes = 0;
  #largestSent: Largest = { type: "", bytes: 0 };
  #largestReceived: Largest = { type: "", bytes: 0 };

  countSent(type: string, bytes: number): void {
    this.#sentBytes += bytes;
    if (bytes > this.#largestSent.bytes) this.#largestSent = { type, bytes };
  }

  countReceived(type: string, bytes: number): void {
    this.#receivedBytes += bytes;
    if (bytes > this.#largestReceived.bytes) this.#largestReceived = { type, bytes };
  }

  get report(): TrafficReport {
    return {
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      largestSent: this.#largestSent,
      largestReceived: this.#largestReceived,
    };
  }
}

const head = /^\{(?:"id":(\d+),?)?(?:"type":"([a-z.A-Z-]+)")?/;

function headOf(text: string): { readonly id: number | undefined; readonly type: string | undefined } {
  const [, id, type] = head.exec(text.slice(0, 96)) ?? [];
  return { id: id === undefined ? undefined : Number(id), type };
}

const Socket = globalThis.WebSocket;

function tapped(tap: Tap, traffic: Traffic): typeof WebSocket {
  return class TappedSocket extends Socket {
    readonly #asked = new Map<number, string>();

    constructor(url: string | URL) {
      super(url);
      this.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        if (typeof data !== "string") return;
        const { id, type } = headOf(data);
        const asked = id === undefined ? undefined : this.#asked.get(id);
        if (id !== undefined) this.#asked.delete(id);
        traffic.countReceived(type ?? `reply to ${asked ?? "nothing"}`, data.length);
        tap.received(type ?? asked, id);
      });
    }

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (typeof data === "string") {
        const { id, type = "" } = headOf(data);
        if (id !== undefined) this.#asked.set(id, type);
        traffic.countSent(type, data.length);
        tap.sent(type, id);
      }
      super.send(data as string);
    }
  };
}

/**
 * Sockets made while `make` runs are tapped: the terminal makes its socket as it starts. Lengths are those of the text, which
 * is ASCII but for display names, and the bench's are ASCII.
 */
export function withTap(tap: Tap, traffic: Traffic, make: () => void): void {
  globalThis.WebSocket = tapped(tap, traffic);
  try {
    make();
  } finally {
    globalThis.WebSocket = Socket;
  }
}
