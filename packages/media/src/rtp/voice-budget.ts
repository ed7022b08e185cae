/** What of one terminal is sent on: a voice five times over, and at once what 20 s of one have kept back on their way. */
const packetsPerSecond = 250;
const packetsAtOnce = 1_000;
/** Sent on with all that is written around them they still pass wherever IPv6 does (1,280 bytes). Longer ones get lost behind the SFU, as if by the others' network. */
const mostBytes = 1_150;

/** How much one sender may have sent on to all others: more would be on everybody's network, as often as there are people in the call. */
export class VoiceBudget {
  #left = packetsAtOnce;
  #earnedAtMs = -Infinity;

  /**
   * Counts a packet, unless it is too long.
   * @param nowMs monotonic milliseconds
   * @returns whether it is to be sent on
   */
  take(bytes: number, nowMs: number): boolean {
    if (bytes > mostBytes) return false;
    const earned = ((nowMs - this.#earnedAtMs) * packetsPerSecond) / 1000;
    this.#left = Math.min(packetsAtOnce, this.#left + earned);
    this.#earnedAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
