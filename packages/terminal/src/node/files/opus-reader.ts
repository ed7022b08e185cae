/** Ogg Opus (RFC 7845), one stream after the other, up to eight channels. */
import type { Bytes } from "@signet/protocol";

import { frameSamples, sampleRate } from "../audio.ts";
import { createMonoDecoder } from "../opus.ts";
import type { OpusDecoderHandle } from "../opus.ts";
import { badFile } from "./bad-file.ts";
import type { Input } from "./input.ts";
import { OggPackets } from "./ogg-packets.ts";
import type { OggPacket } from "./ogg-packets.ts";
import { parseOpusHead } from "./opus-head.ts";
import type { OpusHead } from "./opus-head.ts";
import { splitStreams } from "./opus-streams.ts";
import { startsWith } from "./other-formats.ts";
import type { SampleStream } from "./sample-stream.ts";

/** @param start where the first page begins @throws SignetError `media.badFile`, `media.otherFormat` */
export async function openOpus(input: Input, start: number): Promise<SampleStream> {
  const packets = new OggPackets(input, start);
  const head = await packets.soon();
  if (head?.isHead !== true) throw badFile("the first Ogg page is cut off");
  const { weights } = parseOpusHead(head.data);
  // Longer than all else, they may be what is wrong.
  const comments = await packets.soon();
  if (comments === undefined) throw badFile("nothing behind the header of the Ogg Opus file");
  const decoders = await Promise.all(weights.map(() => createMonoDecoder()));
  return new OpusStream(input, start, packets, [head, comments], decoders);
}

const setGain = 4034;

class OpusStream implements SampleStream {
  readonly rate = sampleRate;
  readonly #input: Input;
  readonly #start: number;
  readonly #decoders: readonly OpusDecoderHandle[];
  #packets: OggPackets;
  /** Of the stream that is being read; undefined for one that cannot be played. */
  #head: OpusHead | undefined;
  /** The comments, which come second. */
  #areCommentsNext = false;
  #toSkip = 0;
  /** Samples decoded so far, with those to skip. */
  #decoded = 0n;
  /** Granule position of the first sample: 0 unless the file was cut out of a longer one. */
  #origin = 0n;
  #lastGranule = 0n;
  #pending: OggPacket | "later" | undefined;
  #closed = false;

  constructor(
    input: Input,
    start: number,
    packets: OggPackets,
    [head, comments]: readonly [OggPacket, OggPacket],
    decoders: readonly OpusDecoderHandle[],
  ) {
    this.#input = input;
    this.#start = start;
    this.#packets = packets;
    this.#decoders = decoders;
    this.#pending = comments;
    this.#begin(head.data);
  }

  read(): Float32Array | undefined {
    for (;;) {
      if (this.#closed) return undefined;
      if (this.#pending === "later") this.#pending = this.#packets.next();
      const packet = this.#pending;
      if (packet === undefined) return undefined;
      if (packet === "later") return new Float32Array(0);
      // Where a stream does not say that it ends, what follows tells.
      const next = this.#packets.next();
      this.#pending = next;
      if (packet.isHead) this.#begin(packet.data);
      else {
        const isLast = packet.isLast || next === undefined || (next !== "later" && next.isHead);
        const samples = this.#play(packet, isLast);
        if (samples.length > 0) return samples;
      }
    }
  }

  rewind(): void {
    this.#packets = new OggPackets(this.#input, this.#start);
    this.#pending = this.#packets.next();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const decoder of this.#decoders) decoder.free();
    this.#input.close();
  }

  #begin(data: Bytes): void {
    this.#head = undefined;
    try {
      const head = parseOpusHead(data);
      // For a later stream of more channels than the first one there are not enough decoders.
      if (head.weights.length <= this.#decoders.length) this.#head = head;
    } catch {
      // It is passed over, and what follows it is played.
    }
    if (this.#head === undefined) return;
    // What is left in the decoders of a stream before is gone within the samples to skip.
    for (const decoder of this.#decoders) decoder.decoderCtl(setGain, this.#head.gain);
    this.#areCommentsNext = true;
    this.#toSkip = this.#head.preSkip;
    this.#decoded = 0n;
    this.#origin = 0n;
    this.#lastGranule = 0n;
  }

  /** @param isLast of its stream */
  #play({ data, granule }: OggPacket, isLast: boolean): Float32Array {
    const head = this.#head;
    const isComment = this.#areCommentsNext && startsWith(data, "OpusTags");
    this.#areCommentsNext = false;
    if (head === undefined || isComment) return new Float32Array(0);
    let samples = this.#decode(data, head.weights);
    this.#decoded += BigInt(samples.length);
    if (granule !== undefined && granule >= this.#lastGranule) {
      this.#lastGranule = granule;
      // Cut out of a longer one, or something is missing before it.
      if (granule > this.#decoded + this.#origin) this.#origin = granule - this.#decoded;
      // Only the last page may have fewer samples than its packets hold (section 4.4).
      const beyond = this.#decoded + this.#origin - granule;
      if (isLast && beyond > 0n) samples = samples.subarray(0, Math.max(0, samples.length - Number(beyond)));
    }
    const skipped = Math.min(this.#toSkip, samples.length);
    this.#toSkip -= skipped;
    return samples.subarray(skipped);
  }

  #decode(packet: Bytes, weights: readonly number[]): Float32Array {
    if (weights.length === 1) return decode(this.#decoders[0], packet);
    const parts = splitStreams(packet, weights.length);
    let mixed: Float32Array | undefined;
    for (const [i, weight] of weights.entries()) {
      const samples = decode(this.#decoders[i], parts?.[i]);
      mixed ??= new Float32Array(samples.length);
      for (let at = 0; at < mixed.length; at++) mixed[at] = (mixed[at] ?? 0) + weight * (samples[at] ?? 0);
    }
    return mixed ?? new Float32Array(0);
  }
}

/** What cannot be decoded is concealed. */
function decode(decoder: OpusDecoderHandle | undefined, packet: Bytes | undefined): Float32Array {
  if (decoder === undefined) return new Float32Array(0);
  try {
    if (packet !== undefined) return decoder.decodeFloat(packet);
  } catch {
    // As if it were lost.
  }
  return decoder.decodePacketLossFloat(frameSamples);
}
