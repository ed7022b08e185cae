/** What is missing for longer than this comes too late to be played. */
const hopelessMs = 150;
/** As long as the way there and back may take; then the ask or its answer was lost. */
const askAgainMs = 40;
/** A gap of more is not loss. */
const mostMissing = 17;
/** In all; a server that leaves out more than it sends is not asked for everything, over and over. */
const mostWanted = 3 * mostMissing;
/** So many that were asked for in a row, and did not come in time: the way there and back takes too long, or is full, and asking for all makes it fuller. */
const vainAsks = 8;
/** Then one at a time is asked for, whether it comes again. */
const tryEveryMs = 500;

const nothing: readonly PacketRun[] = [];

export interface PacketRun {
  /** 16 bits. */
  readonly first: number;
  readonly count: number;
}

/** Tells which packets of one stream have to be asked for again (RFC 4585). Pure; time comes from the caller. */
export class MissingPackets {
  #highest: number | undefined;
  /** By extended sequence number: since when, and when last asked for. */
  readonly #missing = new Map<number, { readonly sinceMs: number; askedAtMs: number }>();
  /** Asked for in a row, and too late. */
  #vain = 0;
  #askedAtMs = -Infinity;

  /**
   * @param sequence of RTP, 16 bits
   * @returns whether it had been asked for: the network lost it, and it was sent again
   */
  arrived(sequence: number, nowMs: number): boolean {
    if (this.#highest === undefined) {
      this.#highest = sequence;
      return false;
    }
    const extended = extendSequence(this.#highest, sequence);
    if (extended <= this.#highest) {
      const entry = this.#missing.get(extended);
      this.#missing.delete(extended);
      const wasAskedFor = entry !== undefined && entry.askedAtMs > -Infinity;
      if (wasAskedFor && nowMs - entry.sinceMs < hopelessMs) this.#vain = 0;
      return wasAskedFor;
    }
    const gap = extended - this.#highest - 1;
    if (gap > mostMissing || this.#missing.size + gap > mostWanted) this.#missing.clear();
    if (gap <= mostMissing)
      for (let number = this.#highest + 1; number < extended; number++)
        this.#missing.set(number, { sinceMs: nowMs, askedAtMs: -Infinity });
    this.#highest = extended;
    return false;
  }

  /** @returns runs of 16-bit sequence numbers, each at most 17 long; asked for from now on */
  toAsk(nowMs: number): readonly PacketRun[] {
    if (this.#missing.size === 0) return nothing;
    const runs: { first: number; count: number }[] = [];
    let last = -Infinity;
    for (const [number, entry] of this.#missing) {
      if (nowMs - entry.sinceMs >= hopelessMs) {
        this.#missing.delete(number);
        if (entry.askedAtMs > -Infinity) this.#vain++;
        continue;
      }
      if (nowMs - entry.askedAtMs < askAgainMs) continue;
      if (this.#vain >= vainAsks && nowMs - this.#askedAtMs < tryEveryMs) continue;
      entry.askedAtMs = nowMs;
      this.#askedAtMs = nowMs;
      const run = runs.at(-1);
      if (run !== undefined && number === last + 1 && run.count < mostMissing) run.count++;
      else runs.push({ first: number & 0xffff, count: 1 });
      last = number;
    }
    return runs;
  }
}

/** @returns the number nearest to `near` whose low 16 bits are `sequence` (RFC 3550 appendix A.1) */
export function extendSequence(near: number, sequence: number): number {
  return near + (((sequence - near) << 16) >> 16);
}
