import { verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry } from "@signet/device";
import { SignetError, shownName } from "@signet/protocol";
import type { DeviceId, DirectoryEntryIn, ErrorCode, PersonState, UserId } from "@signet/protocol";

import { BoundedMap } from "./bounded-map.ts";
import { lookAlikes } from "./look-alikes.ts";
import type { NamedPerson } from "./look-alikes.ts";
import { MetKeys } from "./met-keys.ts";
import { isSameEntry } from "./same-entry.ts";
import type { Pin, PinStore } from "./pin-store.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { Certification, ChangedKey, Verification } from "../state.ts";
import { certification, entryRefusal, trustOptions } from "./trust.ts";
import type { AppliedTrust } from "./trust.ts";

export interface KnownPerson {
  readonly entry: DirectoryEntry;
  /** The person at this terminal was never shown this key and dealt with it. */
  readonly firstSeen: boolean;
  /** Where the entry has certificates: valid when the person was met, and shown until they run out. */
  readonly certificate?: Certification;
}

/** Entries that were verified are kept up to this many: four of the largest calls. */
const knownMost = 1_024;
/** As many as there are warnings; of who is not among them no key can be trusted. */
const changedKeysMost = 50;

/** Who is who: entries from the server, verified and held against the keys that this terminal met. */
export class Directory {
  readonly #link: ServerRequests;
  readonly #keys: MetKeys;
  readonly #onRefused: (userId: UserId, code: ErrorCode) => void;
  readonly #nowMs: () => number;
  /** What was verified, by user ID and device ID, which is the hash of the key: an entry with another key is another entry. */
  readonly #known = new BoundedMap<string, KnownPerson>(knownMost);
  #serverOrigin = "";
  #trust: AppliedTrust = { anchoredBy: "server" };

  /**
   * @param onRefused hears of each entry that was not accepted, and of a key that was exchanged for one's own: the person has
   *   to know, wherever it came up
   */
  constructor(
    link: ServerRequests,
    pins: PinStore,
    onRefused: (userId: UserId, code: ErrorCode) => void,
    nowMs: () => number,
  ) {
    this.#link = link;
    this.#keys = new MetKeys(pins);
    this.#onRefused = onRefused;
    this.#nowMs = nowMs;
  }

  set serverOrigin(origin: string) {
    this.#serverOrigin = origin;
  }

  /** Who was met with a certificate is asked for again when other anchors count. */
  set trust(trust: AppliedTrust) {
    if (trust.trust === this.#trust.trust) return;
    this.#trust = trust;
    for (const [name, { certificate }] of this.#known.entries())
      if (certificate !== undefined) this.#known.delete(name);
  }

  /**
   * For an entry that comes with more to verify, such as a proof under its key: nothing is remembered of it, until {@link hold}.
   * @throws SignetError `directory.badEntry`, `certificate.*` where that is what is wrong with it, `directory.keyChanged` when the
   *   person has another key, or `directory.badPins`
   */
  verify(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    return this.#told(entryIn.userId, () => this.#check(entryIn));
  }

  /** From now on, and until this terminal ends, this is the person's key. @throws as {@link verify} */
  hold(person: KnownPerson): void {
    const { entry, certificate } = person;
    const { userId, deviceId } = entry;
    try {
      this.#keys.hold(userId, pinOf(entry, certificate));
      this.#known.set(nameOf(userId, deviceId), person);
    } catch (error) {
      this.#refused(userId, error);
      throw error;
    }
  }

  /** Verifies and holds an entry that the server states by itself. @throws as {@link verify} */
  async accept(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    const person = await this.verify(entryIn);
    this.hold(person);
    return person;
  }

  /**
   * The person at this terminal was shown this key, with all that belongs to it verified, and dealt with it: it is not new any more,
   * and no other counts from now on. When that cannot be, they are told.
   */
  met(userId: UserId, { deviceId, certificate }: Pick<Verification, "deviceId" | "certificate">): void {
    try {
      this.#keys.meet(userId, pinOf({ deviceId }, certificate));
    } catch (error) {
      this.#refused(userId, error);
    }
  }

  async #told<T>(userId: UserId, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      this.#refused(userId, error);
      throw error;
    }
  }

