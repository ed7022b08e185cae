/**
 * Whose key is whose: what this terminal remembers, and what only came up since it started.
 *
 *   unknown --hold--> held --meet--> pinned
 *
 * A key that a server merely names is held: it is the person's until this terminal ends, so that nobody is two people meanwhile, and it
 * is written nowhere. Only a key that the person at this terminal was shown, and dealt with, is pinned: else a server could spend the
 * one time at which a false key is called new where nobody looks.
 */
import { SignetError } from "@signet/protocol";
import type { DeviceId, ErrorCode, UserId } from "@signet/protocol";

import { BoundedMap } from "./bounded-map.ts";
import type { Pin, PinStore } from "./pin-store.ts";

/** User IDs about which this terminal keeps what came up: far more than meet, and what a server can fill the memory with. */
const heldMost = 4_096;

export class MetKeys {
  readonly #pins: PinStore;
  readonly #held = new BoundedMap<UserId, Pin>(heldMost);
  /** Keys that were refused, kept so that a person can decide to trust one. */
  readonly #refused = new BoundedMap<UserId, DeviceId>(heldMost);

  constructor(pins: PinStore) {
    this.#pins = pins;
  }

  /** Which device is the person's, as far as anything came up. @throws SignetError `directory.badPins` */
  deviceOf(userId: UserId): DeviceId | undefined {
    return this.#known(userId)?.deviceId;
  }

  /** @throws SignetError `directory.badPins` */
  isPinned(userId: UserId): boolean {
    return this.#pins.get(userId) !== undefined;
  }

  /** Whether the person was met with a certificate that held. @throws SignetError `directory.badPins` */
  isPinnedCertified(userId: UserId): boolean {
    return this.#pins.isCertified(userId);
  }

  /** Everybody who was met. @throws SignetError `directory.badPins` */
  get metIds(): readonly UserId[] {
    return this.#pins.userIds?.() ?? [];
  }

  /**
   * Changes nothing but what {@link trust} would trust.
   * @throws SignetError `directory.keyChanged`, `certificate.missing`, `directory.badPins`
   */
  check(userId: UserId, { deviceId, certified }: Pin): void {
    const known = this.#known(userId);
    if (known === undefined) return;
    if (known.deviceId !== deviceId) {
      // The first one stands: a server must not exchange it while the person makes up their mind.
      if (!this.#refused.has(userId)) this.#refused.set(userId, deviceId);
      throw new SignetError("directory.keyChanged");
    }
    // Certificates are renewed, never taken away: a server that leaves one out hides that it ran out, or was revoked.
    if (known.certified && !certified) throw new SignetError("certificate.missing");
  }

  /** From now on this key is the person's, until this terminal ends. @throws as {@link check} */
  hold(userId: UserId, pin: Pin): void {
    this.check(userId, pin);
    this.#held.set(userId, pin);
  }

  /** The person at this terminal was shown this key and dealt with it: it is remembered. @throws as {@link check} */
  meet(userId: UserId, pin: Pin): void {
    // One of several devices may have been met, and only another one be certified.
    const held = this.#held.get(userId);
    this.check(userId, { ...pin, certified: pin.certified || held?.certified === true });
    if (held === undefined) this.#held.set(userId, pin);
    const pinned = this.#pins.get(userId);
    if (pinned === undefined) {
      // Another window, or process, may have met somebody else meanwhile.
      if (this.#pins.add(userId, pin.deviceId, pin.certified) !== pin.deviceId) this.check(userId, pin);
    } else if (pin.certified && !this.#pins.isCertified(userId)) this.#pins.set(userId, pinned, true);
  }

  /**
   * The key of the device that was touched at this terminal, which needs nobody's word.
   * @returns what speaks against what was known before
   * @throws SignetError `directory.badPins`
   */
  own(userId: UserId, { deviceId, certified }: Pin): ErrorCode | undefined {
    const known = this.#known(userId);
    this.#refused.delete(userId);
    this.#held.delete(userId);
    if (this.#pins.get(userId) !== deviceId || (certified && !this.#pins.isCertified(userId)))
      this.#pins.set(userId, deviceId, certified);
    if (known === undefined) return undefined;
    if (known.deviceId !== deviceId) return "directory.keyChanged";
    return known.certified && !certified ? "certificate.missing" : undefined;
  }

  /** Which keys were refused, the latest people last. */
  get refused(): readonly { readonly userId: UserId; readonly deviceId: DeviceId }[] {
    return Array.from(this.#refused.entries(), ([userId, deviceId]) => ({ userId, deviceId }));
  }

  /**
   * The person's explicit decision to go on with this key, which they were shown. Which one is refused by now is the server's choice, so it
   * is named.
   * @throws SignetError `directory.otherKey` when it is not the one that was refused; `directory.badPins`
   */
  trust(userId: UserId, deviceId: DeviceId): void {
    if (this.#known(userId)?.deviceId === deviceId) return;
    if (this.#refused.get(userId) !== deviceId) throw new SignetError("directory.otherKey");
    this.#pins.set(userId, deviceId);
    this.#held.delete(userId);
    this.#refused.delete(userId);
  }

  /** A pin counts more than what was held; what came up under the same key adds to it. */
  #known(userId: UserId): Pin | undefined {
    const pinned = this.#pins.get(userId);
    // Asked of strangers, too: what cannot be read must not pass for nothing.
    const wasPinnedCertified = this.#pins.isCertified(userId);
    const held = this.#held.get(userId);
    if (pinned === undefined) return held;
    const wasHeldCertified = held?.deviceId === pinned && held.certified;
    return { deviceId: pinned, certified: wasPinnedCertified || wasHeldCertified };
  }
}
