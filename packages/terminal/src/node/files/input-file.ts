import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** A file that is read piece by piece, so that its size costs no memory. */
export class InputFile {
  readonly size: number;
  readonly #fd: number;
  #closed = false;

  /** @throws SignetError `media.noFile` when it cannot be opened or is no ordinary file */
  constructor(path: string) {
    try {
      // Without O_NONBLOCK, opening a pipe would wait for its other end.
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (cause) {
      throw new SignetError("media.noFile", cause);
    }
    const stat = fstatSync(this.#fd);
    this.size = stat.size;
    if (stat.isFile()) return;
    closeSync(this.#fd);
    throw new SignetError("media.noFile", new Error("not an ordinary file"));
  }

  /** @returns what there is at `position`, at most `length` bytes; less at the end of the file */
  read(position: number, length: number): Bytes {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - position)));
    let filled = 0;
    while (filled < bytes.length && !this.#closed) {
      const count = this.#readSome(bytes, filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled === bytes.length ? bytes : bytes.subarray(0, filled);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }

  #readSome(bytes: Bytes, filled: number, position: number): number {
    try {
      return readSync(this.#fd, bytes, filled, bytes.length - filled, position);
    } catch (cause) {
      throw new SignetError("media.noFile", cause);
    }
  }
}