  #refused(userId: UserId, error: unknown): void {
    if (error instanceof SignetError) this.#onRefused(userId, error.code);
  }

  async #check(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    const trust = this.#trust;
    const verified = this.#verifiedAs(entryIn);
    if (verified !== undefined) return this.#againstKeys(verified.entry, undefined);
    const options = trustOptions(trust, this.#nowMs());
    const result = await verifyDirectoryEntry(entryIn, this.#serverOrigin, options);
    if (!result.ok) throw new SignetError(entryRefusal(result.code));
    const { entry, certificate } = result;
    return this.#againstKeys(entry, certificate && certification(certificate, trust));
  }

  /**
   * The key of the person at this terminal needs nobody's word: the device was just touched here. Others who use this
   * terminal are told when they met the person with another key. That there is no certificate any more is the server's word, and does
   * not count.
   */
  acceptOwn({ entry, certificate }: Omit<KnownPerson, "firstSeen">): void {
    const { userId, deviceId } = entry;
    this.#known.set(nameOf(userId, deviceId), known(entry, false, certificate));
    try {
      const code = this.#keys.own(userId, pinOf(entry, certificate));
      if (code !== undefined) this.#onRefused(userId, code);
    } catch (error) {
      this.#refused(userId, error);
    }
  }

  /**
   * The person behind a user ID, asked of the server when nothing is known of them, or when the certificate ran out since: it may have
   * been renewed. If not, the person stays who they were, with the certificate that ran out.
   * @throws as {@link verify}, `user.unknown`
   */
  async person(userId: UserId): Promise<KnownPerson> {
    const deviceId = this.#keys.deviceOf(userId);
    const met = deviceId === undefined ? undefined : this.#known.get(nameOf(userId, deviceId));
    if (met === undefined) return this.accept(await this.#lookUp(userId));
    const current = this.#current(met);
    if (this.#nowMs() <= (met.certificate?.validUntilMs ?? Number.POSITIVE_INFINITY)) return current;
    try {
      const renewed = await this.#check(await this.#lookUp(userId));
      this.hold(renewed);
      return renewed;
    } catch {
      return current;
    }
  }

  async #lookUp(userId: UserId): Promise<DirectoryEntryIn> {
    const reply = await this.#link.request("directory.lookup", { userIds: [userId] });
    const entry = reply.people[0]?.entry;
    if (entry?.userId !== userId) throw new SignetError("user.unknown");
    return entry;
  }

  /**
   * Asks for several at once; one answer for each, in order. Entries that do not verify are left out, so that nobody calls on
   * their strength.
   */
  async lookup(
    userIds: readonly UserId[],
  ): Promise<readonly (PersonState & { readonly refused?: ErrorCode })[]> {
    return (await this.#ask(userIds)).map(({ person, code }) =>
      code === undefined ? person : { ...person, refused: code },
    );
  }

  /**
   * Asks before a touch that is meant for these people. Who is unknown, and what else goes wrong, does not matter here: what
   * does not verify gets into no call.
   * @throws SignetError `directory.keyChanged`; `certificate.*` when nobody else is called
   */
  async requireSameKeys(userIds: readonly UserId[]): Promise<void> {
    const people = await this.#ask(userIds).catch(() => []);
    if (people.some(({ code }) => code === "directory.keyChanged"))
      throw new SignetError("directory.keyChanged");
    const codes = people.map(({ code }) => code);
    const [first] = codes;
    if (first?.startsWith("certificate.") === true && codes.every((code) => code !== undefined))
      throw new SignetError(first);
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

  /** Names that people's devices signed, of those whose entries verify. Who comes without an entry is asked for. @throws SignetError */
  async namesOf(people: readonly Pick<PersonState, "userId" | "entry">[]): Promise<Map<UserId, string>> {
    const missing = people.filter(({ entry }) => entry === undefined).map(({ userId }) => userId);
    const found = missing.length === 0 ? [] : await this.lookup(missing);
    const names = new Map<UserId, string>();
    await Promise.all(
      [...people, ...found].map(async ({ userId, entry }) => {
        if (entry?.userId !== userId) return;
        try {
          names.set(userId, shownName((await this.accept(entry)).entry));
        } catch {
          // `onRefused` has heard of it.
        }
      }),
    );
    return names;
  }

  /**
   * The name that the person's device signed, of who is invited somewhere; the user ID where the server shows no entry that
   * verifies.
   */
  async nameOf({ userId, entry }: Pick<PersonState, "userId" | "entry">): Promise<string> {
    if (entry?.userId !== userId) return userId;
    try {
      return shownName((await this.accept(entry)).entry);
    } catch {
      // `onRefused` has heard of it.
      return userId;
    }
  }

  /** Who of these looks like somebody else of them, or like somebody who was met. @param self the person at this terminal */
  lookAlikes(people: readonly NamedPerson[], self: UserId): ReadonlyMap<UserId, UserId> {
    let metIds: readonly UserId[] = [];
    try {
      metIds = this.#keys.metIds;
    } catch {
      // Whoever looks people up hears that the pins cannot be read.
    }
    const nameOf = new Map(people.map(({ userId, displayName }) => [userId, displayName]));
    const known = [...new Set([self, ...metIds])];
    return lookAlikes(
      people,
      known.map((userId) => ({ userId, displayName: nameOf.get(userId) ?? userId })),
    );
  }

  /** Keys that were refused, which a person may decide to trust: those of the latest people. */
  get changedKeys(): readonly ChangedKey[] {
    return this.#keys.refused.slice(-changedKeysMost);
  }

  /** The person's explicit decision to go on with this key, which was refused and shown. @throws SignetError `directory.otherKey` for any other */
  trustChangedKey(userId: UserId, deviceId: DeviceId): void {
    this.#keys.trust(userId, deviceId);
  }

  /** An entry comes up many times in one call: what was verified here is not verified again while it is the very same. */
  #verifiedAs(entryIn: DirectoryEntryIn): KnownPerson | undefined {
    const { userId, deviceId, certificates } = entryIn;
    const met = this.#known.get(nameOf(userId, deviceId));
    // Certificates run out.
    if (met === undefined || certificates !== undefined || !isSameEntry(met.entry, entryIn)) return undefined;
    return met;
  }

  #againstKeys(entry: DirectoryEntry, certificate: Certification | undefined): KnownPerson {
    const { userId, deviceId } = entry;
    this.#keys.check(userId, pinOf(entry, certificate));
    const former = this.#known.get(nameOf(userId, deviceId));
    if (
      former !== undefined &&
      isSameCertification(former.certificate, certificate) &&
      isSameEntry(former.entry, entry)
    )
      return this.#current(former);
    return known(entry, !this.#keys.isPinned(userId), certificate);
  }

  /** Met meanwhile, perhaps in another window. */
  #current(person: KnownPerson): KnownPerson {
    const { entry, certificate } = person;
    const { userId, deviceId } = entry;
    const firstSeen = !this.#keys.isPinned(userId);
    if (firstSeen === person.firstSeen) return person;
    const current = known(entry, firstSeen, certificate);
    this.#known.set(nameOf(userId, deviceId), current);
    return current;
  }
}

const known = (
  entry: DirectoryEntry,
  firstSeen: boolean,
  certificate: Certification | undefined,
): KnownPerson => ({ entry, firstSeen, ...(certificate === undefined ? {} : { certificate }) });

const pinOf = (
  { deviceId }: Pick<DirectoryEntry, "deviceId">,
  certificate: Certification | undefined,
): Pin => ({ deviceId, certified: certificate !== undefined });

const isSameCertification = (a: Certification | undefined, b: Certification | undefined): boolean =>
  a?.subject === b?.subject && a?.issuer === b?.issuer && a?.validUntilMs === b?.validUntilMs;

const nameOf = (userId: UserId, deviceId: DeviceId): string => `${userId} ${deviceId}`;
