import type { DatabaseSync } from "node:sqlite";

import { SignetError } from "@signet/protocol";

interface WaitingWrite {
  readonly run: () => unknown;
  readonly isOfPeople: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: all writes that wait when the event loop turns go into one transaction, and their promises resolve after
 * its COMMIT. A commit costs one fsync however many writes it holds, and fsync is what bounds sign-ins per second.
 *
 * A write must find out by reading whether it may happen: one that throws takes the whole transaction with it.
 */
export class WriteQueue {
  readonly #database: DatabaseSync;
  readonly #onPeople: () => void;
  readonly #beforeCommit: () => void;
  #waiting: WaitingWrite[] = [];
  #scheduled = false;
  #failure: unknown;

  /**
   * @param onPeople called when a write of people is durable, before anybody hears of it
   * @param beforeCommit of writes of people: part of the transaction
   */
  constructor(
    database: DatabaseSync,
    onPeople: () => void = () => undefined,
    beforeCommit: () => void = () => undefined,
  ) {
    this.#database = database;
    this.#onPeople = onPeople;
    this.#beforeCommit = beforeCommit;
  }

  /** Why the last write failed; undefined when it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * @param of `people`: it may add an entry of the directory
   * @throws SignetError `server.storage` when the transaction failed; then nothing of it happened
   */
  add<T>(run: () => T, of?: "people"): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const isOfPeople = of === "people";
      this.#waiting.push({ run, isOfPeople, resolve: resolve as (value: unknown) => void, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  flush(): void {
    this.#scheduled = false;
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    const isOfPeople = writes.some((write) => write.isOfPeople);
    let results: unknown[];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      results = writes.map((write) => write.run());
      if (isOfPeople) this.#beforeCommit();
      this.#database.exec("COMMIT");
    } catch (cause) {
      try {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      } catch {
        // The transaction stays open: the next BEGIN fails, and this is tried again.
      }
      this.#failure = cause;
      const error = new SignetError("server.storage", cause);
      for (const write of writes) write.reject(error);
      return;
    }
    this.#failure = undefined;
    if (isOfPeople) this.#onPeople();
    for (const [i, write] of writes.entries()) write.resolve(results[i]);
  }
}
