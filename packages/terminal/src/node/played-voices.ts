import { windowFrames } from "@signet/e2ee";

interface Played {
  readonly place: number;
  readonly tick: number;
}

/**
 * What was played of each voice, in whichever slot and connection: the last word on whether a frame may be heard. Whatever order
 * the server sends in, a voice is heard in the order of its counters, and what is left out is a silence of that length, up to a second.
 * Pure; a tick of 20 ms is its only clock.
 */
export class PlayedVoices {
  #tick = 0;
  /** By voice, of `OpenResult`. */
  readonly #last = new Map<number, Played>();

  /** The next 20 ms are played. */
  tick(): void {
    this.#tick++;
  }

  /**
   * @param place authenticated, of `OpenResult`
   * @returns ticks until this frame may be played, 0 for now; undefined when it is older than what was played
   */
  waitFor(voice: number, place: number): number | undefined {
    const last = this.#last.get(voice);
    if (last === undefined) return 0;
    const distance = place - last.place;
    if (distance <= 0) return undefined;
    return Math.max(0, Math.min(distance, windowFrames) - (this.#tick - last.tick));
  }

  played(voice: number, place: number): void {
    this.#last.set(voice, { place, tick: this.#tick });
  }
}
