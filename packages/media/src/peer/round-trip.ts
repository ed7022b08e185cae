import { buildSenderReport, readRtcp } from "../rtp/rtcp.ts";
import type { ReceptionReport } from "../rtp/rtcp.ts";

/**
 * How long a packet takes to the SFU and back, and how many of them get lost on the way there, by reports of RTCP (RFC 3550 section 6.4): whoever answers one
 * says how long it had it, and what it missed.
 */
export class RoundTrip {
  readonly #ssrc: number;
  readonly #onLost: (lost: number) => void;
  #ms: number | undefined;
  #reported: ReceptionReport | undefined;
  #packets = 0;
  #bytes = 0;

  /** @param onLost with each answer: the share lost since the one before, 0 to 1 */
  constructor(ssrc: number, onLost: (lost: number) => void = () => undefined) {
    this.#ssrc = ssrc;
    this.#onLost = onLost;
  }

  /** Of the last report that was answered; undefined before. */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** The last answer; undefined before. */
  get reported(): ReceptionReport | undefined {
    return this.#reported;
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
      onReception: (report) => {
        const { delaySinceLastSenderReport, fractionLost, lastSenderReport, ssrc } = report;
        if (ssrc !== this.#ssrc || lastSenderReport === 0) return;
        this.#reported = report;
        this.#onLost(fractionLost / 256);
        const units = (ntpMiddleAt(nowMs) - lastSenderReport - delaySinceLastSenderReport) >>> 0;
        // Clocks are not compared, so it is never less than nothing; what is longer than half the range was before it.
        this.#ms = units > 0x8000_0000 ? 0 : (units * 1000) / 65_536;
      },
    });
  }
}

/** Units of 1/65536 s, 32 bits; from whichever time: the SFU only says it back. */
const ntpMiddleAt = (nowMs: number): number => Math.floor((nowMs * 65_536) / 1000) % 2 ** 32;
