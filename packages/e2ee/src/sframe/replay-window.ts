/** How far back a counter may lie: 12 s of a voice with a video beside it. Costs one byte of memory each. */
const windowCounters = 1024;

/**
 * The counters already opened under one KID (RFC 9605 section 9.3 leaves replay to the application). Counters behind the
 * window count as seen.
 */
export class ReplayWindow {
  readonly #seen = new Uint8Array(windowCounters);
  #highest = -1n;

  get isEmpty(): boolean {
    return this.#highest < 0n;
  }

  has(ctr: bigint): boolean {
    if (ctr > this.#highest) return false;
    if (this.#highest - ctr >= BigInt(windowCounters)) return true;
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
      if (skipped >= BigInt(windowCounters)) this.#seen.fill(0);
      else for (let next = this.#highest + 1n; next < ctr; next++) this.#seen[slotOf(next)] = 0;
      this.#highest = ctr;
    }
    this.#seen[slotOf(ctr)] = 1;
    return true;
  }
}

function slotOf(ctr: bigint): number {
  return Number(ctr % BigInt(windowCounters));
}
