/**
 * Records of this origin in IndexedDB, which holds keys that cannot be read out as they are. A browser may keep nothing for a page, be full,
 * or never answer: then each of these rejects.
 */
const databaseName = "signet";
const version = 1;
const storeName = "bindings";
/** Nobody waits longer for a page than this (ms). */
const answerWithinMs = 3_000;

export class KeyDatabase {
  readonly #factory: IDBFactory;
  readonly #answerWithinMs: number;

  constructor(factory: IDBFactory, withinMs = answerWithinMs) {
    this.#factory = factory;
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

  #in<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
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
      opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(storeName));
      opening.addEventListener("error", () => fail(opening.error));
      opening.addEventListener("success", () => {
        const database = opening.result;
        if (isLate) return database.close();
        try {
          const transaction = database.transaction(storeName, mode);
          const asked = ask(transaction.objectStore(storeName));
          // What is written counts when the whole is, and not before.
          transaction.addEventListener("complete", () => {
            clearTimeout(timer);
            resolve(asked.result);
          });
          transaction.addEventListener("abort", () => fail(transaction.error ?? asked.error));
          transaction.commit();
        } catch (error) {
          fail(error);
        }
        // When what was begun is done.
        database.close();
      });
    });
  }
}
