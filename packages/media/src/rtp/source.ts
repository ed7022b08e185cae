import { MissingPackets } from "./missing-packets.ts";
import { PacketRing } from "./packet-ring.ts";
import { StreamReception } from "./stream-reception.ts";

/** A sender may jump this far ahead within one stream (RFC 3550 appendix A.1: MAX_DROPOUT); further is a restart. */
const maxDropout = 3000;
/** Packets older than this are not waited for; the ring holds as many. */
const maxMisorder = 512;
/** A stream stays at least this long: each new one costs a ring of 131 kB. Longer loses more audio after two restarts in a row. */
const minStreamMs = 200;

/** Where a packet stands in its stream. `drop`: duplicate, too old, or not yet believed (RFC 3550 appendix A.1). */
export type Arrival = "next" | "late" | "drop";

let nextStreamId = 1;

/**
 * Reception of one sender's audio: extended sequence numbers, loss and jitter as RFC 3550 appendix A counts them, and
 * the packets to answer NACK from. A new SSRC or a restart of the numbers begins a new {@link RtpStream}, once two packets
 * in sequence came while the old stream did not go on.
 */
export class RtpSource {
  stream: RtpStream | undefined;
  /** Extended sequence number of the packet accepted last by {@link receive}. */
  extendedSequence = 0;
  readonly #levelId: number;
  /** The packet that would make a new stream believed; -1 when none is waited for. */
  #candidateSsrc = -1;
  #candidateSequence = -1;
  #begunMs = 0;

  /** @param levelId header extension ID of the audio level as its sender negotiated it; 0 means not negotiated */
  constructor(levelId = 0) {
    this.#levelId = levelId;
  }

  /** @param arrivalMs monotonic milliseconds */
  receive(ssrc: number, sequence: number, timestamp: number, packet: Buffer, arrivalMs: number): Arrival {
    const { stream } = this;
    if (stream === undefined) return this.#begin(ssrc, sequence, timestamp, packet, arrivalMs);
    if (stream.ssrc !== ssrc) return this.#doubt(ssrc, sequence, timestamp, packet, arrivalMs);
    const ahead = (sequence - stream.highest) & 0xffff;
    if (ahead > 0 && ahead < maxDropout) {
      const extended = stream.highest + ahead;
      stream.highest = extended;
      this.#candidateSsrc = -1;
      stream.measureJitter(timestamp, arrivalMs);
      return this.#accept(stream, extended, packet, "next", arrivalMs);
    }
    const behind = -ahead & 0xffff;
    if (behind < maxMisorder) return this.#accept(stream, stream.highest - behind, packet, "late", arrivalMs);
    return this.#doubt(ssrc, sequence, timestamp, packet, arrivalMs);
  }

  /** A packet of no known stream: dropped, unless it goes on from the one before. */
  #doubt(ssrc: number, sequence: number, timestamp: number, packet: Buffer, arrivalMs: number): Arrival {
    const goesOn = ssrc === this.#candidateSsrc && sequence === this.#candidateSequence;
    if (goesOn && arrivalMs - this.#begunMs >= minStreamMs)
      return this.#begin(ssrc, sequence, timestamp, packet, arrivalMs);
    this.#candidateSsrc = ssrc;
    this.#candidateSequence = (sequence + 1) & 0xffff;
    return "drop";
  }

  #begin(ssrc: number, sequence: number, timestamp: number, packet: Buffer, arrivalMs: number): Arrival {
    const stream = new RtpStream(ssrc, sequence, this.#levelId);
    stream.begin(timestamp, arrivalMs);
    this.stream = stream;
    this.#begunMs = arrivalMs;
    this.#candidateSsrc = -1;
    return this.#accept(stream, stream.highest, packet, "next", arrivalMs);
  }

  #accept(stream: RtpStream, extended: number, packet: Buffer, arrival: Arrival, arrivalMs: number): Arrival {
    if (!stream.ring.put(extended, packet)) return "drop";
    stream.received++;
    if (stream.missing.arrived(extended & 0xffff, arrivalMs)) stream.repaired++;
    this.extendedSequence = extended;
    return arrival;
  }
}

/** One run of sequence numbers of one SSRC. */
export class RtpStream extends StreamReception {
  readonly streamId = nextStreamId++;
  readonly ring = new PacketRing();
  readonly missing = new MissingPackets();
  /** Header extension ID of the audio level in its packets; 0 means not negotiated. */
  readonly levelId: number;

  constructor(ssrc: number, sequence: number, levelId = 0) {
    super(ssrc, sequence);
    this.levelId = levelId;
  }
}
