import { frameUnits } from "@signet/protocol/voice";

/** So long are packets counted together; what is told is of the last one or two of these. */
const windowMs = 5_000;
const unitsPerMs = frameUnits / 20;
/** A gap of more is not loss: the SFU went on elsewhere. */
const mostGap = 500;

interface Stream {
  sequence: number;
  transit: number;
  jitter: number;
}

interface Count {
  received: number;
  expected: number;
}

/** What got lost of what the SFU sent, and how evenly it comes (RFC 3550 appendix A.3 and A.8). Pure; time comes from the caller. */
export class Reception {
  readonly #streams = new Map<number, Stream>();
  #sinceMs = -Infinity;
  #now: Count = { received: 0, expected: 0 };
  #before: Count = { received: 0, expected: 0 };
  #jitterMs: number | undefined;

  arrived(ssrc: number, sequence: number, timestamp: number, nowMs: number): void {
    if (nowMs - this.#sinceMs >= windowMs) {
      this.#before = this.#now;
      this.#now = { received: 0, expected: 0 };
      this.#sinceMs = nowMs;
    }
    const transit = nowMs - timestamp / unitsPerMs;
    const stream = this.#streams.get(ssrc);
    this.#now.received += 1;
    if (stream === undefined) {
      this.#now.expected += 1;
      this.#streams.set(ssrc, { sequence, transit, jitter: 0 });
      return;
    }
    const ahead = ((sequence - stream.sequence) << 16) >> 16;
    // What comes late was expected before.
    if (ahead <= 0) return;
    this.#now.expected += ahead > mostGap ? 1 : ahead;
    const change = Math.abs(transit - stream.transit);
    // Timestamps begin anew after 2^32, and jump where the slot goes to somebody else.
    if (change < 1_000) stream.jitter += (change - stream.jitter) / 16;
    stream.sequence = sequence;
    stream.transit = transit;
    this.#jitterMs = stream.jitter;
  }

  /** Undefined where nothing came. */
  get lost(): number | undefined {
    const expected = this.#before.expected + this.#now.expected;
    if (expected === 0) return undefined;
    return Math.max(0, 1 - (this.#before.received + this.#now.received) / expected);
  }

  /** Of the slot that was heard last. */
  get jitterMs(): number | undefined {
    return this.#jitterMs;
  }
}
