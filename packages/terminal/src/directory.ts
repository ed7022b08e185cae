import { verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { DeviceId, DirectoryEntryIn, PersonState, UserId } from "@signet/protocol";

import type { PinStore } from "./pin-store.ts";
import type { ServerLink } from "./server-link.ts";

export interface KnownPerson {
  readonly entry: DirectoryEntry;
  /** This terminal met the person's key for the first time just now. */
  readonly firstSeen: boolean;
}

/** Who is who: entries from the server, verified and held against the pins of this terminal. */
export class Directory {
  readonly #link: ServerLink;
  readonly #pins: PinStore;
  /** By device ID, which is the hash of the key: an entry with another key is another entry. */
  readonly #known = new Map<DeviceId, KnownPerson>();
  /** Keys that were refused, kept so that a person can decide to trust one. */
  readonly #refused = new Map<UserId, DeviceId>();
  #serverOrigin = "";

  constructor(link: ServerLink, pins: PinStore) {
    this.#link = link;
    this.#pins = pins;
  }

  set serverOrigin(origin: string) {
    this.#serverOrigin = origin;
  }

  /** @throws SignetError `directory.badEntry`, or `directory.keyChanged` when the person was met with another key before */
  async accept(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    const result = await verifyDirectoryEntry(entryIn, this.#serverOrigin);
    if (!result.ok) throw new SignetError("directory.badEntry");
    const { entry } = result;
    const pinned = this.#pins.get(entry.userId);
    if (pinned !== undefined && pinned !== entry.deviceId) {
      this.#refused.set(entry.userId, entry.deviceId);
      throw new SignetError("directory.keyChanged");
    }
    const known = this.#known.get(entry.deviceId);
    if (known !== undefined) return known;
    if (pinned === undefined) this.#pins.set(entry.userId, entry.deviceId);
    const person = { entry, firstSeen: pinned === undefined };
    this.#known.set(entry.deviceId, person);
    return person;
  }

  /** The person behind a user ID, asked of the server when not met since the start. @throws as {@link accept}, `user.unknown` */
  async person(userId: UserId): Promise<KnownPerson> {
    const pinned = this.#pins.get(userId);
    const known = pinned === undefined ? undefined : this.#known.get(pinned);
    if (known !== undefined) return known;
    const reply = await this.#link.request("directory.lookup", { userIds: [userId] });
    const entry = reply.people[0]?.entry;
    if (entry?.userId !== userId) throw new SignetError("user.unknown");
    return this.accept(entry);
  }

  /** Asks for several at once. Entries that do not verify are left out, so that nobody calls on their strength. */
  async lookup(userIds: readonly UserId[]): Promise<readonly PersonState[]> {
    if (userIds.length === 0) return [];
    const { people } = await this.#link.request("directory.lookup", { userIds: [...userIds] });
    return Promise.all(
      people.map(async ({ entry, ...person }) => {
        if (entry?.userId !== person.userId) return person;
        try {
          await this.accept(entry);
          return { ...person, entry };
        } catch {
          return person;
        }
      }),
    );
  }

  /** The person's explicit decision to go on with the key that was refused last. */
  trustChangedKey(userId: UserId): void {
    const deviceId = this.#refused.get(userId);
    if (deviceId === undefined) return;
    this.#pins.set(userId, deviceId);
    this.#refused.delete(userId);
  }
}
