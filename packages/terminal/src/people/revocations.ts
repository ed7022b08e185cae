/** Which devices of people who are known here count no more, and since when this terminal knows. */
import { clockToleranceMs, continuationOf, headOf } from "@signet/device";
import type { Person } from "@signet/device";
import { BoundedMap } from "@signet/protocol";

import { deviceRefusal } from "./devices.ts";
import type { Recognised } from "./devices.ts";

/** Far more than people lose while a terminal runs. */
const revokedMost = 4_096;

/**
 * A Commit that the server took before it heard of a revocation may be read after it. For a minute a Commit can be disputed: whoever refused it for what
 * its sender could not know would have them put out. A server could withhold a revocation for as long, so that nobody gains by it. More would
 * let a dishonest server and member use a lost device for longer; less, and a slow terminal may read a Commit too late.
 */
export const revocationSettlesMs = 60_000;

/** So long ago is a revocation at most, by the own clock and what it says itself, that a Commit of before it may be read still. */
const lateMost = revocationSettlesMs + 2 * clockToleranceMs;

/** `sequence`: of the last statement that was seen of somebody; -1 for who was never met. */
export interface SeenOf {
  readonly sequence: number;
  readonly onlyCertified: boolean;
}

interface Revoked {
  readonly heardAtMs: number;
  /** Whether the person was recognised by it until then. */
  readonly wasRecognised: boolean;
}

export class Revocations {
  readonly #revoked = new BoundedMap<string, Revoked>(revokedMost);
  /** Of devices that were never heard of before; apart, since a server can make up as many as it likes. */
  readonly #unheard = new BoundedMap<string, Revoked>(revokedMost);
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * What goes on from what was known takes away at once, be it by an administrator's word on whom nobody decided here yet.
   * @param known the person as they are recognised before it
   * @param person by a history that was verified
   */
  note(known: Recognised, person: Person): void {
    if (known.person === person) return;
    const seen = { sequence: known.person.digests.length - 1, digest: headOf(known.person) };
    const continuation = continuationOf(person, seen);
    if (continuation !== "continued" && continuation !== "recovered") return;
    this.#noteSince(person, { sequence: seen.sequence, onlyCertified: known.onlyCertified }, known);
  }

  /** @param seen what there is of somebody of whom no history is known here; undefined where it is another person's */
  noteFirst(person: Person, seen: SeenOf | undefined): void {
    if (seen !== undefined) this.#noteSince(person, seen);
  }

  /**
   * A device may have come and gone since, unheard of here: who committed knew it while it counted. A server that wants it to count here can as
   * well show the history of before; what was revoked long ago is no matter of who heard it when.
   */
  #noteSince({ devices }: Person, { sequence, onlyCertified }: SeenOf, known?: Recognised): void {
    const nowMs = this.#nowMs();
    for (const { deviceId, revoked } of devices) {
      if (revoked === undefined || revoked.bySequence <= sequence) continue;
      const device = known?.person.devices.find((one) => one.deviceId === deviceId);
      const kept = device === undefined ? this.#unheard : this.#revoked;
      if (kept.has(deviceId)) continue;
      if (device === undefined && nowMs - revoked.atMs > lateMost) continue;
      const wasRecognised =
        known === undefined || device === undefined
          ? !onlyCertified
          : deviceRefusal(known, device) === undefined;
      kept.set(deviceId, { heardAtMs: nowMs, wasRecognised });
    }
  }

  /** Of those that were known while they counted; of another one its history says it. */
  has(deviceId: string): boolean {
    return this.#revoked.has(deviceId);
  }

  /** Whether it counted until so lately that a Commit of before may be read still. */
  readonly isLate = (deviceId: string): boolean => {
    const revoked = this.#revoked.get(deviceId) ?? this.#unheard.get(deviceId);
    if (revoked?.wasRecognised !== true) return false;
    const forMs = this.#nowMs() - revoked.heardAtMs;
    return forMs >= 0 && forMs < revocationSettlesMs;
  };
}
