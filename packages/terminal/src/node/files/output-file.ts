import { close, openSync, write } from "node:fs";
import { promisify } from "node:util";

import { SignetError, SerialQueue } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

const writeFd = promisify(write);
const closeFd = promisify(close);

/** Bytes that wait for the disk; 11 minutes of WAV. A disk that stands still must not fill the memory instead. */
const mostWaitingBytes = 64 * 1024 * 1024;

/** A file that is written in order, beside its head, which may be written again. */
export class OutputFile {
  readonly #fd: number;
  readonly #mostWaitingBytes: number;
  #waitingBytes = 0;
  #isTooSlow = false;
  #at = 0;
  readonly #writes = new SerialQueue();
  #failure: unknown;
  #closed: Promise<void> | undefined;

  /**
   * @param most bytes that may wait to be written; what is beyond, and all after it, is left out, and `close` rejects
   * @throws SignetError `media.cannotWrite`
   */
  constructor(path: string, most = mostWaitingBytes) {
    this.#mostWaitingBytes = most;
    try {
      // What was said in a call is for nobody else on this machine.
      this.#fd = openSync(path, "w", 0o600);
    } catch (cause) {
      throw new SignetError("media.cannotWrite", cause);
    }
  }

  append(bytes: Bytes): void {
    this.#enqueue(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** At the beginning, which was appended before. */
  rewrite(bytes: Bytes): void {
    this.#enqueue(bytes, 0);
  }

  /** @throws SignetError `media.cannotWrite` when anything could not be written */
  close(): Promise<void> {
    this.#closed ??= this.#writes.run(async () => {
      await closeFd(this.#fd).catch((error: unknown) => (this.#failure ??= error));
      if (this.#isTooSlow) this.#failure ??= new Error("the disk is too slow");
      if (this.#failure !== undefined) throw new SignetError("media.cannotWrite", this.#failure);
    });
    return this.#closed;
  }

  #enqueue(bytes: Bytes, position: number): void {
    if (this.#closed !== undefined) return;
    // Once something was left out, what came behind it would leave a hole.
    this.#isTooSlow ||= this.#waitingBytes + bytes.length > this.#mostWaitingBytes;
    if (this.#isTooSlow) return;
    this.#waitingBytes += bytes.length;
    void this.#writes.run(async () => {
      // After the first failure the rest would only leave holes.
      if (this.#failure !== undefined) return;
      try {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await writeFd(this.#fd, bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      } catch (error) {
        this.#failure = error;
      } finally {
        this.#waitingBytes -= bytes.length;
      }
    });
  }
}
