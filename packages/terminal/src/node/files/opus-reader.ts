/** Ogg Opus (RFC 7845), one or two channels. */
import type { Bytes } from "@signet/protocol";

import { sampleRate } from "../audio.ts";
import { createMonoDecoder } from "../opus.ts";
import type { OpusDecoderHandle } from "../opus.ts";
import { badFile } from "./bad-file.ts";
import type { InputFile } from "./input-file.ts";
import { OggPackets } from "./ogg-packets.ts";
import type { OggPacket } from "./ogg-packets.ts";
import type { SampleStream } from "./sample-stream.ts";

export interface OpusHead {
  /** Samples at 48 kHz to leave out at the beginning. */
  readonly preSkip: number;
  /** Q7.8 dB. */
  readonly gain: number;
}

/** @throws SignetError `media.badFile` */
export function parseOpusHead(packet: Bytes): OpusHead {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet.length < 19 || !startsWith(packet, "OpusHead")) throw badFile("no Opus in the Ogg file");
  // Minor versions are compatible (section 5.1).
  if (view.getUint8(8) > 15) throw badFile("unknown version of Ogg Opus");
  const channels = view.getUint8(9);
  const family = view.getUint8(18);
  if (family !== 0 || channels < 1 || channels > 2) throw badFile(`${channels} channels of family ${family}`);
  return { preSkip: view.getUint16(10, true), gain: view.getInt16(16, true) };
}

/** Reads the file once, so that what is wrong with it is known before it plays. @throws SignetError `media.badFile` */
export async function openOpus(file: InputFile): Promise<SampleStream> {
  const checked = new OggPackets(file);
  const head = readHeaders(checked);
  for (let count = 0; checked.next() !== undefined; count++) {
    // An hour has 180,000 packets: others want to be served meanwhile.
    if (count % 2_000 === 1_999) await new Promise((resolve) => setImmediate(resolve));
  }
  const decoder = await createMonoDecoder();
  decoder.decoderCtl(setGain, head.gain);
  return new OpusStream(file, decoder, head);
}

const setGain = 4034;

class OpusStream implements SampleStream {
  readonly rate = sampleRate;
  readonly #file: InputFile;
  readonly #decoder: OpusDecoderHandle;
  readonly #head: OpusHead;
  #packets: OggPackets;
  #toSkip: number;
  /** Samples decoded so far, with those to skip. */
  #decoded = 0n;
  /** Granule position of the first sample: 0 unless the file was cut out of a longer one. */
  #origin: bigint | undefined;
  #pending: OggPacket | undefined;
  #closed = false;

  constructor(file: InputFile, decoder: OpusDecoderHandle, head: OpusHead) {
    this.#file = file;
    this.#decoder = decoder;
    this.#head = head;
    this.#packets = new OggPackets(file);
    this.#toSkip = head.preSkip;
    this.rewind();
  }

  read(): Float32Array | undefined {
    for (;;) {
      const packet = this.#pending;
      if (packet === undefined || this.#closed) return undefined;
      this.#pending = this.#packets.next();
      let samples = this.#decode(packet.data);
      this.#decoded += BigInt(samples.length);
      if (packet.granule !== undefined) {
        this.#origin ??= packet.granule > this.#decoded ? packet.granule - this.#decoded : 0n;
        // Only the last page may have fewer samples than its packets hold (section 4.4).
        const beyond = this.#decoded + this.#origin - packet.granule;
        if (this.#pending === undefined && beyond > 0n)
          samples = samples.subarray(0, Math.max(0, samples.length - Number(beyond)));
      }
      const skipped = Math.min(this.#toSkip, samples.length);
      this.#toSkip -= skipped;
      if (samples.length > skipped) return samples.subarray(skipped);
    }
  }

  rewind(): void {
    this.#packets = new OggPackets(this.#file);
    readHeaders(this.#packets);
    this.#pending = this.#packets.next();
    this.#toSkip = this.#head.preSkip;
    this.#decoded = 0n;
    this.#origin = undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#decoder.free();
    this.#file.close();
  }

  #decode(packet: Bytes): Float32Array {
    try {
      return this.#decoder.decodeFloat(packet);
    } catch {
      return this.#decoder.decodePacketLossFloat(960);
    }
  }
}

function readHeaders(packets: OggPackets): OpusHead {
  const head = parseOpusHead(packets.next()?.data ?? new Uint8Array(0));
  const tags = packets.next()?.data;
  if (tags === undefined || !startsWith(tags, "OpusTags")) throw badFile("Ogg Opus without its comments");
  return head;
}

function startsWith(bytes: Bytes, text: string): boolean {
  return new TextEncoder().encode(text).every((byte, i) => bytes[i] === byte);
}
