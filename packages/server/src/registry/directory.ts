import { Histories, administratorDevicesOf } from "@signet/device";
import type { FoldOptions, FoldResult, Person } from "@signet/device";
import { SignetError, UserId, isGuestId } from "@signet/protocol";
import type { DirectoryEntryIn } from "@signet/protocol";

import type { Store } from "../store/store.ts";

const mostCached = { people: 20_000, bytes: 64_000_000 };

/** People as the store's histories make them, each statement verified once. */
export class Directory {
  readonly #store: Store;
  readonly #originOf: () => string;
  readonly #histories = new Histories(mostCached);
  /** Who changed since they were folded. */
  readonly #stale = new Set<UserId>();
  readonly #administratorDevices: FoldOptions["administratorDevices"];
  #changes = 0;

  /** @param isNamed whether the operator ever named them as an administrator */
  constructor(store: Store, originOf: () => string, isNamed: (userId: string) => boolean) {
    this.#store = store;
    this.#originOf = originOf;
    this.#administratorDevices = administratorDevicesOf({
      serverOrigin: originOf,
      isNamed,
      historyOf: async (userId) => {
        const who = UserId.safeParse(userId);
        return who.success ? store.entryOf(who.data) : undefined;
      },
    });
  }

  /** Of guests in calls that go on: nothing of them is kept. */
  readonly guests = new Map<UserId, Person>();

  async personOf(userId: UserId): Promise<Person | undefined> {
    if (isGuestId(userId)) return this.guests.get(userId);
    const cached = this.#histories.of(userId);
    if (cached !== undefined && !this.#stale.has(userId)) return cached;
    const changes = this.#changes;
    const stored = await this.#store.entryOf(userId);
    if (stored === undefined) return undefined;
    const result = await this.fold(stored);
    // Registered under another origin, or the file was changed by hand: nobody could use the entry.
    if (!result.ok) throw new SignetError("directory.badEntry", result.code);
    // What changed while this was read and folded is not hidden by it from now on.
    if (changes === this.#changes) {
      this.#histories.keep(result.person);
      this.#stale.delete(userId);
    }
    return result.person;
  }

  /** What a history comes to that is not stored yet: one that continues the person's costs only what it adds. */
  fold(history: DirectoryEntryIn): Promise<FoldResult> {
    return this.#histories.fold(history, {
      serverOrigin: this.#originOf(),
      administratorDevices: this.#administratorDevices,
    });
  }

  /** The store holds another entry of theirs, or more statements, from now on. */
  changed(userId: UserId): void {
    this.#changes++;
    if (this.#histories.of(userId) !== undefined) this.#stale.add(userId);
  }
}
