import { verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { DeviceId, DirectoryEntryIn, ErrorCode, PersonState, UserId } from "@signet/protocol";

import { isSameEntry } from "./same-entry.ts";
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
  readonly #onRefused: (userId: UserId, code: ErrorCode) => void;
  /** By user ID and device ID, which is the hash of the key: an entry with another key is another entry. */
  readonly #known = new Map<string, KnownPerson>();
  /** Keys that were refused, kept so that a person can decide to trust one. */
  readonly #refused = new Map<UserId, DeviceId>();
  #serverOrigin = "";

  /**
   * @param onRefused hears of each entry that was not accepted, and of a key that was exchanged for one's own: the person has
   *   to know, wherever it came up
   */
  constructor(
    link: ServerLink,
    pins: PinStore,
    onRefused: (userId: UserId, code: ErrorCode) => void = () => undefined,
  ) {
    this.#link = link;
    this.#pins = pins;
    this.#onRefused = onRefused;
  }

  set serverOrigin(origin: string) {
    this.#serverOrigin = origin;
  }

  /**
   * @throws SignetError `directory.badEntry`, `directory.keyChanged` when the person was met with another key before, or
   *   `directory.badPins`
   */
  async accept(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    try {
      const known = this.#knownBy(entryIn);
      if (known !== undefined) return known;
      const result = await verifyDirectoryEntry(entryIn, this.#serverOrigin);
      if (!result.ok) throw new SignetError("directory.badEntry");
      return this.#meet(result.entry);
    } catch (error) {
      if (error instanceof SignetError) this.#onRefused(entryIn.userId, error.code);
      throw error;
    }
  }

  /**
   * The key of the person at this terminal needs nobody's word: the device was just touched here. Others who use this
   * terminal are told when they met the person with another key.
   */
  acceptOwn(entry: DirectoryEntry): void {
    const { userId, deviceId } = entry;
    this.#known.set(nameOf(userId, deviceId), { entry, firstSeen: false });
    try {
      const pinned = this.#pins.get(userId);
      this.#refused.delete(userId);
      if (pinned === deviceId) return;
      this.#pins.set(userId, deviceId);
      if (pinned !== undefined) this.#onRefused(userId, "directory.keyChanged");
    } catch (error) {
      if (error instanceof SignetError) this.#onRefused(userId, error.code);
    }
  }

  /** The person behind a user ID, asked of the server when not met since the start. @throws as {@link accept}, `user.unknown` */
  async person(userId: UserId): Promise<KnownPerson> {
    const pinned = this.#pins.get(userId);
    const known = pinned === undefined ? undefined : this.#known.get(nameOf(userId, pinned));
    if (known !== undefined) return known;
    const reply = await this.#link.request("directory.lookup", { userIds: [userId] });
    const entry = reply.people[0]?.entry;
    if (entry?.userId !== userId) throw new SignetError("user.unknown");
    return this.accept(entry);
  }

  /**
   * Asks for several at once; one answer for each, in order. Entries that do not verify are left out, so that nobody calls on
   * their strength.
   */
  async lookup(userIds: readonly UserId[]): Promise<readonly PersonState[]> {
    return (await this.#ask(userIds)).map(({ person }) => person);
  }

  /**
   * Asks before a touch that is meant for these people. Who is unknown, and what else goes wrong, does not matter here: what
   * does not verify gets into no call.
   * @throws SignetError `directory.keyChanged`
   */
  async requireSameKeys(userIds: readonly UserId[]): Promise<void> {
    const people = await this.#ask(userIds).catch(() => []);
    if (people.some(({ code }) => code === "directory.keyChanged"))
      throw new SignetError("directory.keyChanged");
  }

  /** `code`: why the entry was not accepted. */
  async #ask(
    userIds: readonly UserId[],
  ): Promise<readonly { readonly person: PersonState; readonly code?: ErrorCode }[]> {
    if (userIds.length === 0) return [];
    const { people } = await this.#link.request("directory.lookup", { userIds: [...userIds] });
    return Promise.all(
      userIds.map(async (userId) => {
        const { entry, reachable } = people.find((person) => person.userId === userId) ?? {
          reachable: false,
        };
        const person = { userId, reachable };
        if (entry?.userId !== userId) return { person };
        try {
          await this.accept(entry);
          return { person: { ...person, entry } };
        } catch (error) {
          return { person, ...(error instanceof SignetError ? { code: error.code } : {}) };
        }
      }),
    );
  }

  /** The name that the person's device signed; without one where the entry does not verify, which `onRefused` hears. */
  async nameOf({
    userId,
    entry,
  }: Pick<PersonState, "userId" | "entry">): Promise<{ readonly userId: UserId; readonly name?: string }> {
    if (entry?.userId !== userId) return { userId };
    try {
      return { userId, name: (await this.accept(entry)).entry.displayName };
    } catch {
      return { userId };
    }
  }

  /** The person's explicit decision to go on with the key that was refused, and shown, first. */
  trustChangedKey(userId: UserId): void {
    const deviceId = this.#refused.get(userId);
    if (deviceId === undefined) return;
    this.#pins.set(userId, deviceId);
    this.#refused.delete(userId);
  }

  /** An entry comes up many times in one call; one that was verified here is not verified again while it is the very same. */
  #knownBy(entryIn: DirectoryEntryIn): KnownPerson | undefined {
    const { userId, deviceId, certificates } = entryIn;
    const known = this.#known.get(nameOf(userId, deviceId));
    // Certificates run out.
    if (known === undefined || certificates !== undefined || !isSameEntry(known.entry, entryIn))
      return undefined;
    return this.#pins.get(userId) === deviceId ? known : undefined;
  }

  #meet(entry: DirectoryEntry): KnownPerson {
    const { userId, deviceId } = entry;
    const pinned = this.#pins.get(userId);
    if (pinned !== undefined && pinned !== deviceId) {
      // The first one stands: a server must not exchange it while the person makes up their mind.
      if (!this.#refused.has(userId)) this.#refused.set(userId, deviceId);
      throw new SignetError("directory.keyChanged");
    }
    const known = this.#known.get(nameOf(userId, deviceId));
    if (known !== undefined) return known;
    if (pinned === undefined) this.#pins.set(userId, deviceId);
    const person = { entry, firstSeen: pinned === undefined };
    this.#known.set(nameOf(userId, deviceId), person);
    return person;
  }
}

const nameOf = (userId: UserId, deviceId: DeviceId): string => `${userId} ${deviceId}`;
