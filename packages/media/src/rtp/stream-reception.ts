import { frameMs, frameUnits } from "@signet/protocol/voice";

import type { ReceptionReport } from "./rtcp.ts";

const unitsPerMs = frameUnits / frameMs;

/** What comes of one RTP stream, as reports tell it (RFC 3550 section 6.4.1, appendix A.3 and A.8). Pure; time comes from the caller. */
export class StreamReception {
  readonly ssrc: number;
  /** Extended: starts at 65,536 plus the first number, so that a late packet before the first one stays positive. */
  highest: number;
  received = 0;
  /** Of those received: the ones that were asked for again. */
  repaired = 0;
  #first: number;
  #expectedBefore = 0;
  #receivedFirstBefore = 0;
  #transit = 0;
  #jitter = 0;

  /** @param sequence of the first packet, 16 bits; it is counted when it is taken in */
  constructor(ssrc: number, sequence: number) {
    this.ssrc = ssrc;
    this.highest = 65_536 + sequence;
    this.#first = this.highest;
  }

  begin(timestamp: number, arrivalMs: number): void {
    this.#transit = Math.round(arrivalMs * unitsPerMs) - timestamp;
  }

  /** RFC 3550 appendix A.8, with the Opus clock of 48 kHz. */
  measureJitter(timestamp: number, arrivalMs: number): void {
    const transit = Math.round(arrivalMs * unitsPerMs) - timestamp;
    const difference = Math.abs(transit - this.#transit);
    this.#transit = transit;
    // A jump of the timestamp (the sender was muted, or it wrapped) is no jitter.
    if (difference < 1_000 * unitsPerMs) this.#jitter += (difference - this.#jitter) / 16;
  }

  /** RTP clock units. */
  get jitter(): number {
    return this.#jitter;
  }

  /** The numbers begin anew at this one, or go on from it after a gap that is no loss. */
  skipTo(extendedSequence: number): void {
    const expected = this.expected;
    this.highest = extendedSequence;
    this.#first = extendedSequence - expected;
  }

  /** Packets that never came; late ones count as received. */
  lost(): number {
    return Math.max(0, this.expected - this.received);
  }

  /** Since it began. @returns how many the sender sent up to the highest, and how many did not come by themselves */
  get counts(): { readonly sent: number; readonly lost: number } {
    const sent = this.expected;
    return { sent, lost: Math.max(0, sent - (this.received - this.repaired)) };
  }

  /** Up to the highest, since it began. */
  get expected(): number {
    return this.highest - this.#first + 1;
  }

  /**
   * RFC 3550 appendix A.3. The fraction covers the time since the report before, and tells what the network lost, whether it was sent again or not:
   * by that a sender protects its voice, and what is sent again may come too late elsewhere.
   */
  report(lastSenderReport: number): ReceptionReport {
    const { expected } = this;
    const expectedNow = expected - this.#expectedBefore;
    const receivedFirst = this.received - this.repaired;
    const lostNow = expectedNow - (receivedFirst - this.#receivedFirstBefore);
    this.#expectedBefore = expected;
    this.#receivedFirstBefore = receivedFirst;
    return {
      ssrc: this.ssrc,
      fractionLost:
        expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      cumulativeLost: expected - this.received,
      highestSequence: (this.highest - 65_536) >>> 0,
      jitter: Math.floor(this.#jitter),
      lastSenderReport,
      delaySinceLastSenderReport: 0,
    };
  }
}
