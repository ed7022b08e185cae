/**
 * Records of this origin in IndexedDB, which holds keys that cannot be read out as they are. A browser may keep nothing for a page, be full,
 * or never answer: then each of these rejects.
 */
const databaseName = "signet";
/** 2: with documents. */
const version = 2;
const storeNames = ["bindings", "documents"] as const;
/** Nobody waits longer for a page than this (ms). */
const answerWithinMs = 3_000;

export class KeyDatabase {
  readonly #factory: IDBFactory;
  readonly #storeName: (typeof storeNames)[number];
  readonly #answerWithinMs: number;

  constructor(
    factory: IDBFactory,
    storeName: (typeof storeNames)[number] = "bindings",
    withinMs = answerWithinMs,
  ) {
    this.#factory = factory;
    this.#storeName = storeName;
    this.#answerWithinMs = withinMs;
  }

  /** @returns undefined for none */
  read(name: string): Promise<unknown> {
    return this.#in("readonly", (store) => store.get(name));
  }

  async write(name: string, record: unknown): Promise<void> {
    await this.#in("readwrite", (store) => store.put(record, name));
  }

  async delete(name: string): Promise<void> {
    await this.#in("readwrite", (store) => store.delete(name));
  }

  names(): Promise<readonly unknown[]> {
    return this.#in("readonly", (store) => store.getAllKeys());
  }

  /**
   * Nobody writes between the two.
   * @param next of what is there; undefined leaves it
   * @returns whether it was written
   */
  async exchange(name: string, next: (held: unknown) => unknown): Promise<boolean> {
    let isWritten = false;
    await this.#in<unknown>(
      "readwrite",
      (store) => {
        const reading = store.get(name);
        reading.addEventListener("success", () => {
          const record = next(reading.result);
          if (record === undefined) return;
          store.put(record, name);
          isWritten = true;
        });
        return reading;
      },
      "asksMore",
    );
    return isWritten;
  }

  #in<T>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
    more?: "asksMore",
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const opening = this.#factory.open(databaseName, version);
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(new Error("the browser's database does not answer"));
      }, this.#answerWithinMs);
      const fail = (error: unknown): void => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error("the browser's database failed"));
      };
      opening.addEventListener("upgradeneeded", () => {
        const { objectStoreNames } = opening.result;
        for (const name of storeNames)
          if (!objectStoreNames.contains(name)) opening.result.createObjectStore(name);
      });
      opening.addEventListener("error", () => fail(opening.error));
      opening.addEventListener("success", () => {
        const database = opening.result;
        if (isLate) return database.close();
        try {
          const transaction = database.transaction(this.#storeName, mode);
          const asked = ask(transaction.objectStore(this.#storeName));
          // What is written counts when the whole is, and not before.
          transaction.addEventListener("complete", () => {
            clearTimeout(timer);
            resolve(asked.result);
          });
          transaction.addEventListener("abort", () => fail(transaction.error ?? asked.error));
          if (more === undefined) transaction.commit();
        } catch (error) {
          fail(error);
        }
        // When what was begun is done.
        database.close();
      });
    });
  }
}
