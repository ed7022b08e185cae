import { secondFrames } from "@signet/protocol/voice";

/**
 * How far back a frame may lie behind the newest of its sender: a second of a voice, which covers what networks reorder and
 * resend. Turn up only for networks that need it: within it the server chooses which frames are lost. Costs one byte of memory each.
 */
export const windowFrames: number = secondFrames;

/**
 * The counters already opened under one KID (RFC 9605 section 9.3 leaves replay to the application). Counters behind the
 * window count as seen.
 */
export class ReplayWindow {
  readonly #seen = new Uint8Array(windowFrames);
  #highest: bigint;

  /** @param floor counters up to this one count as seen */
  constructor(floor = -1n) {
    this.#highest = floor;
    if (floor >= 0n) this.#seen.fill(1);
  }

  get isEmpty(): boolean {
    return this.#highest < 0n;
  }

  /** Whether the counter is so old that nobody waits for it any more. */
  isBehind(ctr: bigint): boolean {
    return this.#highest - ctr >= BigInt(windowFrames);
  }

  has(ctr: bigint): boolean {
    if (ctr > this.#highest) return false;
    if (this.isBehind(ctr)) return true;
    return this.#seen[slotOf(ctr)] === 1;
  }

  /**
   * Records a counter whose frame was authentic.
   * @returns false when it was seen before
   */
  add(ctr: bigint): boolean {
    if (this.has(ctr)) return false;
    if (ctr > this.#highest) {
      const skipped = ctr - this.#highest;
      if (skipped >= BigInt(windowFrames)) this.#seen.fill(0);
      else for (let next = this.#highest + 1n; next < ctr; next++) this.#seen[slotOf(next)] = 0;
      this.#highest = ctr;
    }
    this.#seen[slotOf(ctr)] = 1;
    return true;
  }
}

function slotOf(ctr: bigint): number {
  return Number(ctr % BigInt(windowFrames));
}
