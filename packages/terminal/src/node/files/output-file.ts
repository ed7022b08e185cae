import { close, constants, fstatSync, openSync, write } from "node:fs";
import { Socket } from "node:net";
import { promisify } from "node:util";

import { SignetError, SerialQueue } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

const writeFd = promisify(write);
const closeFd = promisify(close);

/** Bytes that wait for the disk; 11 minutes of WAV. A disk that stands still must not fill the memory instead. */
const mostWaitingBytes = 64 * 1024 * 1024;

/** Without O_NONBLOCK, opening a pipe would wait for its reader. */
const writeNew = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;

/** A file that is written in order, beside its head, which may be written again; or a pipe that somebody reads. */
export class OutputFile {
  /** Resolves as soon as something cannot be written. */
  readonly failed: Promise<SignetError>;
  readonly #fd: number;
  readonly #pipe: Socket | undefined;
  readonly #mostWaitingBytes: number;
  #waitingBytes = 0;
  /** A write failed: the rest would only leave holes. */
  #isBroken = false;
  #at = 0;
  readonly #writes = new SerialQueue();
  readonly #tellFailure: (error: SignetError) => void;
  #failure: SignetError | undefined;
  #closed: Promise<void> | undefined;

  /**
   * @param most bytes that may wait to be written; what is beyond, and all after it, is left out, and `close` rejects
   * @throws SignetError `media.cannotWrite`
   */
  constructor(path: string, most = mostWaitingBytes) {
    this.#mostWaitingBytes = most;
    const { promise, resolve } = Promise.withResolvers<SignetError>();
    this.failed = promise;
    this.#tellFailure = resolve;
    try {
      // What was said in a call is for nobody else on this machine.
      this.#fd = openSync(path, writeNew, 0o600);
      if (fstatSync(this.#fd).isFIFO()) this.#pipe = pipeTo(this.#fd, (error) => this.fail(error));
    } catch (cause) {
      throw new SignetError("media.cannotWrite", cause);
    }
  }

  append(bytes: Bytes): void {
    this.#enqueue(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Whether what was appended can be written again. */
  get canRewrite(): boolean {
    return this.#pipe === undefined;
  }

  /** At the beginning, which was appended before. Nothing happens to a pipe. */
  rewrite(bytes: Bytes): void {
    if (this.canRewrite) this.#enqueue(bytes, 0);
  }

  /** @throws SignetError `media.cannotWrite` when anything could not be written */
  close(): Promise<void> {
    this.#closed ??= this.#writes.run(async () => {
      await (this.#pipe === undefined ? closeFd(this.#fd) : endOf(this.#pipe)).catch((error: unknown) =>
        this.fail(error),
      );
      if (this.#failure !== undefined) throw this.#failure;
    });
    return this.#closed;
  }

  /** What comes from now on is left out. @param cause why */
  fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = new SignetError("media.cannotWrite", cause);
    this.#tellFailure(this.#failure);
  }

  #enqueue(bytes: Bytes, position: number): void {
    // Once something was left out, what came behind it would leave a hole.
    if (this.#closed !== undefined || this.#failure !== undefined) return;
    if (this.#waitingBytes + bytes.length > this.#mostWaitingBytes)
      return this.fail(new Error("the disk is too slow"));
    this.#waitingBytes += bytes.length;
    void this.#writes.run(async () => {
      // What waits already is written, unless that fails.
      if (this.#isBroken) return;
      try {
        await (this.#pipe === undefined ? writeAll(this.#fd, bytes, position) : sendAll(this.#pipe, bytes));
      } catch (error) {
        this.#isBroken = true;
        this.fail(error);
      } finally {
        this.#waitingBytes -= bytes.length;
      }
    });
  }
}

async function writeAll(fd: number, bytes: Bytes, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await writeFd(fd, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function pipeTo(fd: number, onError: (error: Error) => void): Socket {
  return new Socket({ fd, readable: false, writable: true }).on("error", onError);
}

function sendAll(pipe: Socket, bytes: Bytes): Promise<void> {
  return new Promise((resolve, reject) => {
    pipe.write(bytes, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

function endOf(pipe: Socket): Promise<void> {
  if (pipe.destroyed) return Promise.resolve();
  return new Promise((resolve) => pipe.once("close", () => resolve()).end());
}
