import { frameMs, frameUnits, secondFrames } from "@signet/protocol/voice";

import type { RtpStream } from "./source.ts";

/** libsrtp refuses larger jumps of the sequence number; a jump begins a new segment instead. */
const maxJump = 1000;
/** NACKs come within a second or two; speakers do not change more often than this in that time. */
const keptSegments = 8;

/** Header extension IDs and payload type that one receiver negotiated for one slot; ID 0 means not negotiated. */
export interface SlotFormat {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly midId: number;
  readonly mid: string;
  readonly levelId: number;
}

/** A part of the slot's stream that comes from one source stream with constant offsets. */
interface Segment {
  readonly stream: RtpStream;
  readonly first: number;
  highest: number;
  readonly sequenceOffset: number;
  readonly timestampOffset: number;
}

export interface LocatedPacket {
  readonly stream: RtpStream;
  readonly extendedSequence: number;
  readonly timestampOffset: number;
  /** First of its turn: it went out with the marker bit. */
  readonly first: boolean;
}

/**
 * Makes one continuous RTP stream out of the turns of many senders: constant SSRC, sequence numbers without gaps at a
 * switch (losses of the source stay visible, so that the receiver can ask for them), timestamps that go on by the time
 * that passed, snapped to frames, and for a source that comes back by no less than its own timestamps did. Only the header is
 * written; the payload stays as it came.
 */
export class SlotWriter {
  readonly format: SlotFormat;
  readonly headerBytes: number;
  /** Packets that got a place, and numbers of the slot that no packet has so far. */
  placed = 0;
  holes = 0;
  readonly #mid: Buffer;
  readonly #extensionWords: number;
  #segments: Segment[] = [];
  #fresh = true;
  #leastFrames = 1;
  #outSequence: number;
  #outTimestamp: number;
  #sentMs = -1;
  /** Of the packet placed last. */
  #sequence = 0;
  #timestamp = 0;
  #marker = false;

  /** @param start random numbers to begin with (RFC 3550 section 5.1) */
  constructor(format: SlotFormat, start: { sequence: number; timestamp: number }) {
    this.format = format;
    this.#mid = format.midId === 0 ? Buffer.alloc(0) : Buffer.from(format.mid, "latin1").subarray(0, 16);
    const bytes = (this.#mid.length > 0 ? 1 + this.#mid.length : 0) + (format.levelId === 0 ? 0 : 2);
    this.#extensionWords = Math.ceil(bytes / 4);
    this.headerBytes = this.#extensionWords === 0 ? 12 : 16 + this.#extensionWords * 4;
    this.#outSequence = start.sequence & 0xffff;
    this.#outTimestamp = start.timestamp >>> 0;
  }

  /**
   * The next packet begins a new segment: the slot was given to another sender, or to the same one again.
   * @param leastFrames that its timestamp is ahead of the last one. Where a voice goes on from another terminal, more may lie between than the time
   * that passed, and terminals play nothing closer to each other than it was said
   */
  startTurn(leastFrames = 1): void {
    this.#fresh = true;
    this.#leastFrames = leastFrames;
  }

  /** Forgets what came from `stream`, so that its packets can be freed. */
  forget(stream: RtpStream): void {
    this.#segments = this.#segments.filter((segment) => segment.stream !== stream);
    this.#fresh = true;
  }

  /**
   * Gives a source packet its place in the slot's stream; {@link writeHeader} then writes it.
   * @param nowMs monotonic milliseconds
   * @returns false when the packet is from before the slot's current turn and must not be sent
   */
  place(
    stream: RtpStream,
    extendedSequence: number,
    timestamp: number,
    marker: boolean,
    nowMs: number,
  ): boolean {
    const current = this.#segments[0];
    if (
      this.#fresh ||
      current === undefined ||
      current.stream !== stream ||
      extendedSequence > current.highest + maxJump
    ) {
      this.#beginSegment(stream, extendedSequence, timestamp, nowMs);
      this.placed++;
      return true;
    }
    if (extendedSequence < current.first) return false;
    this.placed++;
    this.holes += extendedSequence > current.highest ? extendedSequence - current.highest - 1 : -1;
    this.#sequence = (extendedSequence + current.sequenceOffset) & 0xffff;
    this.#timestamp = (timestamp + current.timestampOffset) >>> 0;
    this.#marker = marker;
    if (extendedSequence > current.highest) {
      current.highest = extendedSequence;
      this.#outSequence = this.#sequence;
      this.#outTimestamp = this.#timestamp;
      this.#sentMs = nowMs;
    }
    return true;
  }

  #beginSegment(stream: RtpStream, extendedSequence: number, timestamp: number, nowMs: number): void {
    // A gap that is not a multiple of a frame makes the receiver conceal.
    const elapsedMs = this.#sentMs < 0 ? 0 : nowMs - this.#sentMs;
    const elapsedFrames = Math.round(elapsedMs / frameMs);
    const frames = Math.max(this.#leastFrames, elapsedFrames, this.#framesSince(stream, timestamp));
    this.#leastFrames = 1;
    this.#sequence = (this.#outSequence + 1) & 0xffff;
    this.#timestamp = (this.#outTimestamp + frames * frameUnits) >>> 0;
    this.#marker = true;
    this.#outSequence = this.#sequence;
    this.#outTimestamp = this.#timestamp;
    this.#sentMs = nowMs;
    this.#fresh = false;
    this.#segments.unshift({
      stream,
      first: extendedSequence,
      highest: extendedSequence,
      sequenceOffset: this.#sequence - extendedSequence,
      timestampOffset: this.#timestamp - timestamp,
    });
    if (this.#segments.length > keptSegments) this.#segments.pop();
  }

