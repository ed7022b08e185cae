import { speechDbov } from "@signet/protocol/voice";

/** Loudness runs from 0 (silence) to 127 (loudest): 127 minus the level of RFC 6464. */
export const silence = 0;

/** Share of the way to a louder level per packet: three packets (60 ms) are enough to be noticed. */
const attack = 0.5;
/** Share of the way to a quieter level per packet: a pause between words (some 300 ms) does not cost the seat. */
const decay = 0.02;
/** From here on a frame may take a seat. */
const seatLoudness = 127 - speechDbov;
/** A challenger must be this much louder (dB) than the quietest seated one. Higher keeps seats longer. */
const marginDb = 10;
/** Nobody loses a seat sooner than this after taking it. */
const holdMs = 1000;
/** Who sends nothing for so long counts as silent (muted or gone). */
const staleMs = 500;

interface Candidate {
  /** Smoothed. */
  loudness: number;
  /** Of the last packet. */
  latest: number;
  heardMs: number;
  seatedMs: number;
  seated: boolean;
  /** Has sent anything yet; only then a seat is worth something. */
  heard: boolean;
}

/**
 * Chooses who is forwarded when there are more senders than seats. Seats stay with the last speakers, so that
 * nobody who speaks again after a pause is cut at the beginning. Time comes from the caller.
 *
 *      unseated --louder than the quietest seated by the margin, speech, seat held long enough--> seated
 *      seated ---------------------------------------------------------- displaced, or removed --> unseated
 */
export class SpeakerSelection<Id> {
  readonly #candidates = new Map<Id, Candidate>();
  readonly #seats: number;

  constructor(seats: number) {
    this.#seats = seats;
  }

  add(id: Id): void {
    if (!this.#candidates.has(id))
      this.#candidates.set(id, {
        loudness: silence,
        latest: silence,
        heardMs: 0,
        seatedMs: 0,
        seated: false,
        heard: false,
      });
  }

  /** Where `former` had a seat, `successor` has it, and counts as loud as that one was. Whoever is not known is ignored. */
  succeed(former: Id, successor: Id): void {
    const candidate = this.#candidates.get(former);
    if (candidate === undefined || !this.#candidates.has(successor)) return;
    this.#candidates.delete(former);
    this.#candidates.set(successor, candidate);
  }

  remove(id: Id): void {
    this.#candidates.delete(id);
  }

  /** @param level RFC 6464 byte, -1 when unknown: then the sender counts as just below speech */
  hear(id: Id, level: number, nowMs: number): void {
    const candidate = this.#candidates.get(id);
    if (candidate === undefined) return;
    const loudness = level < 0 ? seatLoudness - 1 : 127 - (level & 0x7f);
    candidate.loudness += (loudness - candidate.loudness) * (loudness > candidate.loudness ? attack : decay);
    candidate.latest = loudness;
    candidate.heardMs = nowMs;
    candidate.heard = true;
  }

  /** @returns whether {@link seated} changed */
  select(nowMs: number): boolean {
    let changed = false;
    // Each round gives one seat; it ends because a displaced candidate is quieter than who displaced it.
    for (let round = 0; round < this.#seats; round++) {
      let seatedCount = 0;
      let quietest: Candidate | undefined;
      let loudest: Candidate | undefined;
      let speaker: Candidate | undefined;
      for (const candidate of this.#candidates.values()) {
        if (candidate.heard && nowMs - candidate.heardMs > staleMs) candidate.loudness = silence;
        if (candidate.seated) {
          seatedCount++;
          if (quietest === undefined || candidate.loudness < quietest.loudness) quietest = candidate;
        } else if (candidate.heard) {
          if (loudest === undefined || candidate.loudness > loudest.loudness) loudest = candidate;
          const speaks = Math.min(candidate.loudness, candidate.latest) >= seatLoudness;
          if (speaks && (speaker === undefined || candidate.loudness > speaker.loudness)) speaker = candidate;
        }
      }
      if (loudest === undefined) return changed;
      if (seatedCount >= this.#seats) {
        if (
          quietest === undefined ||
          speaker === undefined ||
          speaker.loudness < quietest.loudness + marginDb
        )
          return changed;
        if (nowMs - quietest.seatedMs < holdMs) return changed;
        quietest.seated = false;
        loudest = speaker;
      }
      loudest.seated = true;
      loudest.seatedMs = nowMs;
      changed = true;
    }
    return changed;
  }

  /** In the order in which they were added. */
  seated(): Id[] {
    const ids: Id[] = [];
    for (const [id, candidate] of this.#candidates) if (candidate.seated) ids.push(id);
    return ids;
  }
}
