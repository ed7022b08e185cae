import { continuationOf, goesOn, headOf, Histories, isFitForGuest } from "@signet/device";
import type { DeviceProof, Person } from "@signet/device";
import { SignetError, codeOf, isConnectionCode, isGuestId, isUndecided, shownName } from "@signet/protocol";
import type { DeviceId, DirectoryEntryIn, ErrorCode, PersonState, UserId } from "@signet/protocol";

import { Administrators } from "./administrators.ts";
import { askPeople, refusalOfAll } from "./asked-people.ts";
import type { AskedPerson } from "./asked-people.ts";
import { certificateVerdicts, foundUntilMs, isRevokedIn, isSameVerdicts, personRefusal } from "./devices.ts";
import type { CertificateVerdicts, Recognised } from "./devices.ts";
import { DirectoryLog } from "./directory-log.ts";
import { lookAlikesBeside } from "./look-alikes.ts";
import type { NamedPerson } from "./look-alikes.ts";
import { MetKeys, shown } from "./met-keys.ts";
import type { HistoryListener } from "./met-keys.ts";
import type { PinStore } from "./pin-store.ts";
import { provenPerson } from "./proven-person.ts";
import { Revocations } from "./revocations.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { ChangedKey, Verification } from "../state.ts";
import type { LookedUp } from "../terminal-api.ts";
import { entryRefusal } from "./trust.ts";
import type { AppliedTrust } from "./trust.ts";

export interface KnownPerson extends Recognised {
  /** The person at this terminal was never shown this key and dealt with it. */
  readonly firstSeen: boolean;
}

/** Histories that were verified are kept up to this: people of four of the largest calls. And changed keys as many as there are warnings. */
const knownMost = { people: 1_024, bytes: 16_000_000 };
const changedKeysMost = 50;

/** Who is who: histories from the server, folded and held against the keys that this terminal met. */
export class Directory {
  readonly #link: ServerRequests;
  readonly #keys: MetKeys;
  readonly #onRefused: (userId: UserId, code: ErrorCode) => void;
  readonly #nowMs: () => number;
  readonly #administrators: Administrators;
  /** Has to prove what the server shows, where it keeps one. */
  readonly log: DirectoryLog;
  readonly revocations: Revocations;
  /** Those that are held. */
  readonly #histories = new Histories(knownMost);
  /** What was found of them, and by which anchors. */
  readonly #known = new WeakMap<Person, { readonly known: KnownPerson; readonly trust: AppliedTrust }>();
  #serverOrigin = "";
  #trust: AppliedTrust = { anchoredBy: "server" };

  /**
   * @param onRefused hears of each entry that was not accepted, and of a key that was exchanged for one's own: the person has
   *   to know, wherever it came up
   * @param listener hears of histories, and may refuse one
   */
  constructor(
    link: ServerRequests,
    pins: PinStore,
    onRefused: (userId: UserId, code: ErrorCode) => void,
    nowMs: () => number,
    listener?: HistoryListener,
    administrators = new Administrators(pins),
  ) {
    this.#link = link;
    this.#keys = new MetKeys(pins, listener);
    const environment = { pins, nowMs, witnesses: listener?.witnesses };
    this.log = new DirectoryLog(link, environment, (...fault) => listener?.onLogFault?.(...fault));
    this.#onRefused = onRefused;
    this.#nowMs = nowMs;
    this.#administrators = administrators;
    this.revocations = new Revocations(nowMs);
  }

  set serverOrigin(origin: string) {
    this.#serverOrigin = origin;
    this.#administrators.serverOrigin = origin;
  }

