/**
 * Whose key is whose: what this terminal remembers, and what only came up since it started.
 *
 *   unknown --hold--> held --meet--> pinned
 *
 * A key that a server merely names is held: it is the person's until this terminal ends, so that nobody is two people meanwhile, and it
 * is written nowhere. Only a key that the person at this terminal was shown, and dealt with, is pinned: else a server could spend the
 * one time at which a false key is called new where nobody looks.
 */
import { continuationOf, countsNow, happenedSince, headOf } from "@signet/device";
import type { Person, RememberedHead } from "@signet/device";
import { BoundedMap, SignetError, equalBytes } from "@signet/protocol";
import type { DeviceId, ErrorCode, UserId } from "@signet/protocol";

import { isCertified } from "./devices.ts";
import type { Recognised } from "./devices.ts";
import type { OnLogFault } from "./directory-log.ts";
import type { RequiredWitnesses } from "./witnesses.ts";
import type { Pin, PinStore } from "./pin-store.ts";
import type { SeenOf } from "./revocations.ts";
import type { ChangedKey } from "../state.ts";

/** User IDs about which this terminal keeps what came up: far more than meet, and what a server can fill the memory with. */
const heldMost = 4_096;

/** A person as they are shown now. */
export interface ShownPerson {
  readonly person: Person;
  /** Whether one of their devices has a certificate that holds. */
  readonly certified: boolean;
}

export const shown = (found: Pick<Recognised, "person" | "certificates">): ShownPerson => ({
  person: found.person,
  certified: isCertified(found),
});

/** What was held, and the pin that it was held beside. */
interface Held {
  readonly pin: Pin;
  readonly beside: RememberedHead | undefined;
}

/** A history that was refused, kept so that a person can decide to trust it. */
interface RefusedHistory {
  readonly changed: ChangedKey;
  readonly pin: Pin;
}

/** @param sequence of the last statement that was known before */
export type OnContinued = (person: Person, sequence: number) => void;

export interface HistoryListener {
  /** Hears once of each history that goes on by the person's own devices, whichever they are; not of what was signed here. */
  readonly onContinued?: OnContinued | undefined;
  /** Hears of who is nobody new from now on. */
  readonly onMet?: (userId: UserId) => void;
  /** Hears of each history that verified and is held against what is known, whether it is believed or not. */
  readonly onShown?: (person: Person) => void;
  /** What else it is held against. @returns why it is not to be believed */
  readonly check?: (person: Person) => ErrorCode | undefined;
  /** Hears of each reason for which the server's log, and so what it shows of anybody, is not believed any more. */
  readonly onLogFault?: OnLogFault;
  /** Who has to have seen that log. */
  readonly witnesses?: RequiredWitnesses | undefined;
  /** Whether the person is nobody new by something else than what this terminal remembers. */
  readonly isKnown?: (userId: UserId) => boolean;
}

export class MetKeys {
  readonly #pins: PinStore;
  readonly #held = new BoundedMap<UserId, Held>(heldMost);
  readonly #refused = new BoundedMap<UserId, RefusedHistory>(heldMost);

  readonly #listener: HistoryListener;

  constructor(pins: PinStore, listener: HistoryListener = {}) {
    this.#pins = pins;
    this.#listener = listener;
  }

  /** Whether they are nobody new. @throws SignetError `directory.badPins` */
  isMet(userId: UserId): boolean {
    return this.#pins.get(userId) !== undefined || this.#listener.isKnown?.(userId) === true;
  }

  /** Whether the person was met with a certificate that held. @throws SignetError `directory.badPins` */
  isPinnedCertified(userId: UserId): boolean {
    return this.#pins.isCertified(userId);
  }

  /** Everybody who was met. @throws SignetError `directory.badPins` */
  get metIds(): readonly UserId[] {
    return this.#pins.userIds?.() ?? [];
  }

  /** Whether this is still who they are, by all that came up. @throws SignetError `directory.badPins` */
  stands(person: Person): boolean {
    return this.#verdict(person) === undefined && this.#listener.check?.(person) === undefined;
  }

