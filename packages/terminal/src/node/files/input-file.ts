import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Input } from "./input.ts";
import { InputPipe } from "./input-pipe.ts";

/**
 * An ordinary file, read piece by piece, so that its size costs no memory; or a pipe, which is played as it comes.
 * @param source a path, or a descriptor that is open, such as 0 for standard input
 * @throws SignetError `media.noFile` when it cannot be opened, or is neither
 */
export function openInput(source: string | number): Input {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for its other end.
    const fd =
      typeof source === "number" ? source : openSync(source, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (stat.isFile()) return new InputFile(fd, stat.size);
    // Between two programs a pipe may be a socket.
    if (stat.isFIFO() || stat.isSocket()) return new InputPipe(fd);
    if (typeof source === "string") closeSync(fd);
  } catch (cause) {
    throw new SignetError("media.noFile", cause);
  }
  throw new SignetError("media.noFile", new Error("neither a file nor a pipe"));
}

class InputFile implements Input {
  readonly isWhole = true;
  readonly canRewind = true;
  readonly size: number;
  readonly #fd: number;
  #closed = false;

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.size = size;
  }

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

  until(): Promise<void> {
    return Promise.resolve();
  }

  forget(): void {
    // Nothing of it is held.
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
