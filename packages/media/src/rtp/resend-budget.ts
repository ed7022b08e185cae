/** Eight slots lose at most eight packets in 20 ms, so that eight frames may be lost at once. More lets one receiver
 * make the SFU send more: one RTCP packet can ask for 5,000. A power of two, so that a mask finds the place. */
const asksPerWindow = 64;
/** One frame: an answer sent again sooner cannot have been missed. */
const windowMs = 20;

/** How much one receiver may ask for again: {@link asksPerWindow} in any {@link windowMs}, each packet once in that time. */
export class ResendBudget {
  /** The latest asks, each overwriting the oldest; a repeat is kept as -1, so that it does not put off the next answer. */
  readonly #asked = new Float64Array(asksPerWindow).fill(-1);
  readonly #askedMs = new Float64Array(asksPerWindow).fill(-Infinity);
  #next = 0;

  /**
   * Counts one ask, whether it can be answered or not.
   * @param nowMs monotonic milliseconds
   * @returns whether it is to be looked for; false for a repeat and beyond the budget
   */
  take(mediaSsrc: number, sequence: number, nowMs: number): boolean {
    const next = this.#next;
    if (nowMs - (this.#askedMs[next] ?? 0) < windowMs) return false;
    const ask = mediaSsrc * 0x1_0000 + sequence;
    let repeated = false;
    for (let back = 1; back <= asksPerWindow && !repeated; back++) {
      const at = (next - back) & (asksPerWindow - 1);
      if (nowMs - (this.#askedMs[at] ?? 0) >= windowMs) break;
      repeated = this.#asked[at] === ask;
    }
    this.#asked[next] = repeated ? -1 : ask;
    this.#askedMs[next] = nowMs;
    this.#next = (next + 1) & (asksPerWindow - 1);
    return !repeated;
  }
}