  /** Of the person before this; undefined where it is not still who they are. @throws SignetError `directory.badPins` */
  seenOf(person: Person): SeenOf | undefined {
    if (!this.stands(person)) return undefined;
    const sequence = this.#latestKnown(person)?.sequence ?? -1;
    return { sequence, onlyCertified: this.#wasCertified(person.userId) };
  }

  /**
   * Changes nothing but what {@link trust} would trust.
   * @throws SignetError `directory.keyChanged`, `directory.otherThanCompared`, `history.shortened`, `certificate.missing`, `directory.badPins`
   */
  check({ person, certified }: ShownPerson): void {
    const { userId } = person;
    const verdict = this.#verdict(person);
    const verdictElse = this.#listener.check?.(person);
    this.#listener.onShown?.(person);
    // The first one stands: a server must not exchange it while the person makes up their mind.
    if (verdict === "directory.keyChanged" && !this.#refused.has(userId))
      this.#refused.set(userId, {
        changed: changedKey(person, this.#latestKnown(person)),
        pin: pinOf(person, false),
      });
    if (verdict !== undefined) throw new SignetError(verdict);
    if (verdictElse !== undefined) throw new SignetError(verdictElse);
    // Certificates are renewed, never taken away: a server that leaves one out hides that it ran out, or was revoked.
    if (this.#wasCertified(userId) && !certified) throw new SignetError("certificate.missing");
  }

  /** From now on this history is the person's, or what continues it, until this terminal ends. @throws as {@link check} */
  hold(shown: ShownPerson): void {
    this.check(shown);
    const wasCertified = this.#heldBeside(shown.person.userId)?.certified === true;
    this.#hold(shown.person, shown.certified || wasCertified);
  }

  /**
   * What continues the history of who is known counts, whoever is recognised by it; nothing more is held of them.
   * @returns false where it is not theirs, or nobody was known
   */
  goOn(person: Person): boolean {
    const { userId } = person;
    const isKnown = this.#pinned(person) !== undefined || this.#heldBeside(userId) !== undefined;
    if (!isKnown || this.#verdict(person) !== undefined) return false;
    this.#hold(person, this.#heldBeside(userId)?.certified === true);
    return true;
  }

  /** What is told of a pinned person is pinned, too: else it would be told again, and could be taken back. */
  #hold(person: Person, certified: boolean): void {
    const { userId } = person;
    const pin = pinOf(person, certified);
    const known = this.#latestKnown(person);
    const goesOn = known !== undefined && continuationOf(person, known) === "continued";
    const pinned = this.#pinned(person);
    if (goesOn && pinned !== undefined) this.#pins.set(userId, pinned.deviceId, pinned.certified, pin.head);
    this.#held.set(userId, { pin, beside: this.#pins.headOf(userId) });
    if (goesOn) this.#listener.onContinued?.(person, known.sequence);
  }

  /** The last that was seen of somebody who is known. */
  #latestKnown(person: Person): RememberedHead | undefined {
    const pinned = this.#pinned(person)?.head;
    const held = this.#heldBeside(person.userId)?.head;
    return (held?.sequence ?? -1) > (pinned?.sequence ?? -1) ? held : pinned;
  }

  /**
   * The person at this terminal was shown this key and dealt with it: it is remembered, with the history as it is now.
   * @param certified whether the device that was met has a certificate that holds; another one of theirs may have one
   * @throws as {@link check}
   */
  meet(person: Person, certified: boolean): void {
    const { userId } = person;
    const held = this.#heldBeside(userId);
    const shown = { person, certified: certified || held?.certified === true };
    this.check(shown);
    const { deviceId, head } = pinOf(person, certified);
    const wasCertified = this.#pins.isCertified(userId);
    const isNew = this.#pins.get(userId) === undefined;
    if (isNew) {
      // Another window, or process, may have met somebody else meanwhile.
      this.#pins.add(userId, deviceId, certified, head);
      this.check(shown);
    } else if (!isSameHead(this.#pins.headOf(userId), head) || (certified && !wasCertified))
      this.#pins.set(userId, deviceId, certified || wasCertified, head);
    this.#hold(person, shown.certified);
    if (isNew) this.#listener.onMet?.(userId);
  }

  /**
   * The person of the device that was touched at this terminal, which needs nobody's word.
   * @param isMadeHere the last statement of their history was signed here just now
   * @returns what speaks against what was known before
   * @throws SignetError `history.shortened`: what was met is not taken back by one's own device either; `directory.badPins`
   */
  own({ person, certified }: ShownPerson, isMadeHere = false): ErrorCode | undefined {
    const { userId } = person;
    const verdict = this.#verdict(person);
    const known = this.#latestKnown(person);
    if (verdict === "history.shortened") throw new SignetError(verdict);
    const wasCertified = verdict === undefined && this.#wasCertified(userId);
    this.#refused.delete(userId);
    this.#held.delete(userId);
    const { deviceId, head } = pinOf(person, certified);
    const isKnown = verdict === undefined && isSameHead(this.#pins.headOf(userId), head);
    if (!isKnown || (certified && !wasCertified))
      this.#pins.set(userId, deviceId, certified || wasCertified, head);
    const goesOn =
      verdict === undefined && known !== undefined && continuationOf(person, known) === "continued";
    const isAllMadeHere = isMadeHere && known?.sequence === person.digests.length - 2;
    if (goesOn && !isAllMadeHere) this.#listener.onContinued?.(person, known.sequence);
    return verdict ?? (wasCertified && !certified ? "certificate.missing" : undefined);
  }

  /** Which keys were refused, the latest people last. */
  get refused(): readonly ChangedKey[] {
    return Array.from(this.#refused.entries(), ([, { changed }]) => changed);
  }

  /**
   * The person's explicit decision to go on with this key, which they were shown, and the history by which it is somebody's. Which one is
   * refused by now is the server's choice, so it is named.
   * @throws SignetError `directory.otherKey` when it is not the one that was refused; `directory.badPins`
   */
  trust(userId: UserId, deviceId: DeviceId): void {
    const refused = this.#refused.get(userId);
    if (refused === undefined && (this.#pins.get(userId) ?? this.#heldBeside(userId)?.deviceId) === deviceId)
      return;
    if (refused?.changed.deviceId !== deviceId) throw new SignetError("directory.otherKey");
    this.#pins.set(userId, refused.pin.deviceId, false, refused.pin.head);
    this.#held.delete(userId);
    this.#refused.delete(userId);
  }

  #verdict(person: Person): ErrorCode | undefined {
    const { userId } = person;
    const held = this.#heldBeside(userId);
    return againstPin(person, this.#pinned(person)) ?? againstPin(person, held);
  }

  /** Where no head was written nobody had a history yet: whatever follows the registration came after it. */
  #pinned({ digests, history, userId }: Person): Pin | undefined {
    const deviceId = this.#pins.get(userId);
    // Asked of strangers, too: what cannot be read must not pass for nothing.
    const certified = this.#pins.isCertified(userId);
    if (deviceId === undefined) return undefined;
    const [digest] = digests;
    const registered =
      digest !== undefined && history.deviceId === deviceId ? { sequence: 0, digest } : undefined;
    return { deviceId, certified, head: this.#pins.headOf(userId) ?? registered };
  }

  /** A pin counts more than what was held: what another window wrote since, or the person decided, is not held against it. */
  #heldBeside(userId: UserId): Pin | undefined {
    const held = this.#held.get(userId);
    const pinned = this.#pins.get(userId);
    if (held === undefined || (pinned !== undefined && pinned !== held.pin.deviceId)) return undefined;
    const isStill = pinned === undefined || isSameHead(held.beside, this.#pins.headOf(userId));
    return isStill ? held.pin : undefined;
  }

  #wasCertified(userId: UserId): boolean {
    const isPinned = this.#pins.isCertified(userId) && this.#pins.get(userId) !== undefined;
    return isPinned || this.#heldBeside(userId)?.certified === true;
  }
}

/** How a history stands to what was remembered of it. */
function againstPin(person: Person, pin: Pin | undefined): ErrorCode | undefined {
  if (pin === undefined) return undefined;
  // Also where it is too short to be held against a head: then it is another one.
  if (person.history.deviceId !== pin.deviceId) return "directory.keyChanged";
  if (pin.head === undefined) return undefined;
  switch (continuationOf(person, pin.head)) {
    case "same":
    case "continued":
      return undefined;
    case "shortened":
      return "history.shortened";
    case "recovered":
    case "other":
      return "directory.keyChanged";
  }
}

const pinOf = (person: Person, certified: boolean): Pin => ({
  deviceId: person.history.deviceId,
  certified,
  head: { sequence: person.digests.length - 1, digest: headOf(person) },
});

/** @param known what was seen last of the person */
function changedKey(person: Person, known: RememberedHead | undefined): ChangedKey {
  const isRecovered = known !== undefined && continuationOf(person, known) === "recovered";
  return {
    userId: person.userId,
    deviceId: latestDevice(person),
    head: headOf(person),
    how: isRecovered ? "recovered" : "other",
    // Of another history nothing was known before.
    happened: isRecovered ? happenedSince(person, known.sequence) : [],
  };
}

const latestDevice = ({ devices, history }: Person): DeviceId =>
  devices.findLast(countsNow)?.deviceId ?? history.deviceId;

const isSameHead = (a: RememberedHead | undefined, b: RememberedHead | undefined): boolean =>
  a?.sequence === b?.sequence && equalBytes(a?.digest ?? noBytes, b?.digest ?? noBytes);

const noBytes = new Uint8Array();
