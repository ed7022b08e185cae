import { Socket } from "node:net";

import { SignetError, concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Input } from "./input.ts";

/** What is held of a pipe before its writer has to wait: a second and more of the usual formats. */
const mostHeldBytes = 512 * 1024;

/** A pipe, whether it has a name or not. A named one that nobody has opened for writing yet has not ended. */
export class InputPipe implements Input {
  readonly size = undefined;
  readonly canRewind = false;
  readonly #socket: Socket;
  #held: Bytes = new Uint8Array(0);
  /** Position of the first byte that is held. */
  #start = 0;
  /** Bytes to come that were forgotten already. */
  #toSkip = 0;
  #isWhole = false;
  #failure: SignetError | undefined;
  #wake: (() => void) | undefined;

  /** @param fd opened with O_NONBLOCK; closed with this */
  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.on("data", (bytes: Uint8Array) => this.#take(bytes));
    this.#socket.on("error", (cause) => {
      this.#failure = new SignetError("media.noFile", cause);
    });
    // Of one that broke as well.
    this.#socket.on("close", () => {
      this.#isWhole = true;
      this.#wake?.();
    });
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  read(position: number, length: number): Bytes {
    const at = position - this.#start;
    if (at < 0) throw new Error("asked for what was forgotten");
    return this.#held.slice(at, at + length);
  }

  async until(position: number, length: number): Promise<void> {
    if (position + length - this.#start > mostHeldBytes) throw new Error("asked for more than is held");
    while (!this.#isWhole && this.#start + this.#held.length < position + length) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  forget(position: number): void {
    const count = position - this.#start;
    if (count <= 0) return;
    this.#toSkip += Math.max(0, count - this.#held.length);
    this.#held = this.#held.slice(count);
    this.#start = position;
    if (this.#held.length < mostHeldBytes) this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    const taken = bytes.subarray(Math.min(this.#toSkip, bytes.length));
    this.#toSkip -= bytes.length - taken.length;
    this.#held = concatBytes(this.#held, taken);
    if (this.#held.length >= mostHeldBytes) this.#socket.pause();
    this.#wake?.();
  }
}