  /**
   * How far ahead of the slot's time a source is that was here before. By the time of arrival alone it could come a frame or two too early, and
   * terminals would take that for frames moved up to each other.
   */
  #framesSince(stream: RtpStream, timestamp: number): number {
    const before = this.#segments.find((segment) => segment.stream === stream);
    if (before === undefined) return 0;
    // The difference of two 32-bit timestamps, as the shorter way around.
    const units = (timestamp + before.timestampOffset - this.#outTimestamp) | 0;
    // Terminals hold a frame against what lay between it and the last one of its sender, up to a second.
    return Math.min(secondFrames, Math.ceil(units / frameUnits));
  }

  /**
   * Finds the source of a packet of this slot and prepares {@link writeHeader} for sending it again.
   * @param sequence as the receiver names it
   * @returns undefined when no kept segment holds it
   */
  locate(sequence: number): LocatedPacket | undefined {
    for (const { stream, first, highest, sequenceOffset, timestampOffset } of this.#segments) {
      const after = (sequence - first - sequenceOffset) & 0xffff;
      if (after <= highest - first)
        return { stream, extendedSequence: first + after, timestampOffset, first: after === 0 };
    }
    return undefined;
  }

  /** Prepares {@link writeHeader} for a packet that {@link locate} found; `timestamp` and `marker` are the source's. */
  replace(sequence: number, located: LocatedPacket, timestamp: number, marker: boolean): void {
    this.#sequence = sequence;
    this.#timestamp = (timestamp + located.timestampOffset) >>> 0;
    this.#marker = marker || located.first;
  }

  /**
   * Writes the header of the packet placed last so that it ends at `end`.
   * @param level RFC 6464 byte, -1 when unknown
   */
  writeHeader(out: Buffer, end: number, padded: boolean, level: number): void {
    const { format } = this;
    let at = end - this.headerBytes;
    const extended = this.#extensionWords > 0;
    out[at] = 0x80 | (padded ? 0x20 : 0) | (extended ? 0x10 : 0);
    out[at + 1] = (this.#marker ? 0x80 : 0) | format.payloadType;
    out[at + 2] = this.#sequence >> 8;
    out[at + 3] = this.#sequence;
    out[at + 4] = this.#timestamp >>> 24;
    out[at + 5] = this.#timestamp >>> 16;
    out[at + 6] = this.#timestamp >>> 8;
    out[at + 7] = this.#timestamp;
    out[at + 8] = format.ssrc >>> 24;
    out[at + 9] = format.ssrc >>> 16;
    out[at + 10] = format.ssrc >>> 8;
    out[at + 11] = format.ssrc;
    if (!extended) return;
    out[at + 12] = 0xbe;
    out[at + 13] = 0xde;
    out[at + 14] = 0;
    out[at + 15] = this.#extensionWords;
    at += 16;
    if (this.#mid.length > 0) {
      out[at++] = (format.midId << 4) | (this.#mid.length - 1);
      for (let i = 0; i < this.#mid.length; i++) out[at++] = this.#mid[i] ?? 0;
    }
    if (format.levelId !== 0 && level >= 0) {
      out[at++] = format.levelId << 4;
      out[at++] = level;
    }
    while (at < end) out[at++] = 0;
  }
}