  /** Who was met with a certificate is asked for again when other anchors count. */
  set trust(trust: AppliedTrust) {
    if (trust.trust !== this.#trust.trust) this.#trust = trust;
  }

  /**
   * For an entry that comes with more to verify, such as a proof under its key: nothing is remembered of it, until {@link hold}.
   * @throws SignetError `directory.badEntry`, `certificate.*` where that is what is wrong with it, `directory.keyChanged` when the
   *   person has another key, `history.shortened` when less is shown of them than before, or `directory.badPins`
   */
  verify(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    return this.#told(entryIn.userId, () => this.#check(entryIn));
  }

  /**
   * From now on, and until this terminal ends, this is the person's key. Where they went on since it was verified, that stands: it is not hidden.
   * @param deviceId by which they signed what was verified
   * @throws as {@link verify}; `history.deviceRevoked` where that device was revoked meanwhile
   */
  hold(known: KnownPerson, deviceId?: DeviceId): void {
    const { person } = known;
    const latest = this.#histories.of(person.userId);
    if (latest !== undefined && latest !== person && goesOn(latest.history, person.history)) {
      if (deviceId !== undefined && this.isRevoked(person.userId, deviceId))
        throw new SignetError("history.deviceRevoked");
      return;
    }
    try {
      this.#keys.hold(shown(known));
      this.#keep(known);
    } catch (error) {
      this.#refused(person.userId, error);
      throw error;
    }
  }

  /** Verifies and holds an entry that the server states by itself. @throws as {@link verify} */
  async accept(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    const person = await this.verify(entryIn);
    this.hold(person);
    return person;
  }

  /** The server says that somebody's history goes on. Who is not known here is looked up when they are needed. */
  async changed(entryIn: DirectoryEntryIn): Promise<void> {
    if (this.#histories.of(entryIn.userId) === undefined) return;
    // What does not hold is told (`onRefused`), and the person stays who they were.
    await this.accept(entryIn).catch(() => undefined);
  }

  /**
   * What somebody signed of the server's log fits what was seen of it here.
   * @throws SignetError `log.otherView` and `log.unsignedView`, of which the person hears with their name; `log.*`
   */
  requireSameView({ raw, transcript: { checkpoint, userId } }: DeviceProof<"call" | "join">): Promise<void> {
    return this.#told(userId as UserId, () => this.log.holdSeen(checkpoint, raw));
  }

  /**
   * The person at this terminal was shown this key, with all that belongs to it verified, and dealt with it: it is not new any more,
   * and no other counts from now on. When that cannot be, they are told.
   */
  met(userId: UserId, { deviceId, certificate }: Pick<Verification, "deviceId" | "certificate">): void {
    if (isGuestId(userId)) return;
    const held = this.#histories.of(userId);
    try {
      // Else somebody else came up since, by another key.
      if (held?.devices.some((device) => device.deviceId === deviceId) !== true)
        throw new SignetError("directory.keyChanged");
      this.#keys.meet(held, certificate !== undefined);
    } catch (error) {
      this.#refused(userId, error);
    }
  }

  /**
   * Somebody for whom an administrator signs here, as their history makes them, who may have no device any more. Nothing is remembered of it.
   * @throws SignetError `directory.keyChanged`, `directory.unproven`, `history.*`, `directory.badEntry`, `log.*`
   */
  async administered(entryIn: DirectoryEntryIn): Promise<Person> {
    const person = await this.#proven(entryIn);
    this.#keys.check({ person, certified: true });
    return person;
  }

  /** Whether what this device of theirs signed counts for nobody any more, by any history that was verified here and continues what was known. */
  readonly isRevoked = (userId: UserId, deviceId: string): boolean =>
    this.revocations.has(deviceId) || isRevokedIn(this.#histories.of(userId), deviceId);

  /** For an entry that came a while ago: what is known here by now, where that continues it. */
  latest(entryIn: DirectoryEntryIn): DirectoryEntryIn {
    const known = this.#histories.of(entryIn.userId)?.history;
    return known !== undefined && goesOn(known, entryIn) ? known : entryIn;
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
    // Where what it rests on could not be asked for, nothing speaks against it.
    if (!(error instanceof SignetError) || isConnectionCode(error.code)) return;
    // What is wrong with the log as a whole is told once.
    if (error.code === this.log.fault) return;
    if (error.code !== "auth.signInRequired") this.#onRefused(userId, error.code);
  }

  async #check(entryIn: DirectoryEntryIn): Promise<KnownPerson> {
    const trust = this.#trust;
    const person = await this.#proven(entryIn);
    this.#noteRevoked(person);
    const certificates = await certificateVerdicts(person, trust, this.#nowMs());
    const refusal = personRefusal({ person, certificates, onlyCertified: false });
    try {
      if (refusal !== undefined) throw new SignetError(refusal);
      this.#keys.check(shown({ person, certificates }));
    } catch (error) {
      this.#wentOn(person, certificates);
      throw error;
    }
    return this.#current(person, certificates, trust);
  }

  async #proven(entryIn: DirectoryEntryIn): Promise<Person> {
    const newestOf = async (userId: UserId): Promise<Person> => this.#folded(await this.lookUp(userId));
    return provenPerson(await this.#folded(entryIn), this.log, newestOf);
  }

  async #folded(entryIn: DirectoryEntryIn): Promise<Person> {
    const [serverOrigin, { devicesAt }] = [this.#serverOrigin, this.#administrators];
    const result = await this.#histories.fold(entryIn, { serverOrigin, administratorDevices: devicesAt });
    if (!result.ok) throw new SignetError(entryRefusal(result.code));
    if (!(await isFitForGuest(entryIn))) throw new SignetError("directory.badEntry");
    return result.person;
  }

  #noteRevoked(person: Person): void {
    const before = this.#histories.of(person.userId);
    const found = before === undefined ? undefined : this.#known.get(before);
    if (before === undefined || found === undefined)
      return this.revocations.noteFirst(person, this.#keys.seenOf(person));
    this.revocations.note(this.#current(before, found.known.certificates, found.trust), person);
  }

  /**
   * What the devices of a known person signed counts for them also where they are not recognised by it any more: a device that they revoked
   * would count here for as long as the others lack a certificate.
   */
  #wentOn(person: Person, certificates: CertificateVerdicts): void {
    const known = this.#histories.of(person.userId);
    if (known === undefined) return;
    const seen = { sequence: known.digests.length - 1, digest: headOf(known) };
    if (continuationOf(person, seen) !== "continued") return;
    if (this.#keys.goOn(person))
      this.#keep({
        person,
        certificates,
        onlyCertified: false,
        firstSeen: !this.#keys.isMet(person.userId),
      });
  }

  /**
   * The key of the person at this terminal needs nobody's word: the device was just touched here. Others who use this
   * terminal are told when they met the person with another key. That there is no certificate any more is the server's word, and does
   * not count.
   * @param isMadeHere the last statement of their history was signed here just now
   */
  acceptOwn({ person, certificates }: Pick<Recognised, "person" | "certificates">, isMadeHere = false): void {
    const { userId } = person;
    try {
      this.#noteRevoked(person);
      const code = this.#keys.own(shown({ person, certificates }), isMadeHere);
      this.#keep({ person, certificates, onlyCertified: false, firstSeen: false });
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
    const held = this.#held(userId);
    if (held === undefined) return this.accept(await this.lookUp(userId));
    const current = this.#current(held.person, held.certificates, this.#trust);
    if (this.#nowMs() <= foundUntilMs(held)) return current;
    try {
      const renewed = await this.#check(await this.lookUp(userId));
      this.hold(renewed);
      return renewed;
    } catch {
      // They may have gone on all the same.
      return this.#held(userId) ?? current;
    }
  }

  /**
   * The person as the server shows them now, for what is by a device, or names a head, that is not known here: their history may have gone
   * on since. Nothing is remembered, until {@link hold}.
   * @returns undefined when they are not accepted; `code`: why they could not be asked for, without a connection or where the device is elsewhere, or
   *   that the person here has to decide first who they are
   */
  async newest(userId: UserId): Promise<KnownPerson | { readonly code: ErrorCode } | undefined> {
    try {
      return await this.verify(await this.lookUp(userId));
    } catch (error) {
      const code = codeOf(error);
      // `onRefused` has heard of the others, where there is something to hear.
      const isOpen = code === "auth.signInRequired" || isUndecided(code);
      return isConnectionCode(code) || isOpen ? { code } : undefined;
    }
  }

  /** The server does not show the history that the person signed with: nobody else could hide a statement, or make up another one. */
  otherHistory(userId: UserId): void {
    this.#onRefused(userId, "history.head");
  }

  /** Whoever is known under this user ID, by the key that counts and the anchors of now. */
  #held(userId: UserId): KnownPerson | undefined {
    const person = this.#histories.of(userId);
    if (person === undefined || !this.#keys.stands(person)) return undefined;
    const found = this.#known.get(person);
    if (found === undefined) return undefined;
    const { known, trust } = found;
    return known.certificates.size === 0 || trust === this.#trust ? known : undefined;
  }

  async lookUp(userId: UserId): Promise<DirectoryEntryIn> {
    const [{ entry } = {}] = (await this.#link.request("directory.lookup", { userIds: [userId] })).people;
    if (entry?.userId !== userId) throw new SignetError("user.unknown");
    return entry;
  }

  /**
   * Asks for several at once; one answer for each, in order. Entries that do not verify are left out, so that nobody calls on
   * their strength.
   */
  async lookup(userIds: readonly UserId[]): Promise<readonly LookedUp[]> {
    return (await this.#ask(userIds)).map(({ person, code }) =>
      code === undefined ? person : { ...person, refused: code },
    );
  }

  /**
   * Asks before a touch that is meant for these people.
   * @throws SignetError `directory.keyChanged`, `directory.otherThanCompared`, `directory.unproven`, `history.shortened`, `log.*`; `certificate.*` when
   *   nobody else is called
   */
  async requireSameKeys(userIds: readonly UserId[]): Promise<void> {
    const code = refusalOfAll(await this.#ask(userIds).catch(() => []));
    if (code !== undefined) throw new SignetError(code);
  }

  #ask(userIds: readonly UserId[]): Promise<readonly AskedPerson[]> {
    const accept = (entryIn: DirectoryEntryIn): Promise<KnownPerson> => this.accept(entryIn);
    return askPeople(userIds, { link: this.#link, accept, log: this.log });
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
          names.set(userId, shownName((await this.accept(this.latest(entry))).person));
        } catch {
          // `onRefused` has heard of it.
        }
      }),
    );
    return names;
  }

  /** Who of these looks like somebody else of them, or like somebody who was met. @param self the person at this terminal */
  lookAlikes(people: readonly NamedPerson[], self: UserId): ReadonlyMap<UserId, UserId> {
    return lookAlikesBeside(people, self, () => this.#keys.metIds);
  }

  /** Keys that were refused, which a person may decide to trust: those of the latest people. */
  get changedKeys(): readonly ChangedKey[] {
    return this.#keys.refused.slice(-changedKeysMost);
  }

  /** The person's explicit decision to go on with this key, which was refused and shown. @throws SignetError `directory.otherKey` for any other */
  trustChangedKey(userId: UserId, deviceId: DeviceId): void {
    this.#keys.trust(userId, deviceId);
  }

  #keep(known: KnownPerson): void {
    this.#histories.keep(known.person);
    this.#known.set(known.person, { known, trust: this.#trust });
  }

  /** The very same as before, where nothing is found otherwise: they may have been met meanwhile, perhaps in another window. */
  #current(person: Person, certificates: CertificateVerdicts, trust: AppliedTrust): KnownPerson {
    const firstSeen = !this.#keys.isMet(person.userId);
    const onlyCertified = this.#keys.isPinnedCertified(person.userId);
    const former = this.#known.get(person)?.known;
    if (
      former?.firstSeen === firstSeen &&
      former.onlyCertified === onlyCertified &&
      isSameVerdicts(former.certificates, certificates)
    )
      return former;
    const known = { person, certificates, onlyCertified, firstSeen };
    if (former !== undefined) this.#known.set(person, { known, trust });
    return known;
  }
}
