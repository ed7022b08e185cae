import { verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { Store } from "../store/store.ts";

/** About 2 kB each. Who is renewed is remembered anew, so none goes stale. */
const mostCached = 20_000;

/** The store's directory entries, their `register` proofs verified once. */
export class Directory {
  readonly #store: Store;
  readonly #originOf: () => string;
  readonly #cache = new Map<UserId, DirectoryEntry>();

  constructor(store: Store, originOf: () => string) {
    this.#store = store;
    this.#originOf = originOf;
  }

  async entryOf(userId: UserId): Promise<DirectoryEntry | undefined> {
    const cached = this.#cache.get(userId);
    if (cached !== undefined) return cached;
    const stored = await this.#store.entryOf(userId);
    if (stored === undefined) return undefined;
    // Certificates run out while the entry stays; they are validated at each sign-in, and by every terminal.
    const { certificates, ...keyEntry } = stored;
    const result = await verifyDirectoryEntry(keyEntry, this.#originOf());
    // Registered under another origin, or the file was changed by hand: nobody could use the entry.
    if (!result.ok) throw new SignetError("directory.badEntry", result.code);
    // Renewed while this one was verified.
    const newer = this.#cache.get(userId);
    if (newer !== undefined) return newer;
    const entry = certificates === undefined ? result.entry : { ...result.entry, certificates };
    this.remember(entry);
    return entry;
  }

  remember(entry: DirectoryEntry): void {
    if (this.#cache.size >= mostCached) {
      const oldest = this.#cache.keys().next();
      if (oldest.done !== true) this.#cache.delete(oldest.value);
    }
    this.#cache.set(entry.userId, entry);
  }
}
