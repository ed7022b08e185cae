import { StreamReception, extendSequence } from "@signet/media/peer";
import type { ReceptionReport } from "@signet/media/peer";
import { frameMs, frameUnits } from "@signet/protocol/voice";

/** So long are packets counted together; what is told is of the last one or two of these. */
const windowMs = 5_000;
const unitsPerMs = frameUnits / frameMs;
/** A gap of more is not loss: the SFU went on elsewhere. */
const mostGap = 500;

interface Count {
  received: number;
  expected: number;
}

/** What got lost of what the SFU sent, and how evenly it comes (RFC 3550 appendix A.3 and A.8). Pure; time comes from the caller. */
export class Reception {
  readonly #streams = new Map<number, StreamReception>();
  /** Of which something came since the last report. */
  readonly #news = new Set<number>();
  #sinceMs = -Infinity;
  #now: Count = { received: 0, expected: 0 };
  #before: Count = { received: 0, expected: 0 };
  #jitterMs: number | undefined;

  /** @param wasAskedFor it had been lost, and was sent again */
  arrived(ssrc: number, sequence: number, timestamp: number, nowMs: number, wasAskedFor = false): void {
    if (nowMs - this.#sinceMs >= windowMs) {
      this.#before = this.#now;
      this.#now = { received: 0, expected: 0 };
      this.#sinceMs = nowMs;
    }
    this.#news.add(ssrc);
    this.#now.received += 1;
    const stream = this.#streams.get(ssrc);
    if (stream === undefined) {
      this.#now.expected += 1;
      const begun = new StreamReception(ssrc, sequence);
      begun.begin(timestamp, nowMs);
      begun.received = 1;
      this.#streams.set(ssrc, begun);
      return;
    }
    stream.received += 1;
    if (wasAskedFor) stream.repaired += 1;
    const extended = extendSequence(stream.highest, sequence);
    const ahead = extended - stream.highest;
    // What comes late was expected before.
    if (ahead <= 0) return;
    this.#now.expected += ahead > mostGap ? 1 : ahead;
    if (ahead > mostGap) stream.skipTo(extended);
    else stream.highest = extended;
    // Timestamps begin anew after 2^32, and jump where the slot goes to somebody else.
    stream.measureJitter(timestamp, nowMs);
    this.#jitterMs = stream.jitter / unitsPerMs;
  }

  /** Of each stream of which something came since it was last asked for. */
  reports(): readonly ReceptionReport[] {
    const reports = [...this.#news].flatMap((ssrc) => this.#streams.get(ssrc)?.report(0) ?? []);
    this.#news.clear();
    return reports;
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
