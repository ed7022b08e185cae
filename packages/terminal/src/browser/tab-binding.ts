/**
 * The binding of one tab, beyond a reload of its page. Its name stands in the `sessionStorage`, which lasts as long as the tab; what is kept
 * under it, the terminal key among it, in IndexedDB. Whoever duplicates a tab copies the name: so the page that uses it holds a lock of that
 * name for as long as it lives, and who does not get the lock is another terminal.
 *
 *   page comes -- name, left lately, lock --> goes on with what is kept
 *             +-- anything else ------------> a new terminal, with a name of its own as soon as it keeps something
 */
import { SerialQueue, toBase64Url } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import type { BindingPlace, KeptBinding } from "../session/binding-place.ts";
import type { System } from "../system.ts";
import type { KeyDatabase } from "./key-database.ts";

const place = "signet.tab";
const lockOf = (name: string): string => `signet.tab.${name}`;
/**
 * After how long nobody goes on with what a page left (ms). A reload takes seconds, or a minute while a server restarts; a tab that was closed
 * may be opened again by somebody else.
 */
export const leftMostMs = 2 * 60_000;
/** How long the page of before may take to give up the lock once it was left (ms): some tens in practice. */
const lockWaitMs = 2_000;

export interface TabPlaces {
  /** Of the tab. */
  readonly storage: Storage;
  readonly locks: Pick<LockManager, "request">;
  readonly database: Pick<KeyDatabase, "read" | "write" | "delete" | "names">;
  readonly system: Pick<System, "after" | "nowMs" | "randomBytes">;
}

export class TabBinding implements BindingPlace {
  readonly #places: TabPlaces;
  readonly #writing = new SerialQueue();
  /** The name that this page holds the lock of. */
  #name: string | undefined;
  /** Whether something is kept under it. */
  #isKept = false;
  #callId: CallId | undefined;

  constructor(places: TabPlaces) {
    this.#places = places;
    // By then a reload is done.
    places.system.after(leftMostMs, () => void this.#sweep().catch(() => undefined));
  }

  async take(): ReturnType<BindingPlace["take"]> {
    try {
      const left = this.#read();
      // Until this page keeps something itself, no other one finds anything.
      this.#places.storage.removeItem(place);
      if (left === undefined) return undefined;
      const { name, callId, leftAtMs } = left;
      // Without a time the page of before did not end, or not in peace: the tab is a copy of one, most likely.
      if (!(await this.#hold(name, leftAtMs === undefined ? 0 : lockWaitMs))) return undefined;
      this.#name = name;
      const agoMs = this.#places.system.nowMs() - (leftAtMs ?? 0);
      if (agoMs < 0 || agoMs > leftMostMs) {
        this.forget();
        return undefined;
      }
      const kept = await this.#places.database.read(name);
      this.#isKept = true;
      this.#note();
      return { kept, callId };
    } catch {
      this.#isKept = false;
      return undefined;
    }
  }

  keep(kept: KeptBinding): Promise<boolean> {
    this.#isKept = true;
    return this.#writing.run(async () => {
      try {
        const name = this.#name ?? (await this.#newName());
        await this.#places.database.write(name, kept);
        if (this.#isKept) this.#note();
        return this.#isKept;
      } catch {
        this.forget();
        return false;
      }
    });
  }

  forget(): void {
    this.#isKept = false;
    attempt(() => this.#places.storage.removeItem(place));
    void this.#writing
      .run(async () => {
        // Kept anew since.
        if (this.#name === undefined || this.#isKept) return;
        await this.#places.database.delete(this.#name);
      })
      .catch(() => undefined);
  }

  leaving(callId: CallId): void {
    this.#callId = callId;
    this.left();
  }

  /** The page goes. */
  left(): void {
    if (this.#isKept) attempt(() => this.#note(this.#places.system.nowMs()));
  }

  /** The browser had only put the page aside. */
  returned(): void {
    this.#callId = undefined;
    if (this.#isKept) attempt(() => this.#note());
  }

  #note(leftAtMs?: number): void {
    if (this.#name === undefined) return;
    const callId = leftAtMs === undefined ? undefined : this.#callId;
    const text = JSON.stringify({ name: this.#name, leftAtMs, callId });
    this.#places.storage.setItem(place, text);
  }

  #read(): { readonly name: string; readonly leftAtMs?: number; readonly callId?: unknown } | undefined {
    const stored: unknown = JSON.parse(this.#places.storage.getItem(place) ?? "null");
    const { name, leftAtMs, callId } = Object(stored) as Record<string, unknown>;
    if (typeof name !== "string") return undefined;
    return { name, callId, ...(typeof leftAtMs === "number" ? { leftAtMs } : {}) };
  }

  async #newName(): Promise<string> {
    const name = toBase64Url(this.#places.system.randomBytes(16));
    if (!(await this.#hold(name, 0))) throw new Error("somebody has this very name");
    this.#name = name;
    return name;
  }

  /** For as long as the page lives. @returns whether it is this page's now */
  #hold(name: string, waitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const options = waitMs === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(waitMs) };
    this.#places.locks
      .request(lockOf(name), options, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => undefined);
      })
      .catch(() => resolve(false));
    return promise;
  }

  /** What tabs left that were closed: nobody goes on with it. */
  async #sweep(): Promise<void> {
    const { database, locks } = this.#places;
    for (const name of await database.names()) {
      if (typeof name !== "string") continue;
      await locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
        if (lock !== null) await database.delete(name);
      });
    }
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // A browser that keeps nothing has nothing to forget, and nothing to go on with.
  }
}
