import { verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { DeviceId, DirectoryEntryIn, ErrorCode, PersonState, UserId } from "@signet/protocol";

import { isSameEntry } from "./same-entry.ts";
import type { PinStore } from "./pin-store.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { Certification } from "../state.ts";
import { certification, entryRefusal, trustOptions } from "./trust.ts";
import type { AppliedTrust } from "./trust.ts";

export interface KnownPerson {
  readonly entry: DirectoryEntry;
  /** This terminal met the person's key for the first time just now. */
  readonly firstSeen: boolean;
  /** Where the entry has certificates: valid when the person was met, and shown until they run out. */
  readonly certificate?: Certification;
}

/** Who is who: entries from the server, verified and held against the pins of this terminal. */
export class Directory {
  readonly #link: ServerRequests;
  readonly #pins: PinStore;
  readonly #onRefused: (userId: UserId, code: ErrorCode) => void;
  readonly #nowMs: () => number;
  /** By user ID and device ID, which is the hash of the key: an entry with another key is another entry. */
  readonly #known = new Map<string, KnownPerson>();
  /** Keys that were refused, kept so that a person can decide to trust one. */
  readonly #refused = new Map<UserId, DeviceId>();
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
    this.#pins = pins;
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
    for (const [name, { certificate }] of this.#known)
      if (certificate !== undefined) this.#known.delete(name);
  }

  /**
   * @throws SignetError `directory.badEntry`, `certificate.*` where that is what is wrong with it, `directory.keyChanged` when the
   *   person was met with another key before, or `directory.badPins`
   */
  async accept(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    try {
      return await this.#check(entryIn);
    } catch (error) {
      if (error instanceof SignetError) this.#onRefused(entryIn.userId, error.code);
      throw error;
    }
  }

  async #check(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    const trust = this.#trust;
    const met = this.#metAs(entryIn);
    if (met !== undefined) return met;
    const options = trustOptions(trust, this.#nowMs());
    const result = await verifyDirectoryEntry(entryIn, this.#serverOrigin, options);
    if (!result.ok) throw new SignetError(entryRefusal(result.code));
    const { entry, certificate } = result;
    return this.#meet(entry, certificate && certification(certificate, trust));
  }

  /**
   * The key of the person at this terminal needs nobody's word: the device was just touched here. Others who use this
   * terminal are told when they met the person with another key. That there is no certificate any more is the server's word, and does
   * not count.
   */
  acceptOwn({ entry, certificate }: Omit<KnownPerson, "firstSeen">): void {
    const { userId, deviceId } = entry;
    const certified = certificate !== undefined;
    this.#known.set(nameOf(userId, deviceId), known(entry, false, certificate));
    try {
      const pinned = this.#pins.get(userId);
      this.#refused.delete(userId);
      if (pinned === deviceId) {
        const wasCertified = this.#pins.isCertified(userId);
        if (certified && !wasCertified) this.#pins.set(userId, deviceId, true);
        if (wasCertified && !certified) this.#onRefused(userId, "certificate.missing");
        return;
      }
      this.#pins.set(userId, deviceId, certified);
      if (pinned !== undefined) this.#onRefused(userId, "directory.keyChanged");
    } catch (error) {
      if (error instanceof SignetError) this.#onRefused(userId, error.code);
    }
  }

  /**
   * The person behind a user ID, asked of the server when not met since the start, or when the certificate ran out since: it may have
   * been renewed. If not, the person stays who they were, with the certificate that ran out.
   * @throws as {@link accept}, `user.unknown`
   */
  async person(userId: UserId): Promise<KnownPerson> {
    const pinned = this.#pins.get(userId);
    const met = pinned === undefined ? undefined : this.#known.get(nameOf(userId, pinned));
    if (met === undefined) return this.accept(await this.#lookUp(userId));
    if (this.#nowMs() <= (met.certificate?.validUntilMs ?? Number.POSITIVE_INFINITY)) return met;
    try {
      return await this.#check(await this.#lookUp(userId));
    } catch {
      return met;
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
  async lookup(userIds: readonly UserId[]): Promise<readonly PersonState[]> {
    return (await this.#ask(userIds)).map(({ person }) => person);
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
          names.set(userId, (await this.accept(entry)).entry.displayName);
        } catch {
          // `onRefused` has heard of it.
        }
      }),
    );
    return names;
  }

  /** The person's explicit decision to go on with the key that was refused, and shown, first. */
  trustChangedKey(userId: UserId): void {
    const deviceId = this.#refused.get(userId);
    if (deviceId === undefined) return;
    this.#pins.set(userId, deviceId);
    this.#refused.delete(userId);
  }

  /** An entry comes up many times in one call: what was verified here is not verified again while it is the very same. */
  #metAs(entryIn: DirectoryEntryIn): KnownPerson | undefined {
    const { userId, deviceId, certificates } = entryIn;
    const met = this.#known.get(nameOf(userId, deviceId));
    // Certificates run out.
    if (met === undefined || certificates !== undefined || !isSameEntry(met.entry, entryIn)) return undefined;
    return this.#meet(met.entry, undefined);
  }

  #meet(entry: DirectoryEntry, certificate: Certification | undefined): KnownPerson {
    const { userId, deviceId } = entry;
    const pinned = this.#pins.get(userId);
    if (pinned !== undefined && pinned !== deviceId) {
      // The first one stands: a server must not exchange it while the person makes up their mind.
      if (!this.#refused.has(userId)) this.#refused.set(userId, deviceId);
      throw new SignetError("directory.keyChanged");
    }
    const certified = certificate !== undefined;
    const wasCertified = this.#pins.isCertified(userId);
    // Certificates are renewed, never taken away: a server that leaves one out hides that it ran out, or was revoked.
    if (wasCertified && !certified) throw new SignetError("certificate.missing");
    const former = this.#known.get(nameOf(userId, deviceId));
    if (
      former !== undefined &&
      isSameCertification(former.certificate, certificate) &&
      isSameEntry(former.entry, entry)
    )
      return former;
    if (pinned === undefined || certified !== wasCertified) this.#pins.set(userId, deviceId, certified);
    const person = known(entry, former?.firstSeen ?? pinned === undefined, certificate);
    this.#known.set(nameOf(userId, deviceId), person);
    return person;
  }
}

const known = (
  entry: DirectoryEntry,
  firstSeen: boolean,
  certificate: Certification | undefined,
): KnownPerson => ({ entry, firstSeen, ...(certificate === undefined ? {} : { certificate }) });

const isSameCertification = (a: Certification | undefined, b: Certification | undefined): boolean =>
  a?.subject === b?.subject && a?.issuer === b?.issuer && a?.validUntilMs === b?.validUntilMs;

const nameOf = (userId: UserId, deviceId: DeviceId): string => `${userId} ${deviceId}`;
