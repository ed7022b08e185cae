import { buildSenderReport, readRtcp } from "../rtp/rtcp.ts";

/** How long a packet takes to the SFU and back, by reports of RTCP (RFC 3550 section 6.4.1): whoever answers one says how long it had it. */
export class RoundTrip {
  readonly #ssrc: number;
  #ms: number | undefined;
  #packets = 0;
  #bytes = 0;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  /** Of the last report that was answered; undefined before. */
  get ms(): number | undefined {
    return this.#ms;
  }

  sent(payloadBytes: number): void {
    this.#packets += 1;
    this.#bytes += payloadBytes;
  }

  /** A report to send. @param timestamp of RTP, now */
  report(timestamp: number, nowMs: number): Buffer {
    return buildSenderReport(this.#ssrc, {
      ntpMiddle: ntpMiddleAt(nowMs),
      timestamp,
      packets: this.#packets,
      bytes: this.#bytes,
    });
  }

  /** @param packet RTCP from the SFU */
  heard(packet: Buffer, nowMs: number): void {
    readRtcp(packet, {
      onSenderReport: () => undefined,
      onNack: () => undefined,
      onReception: ({ delaySinceLastSenderReport, lastSenderReport, ssrc }) => {
        if (ssrc !== this.#ssrc || lastSenderReport === 0) return;
        const units = (ntpMiddleAt(nowMs) - lastSenderReport - delaySinceLastSenderReport) >>> 0;
        // Clocks are not compared, so it is never less than nothing; what is longer than half the range was before it.
        this.#ms = units > 0x8000_0000 ? 0 : (units * 1000) / 65_536;
      },
    });
  }
}

/** Units of 1/65536 s, 32 bits; from whichever time: the SFU only says it back. */
const ntpMiddleAt = (nowMs: number): number => Math.floor((nowMs * 65_536) / 1000) % 2 ** 32;
