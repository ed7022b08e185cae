import { close, openSync, write } from "node:fs";
import { promisify } from "node:util";

import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

const writeFd = promisify(write);
const closeFd = promisify(close);

/** A file that is written in order, beside its head, which may be written again. */
export class OutputFile {
  readonly #fd: number;
  #at = 0;
  #writes: Promise<void> = Promise.resolve();
  #failure: unknown;
  #closed: Promise<void> | undefined;

  /** @throws SignetError `media.cannotWrite` */
  constructor(path: string) {
    try {
      this.#fd = openSync(path, "w");
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
    this.#closed ??= this.#writes.then(async () => {
      await closeFd(this.#fd).catch((error: unknown) => (this.#failure ??= error));
      if (this.#failure !== undefined) throw new SignetError("media.cannotWrite", this.#failure);
    });
    return this.#closed;
  }

  #enqueue(bytes: Bytes, position: number): void {
    if (this.#closed !== undefined) return;
    this.#writes = this.#writes.then(async () => {
      // After the first failure the rest would only leave holes.
      if (this.#failure !== undefined) return;
      try {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await writeFd(this.#fd, bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      } catch (error) {
        this.#failure = error;
      }
    });
  }
}
