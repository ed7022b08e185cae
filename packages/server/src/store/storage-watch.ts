import { statfs } from "node:fs/promises";

import type { Logger } from "pino";

import type { Store } from "./store.ts";

export interface StorageWatchOptions {
  readonly store: Store;
  readonly dataDir: string;
  readonly log: Logger;
  /** Of the disk of the data directory, in bytes; for tests. */
  readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
}

/** With less a registration or two may still pass; more would call small disks full that are not. */
export const leastFreeBytes = 1024 * 1024;

/** How often what was written is put where it is to stay, while all is well. */
const tidyEveryMs = 60_000;

/** Whether the server can write, for whoever looks after it: in the log once when that changes, and all the time at `/healthz`. */
export class StorageWatch {
  readonly #options: StorageWatchOptions;
  #status: "ok" | "cannotWrite" | "diskFull" = "ok";
  #tidiedAtMs: number | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
  }

  get status(): "ok" | "cannotWrite" | "diskFull" {
    return this.#options.store.failure === undefined ? this.#status : "cannotWrite";
  }

  /** To be called about once a second. @param nowMs monotonic */
  look(nowMs: number): Promise<void> {
    return (this.#looking ??= this.#look(nowMs).finally(() => {
      this.#looking = undefined;
    }));
  }

  async #look(nowMs: number): Promise<void> {
    const { store, dataDir, log, freeBytes = freeBytesOf } = this.#options;
    if (store.failure !== undefined || nowMs - (this.#tidiedAtMs ?? -Infinity) >= tidyEveryMs) {
      this.#tidiedAtMs = nowMs;
      await store.tidy();
    }
    const { failure } = store;
    // A disk that does not say how full it is, is found out when a write fails.
    const free = await freeBytes(dataDir).catch(() => Infinity);
    const before = this.#status;
    this.#status = failure !== undefined ? "cannotWrite" : free < leastFreeBytes ? "diskFull" : "ok";
    if (this.#status === before) return;
    if (this.#status === "cannotWrite")
      log.error(
        { err: failure },
        "nothing can be written: nobody can register or sign in, and no call begins",
      );
    else if (this.#status === "diskFull")
      log.error({ freeBytes: free }, "the disk of the data directory is full");
    else log.info("writing works again");
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
