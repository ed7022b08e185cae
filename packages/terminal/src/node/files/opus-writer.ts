/** Ogg Opus (RFC 7845), one channel. */
import { randomBytes } from "node:crypto";

import type { Bytes, SignetError } from "@signet/protocol";

import { frameSamples, sampleRate, silentFrame } from "../audio.ts";
import type { AudioSink } from "../audio.ts";
import { createFileEncoder } from "../opus.ts";
import type { OpusEncoderHandle } from "../opus.ts";
import { lacingOf, noGranule, writePage } from "../../messages/sound/ogg.ts";
import { OutputFile } from "./output-file.ts";

/** A second is on disk when the next begins (section 3 advises no more). */
const packetsPerPage = 50;

export class OpusWriter implements AudioSink {
  readonly #file: OutputFile;
  readonly #ready: Promise<OpusEncoderHandle>;
  readonly #serial = randomBytes(4).readUInt32BE(0);
  #encoder: OpusEncoderHandle | undefined;
  /** Came before the encoder was there. */
  #early: Int16Array[] = [];
  #sequence = 0;
  #preSkip = 0;
  #packets: Bytes[] = [];
  #encoded = 0n;
  #written = 0n;
  #closed: Promise<void> | undefined;

  /** @throws SignetError `media.cannotWrite` */
  constructor(path: string) {
    this.#file = new OutputFile(path);
    this.#ready = createFileEncoder().then((encoder) => {
      this.#begin(encoder);
      return encoder;
    });
    this.#ready.catch((error: unknown) => this.#file.fail(error));
  }

  get failed(): Promise<SignetError> {
    return this.#file.failed;
  }

  write(frame: Int16Array): void {
    if (this.#closed !== undefined) return;
    this.#written += BigInt(frameSamples);
    if (this.#encoder === undefined) this.#early.push(frame.slice());
    else this.#encode(this.#encoder, frame);
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  #begin(encoder: OpusEncoderHandle): void {
    this.#encoder = encoder;
    this.#preSkip = encoder.getLookahead();
    this.#page([opusHead(this.#preSkip)], 0n, { first: true });
    this.#page([opusTags()], 0n);
    for (const frame of this.#early) this.#encode(encoder, frame);
    this.#early = [];
  }

  #encode(encoder: OpusEncoderHandle, frame: Int16Array): void {
    // The latest packet is held back: the last page has to hold one.
    if (this.#packets.length >= packetsPerPage) {
      this.#page(this.#packets, this.#encoded);
      this.#packets = [];
    }
    this.#packets.push(encoder.encode(frame) as Bytes);
    this.#encoded += BigInt(frameSamples);
  }

  async #finish(): Promise<void> {
    try {
      const encoder = await this.#ready.catch(() => undefined);
      if (encoder === undefined) return;
      const end = this.#written + BigInt(this.#preSkip);
      // What the encoder still holds back.
      while (this.#encoded < end || this.#packets.length === 0) this.#encode(encoder, silentFrame);
      this.#page(this.#packets, end, { last: true });
      encoder.free();
    } finally {
      await this.#file.close();
    }
  }

  /** Packets of 20 ms are short: all of them fit one page. */
  #page(packets: readonly Bytes[], granule: bigint, ends: { first?: boolean; last?: boolean } = {}): void {
    const lacing = packets.flatMap((packet) => lacingOf(packet.length));
    const body = new Uint8Array(packets.reduce((sum, packet) => sum + packet.length, 0));
    let at = 0;
    for (const packet of packets) {
      body.set(packet, at);
      at += packet.length;
    }
    this.#file.append(
      writePage({
        continued: false,
        first: ends.first === true,
        last: ends.last === true,
        granule: packets.length === 0 ? noGranule : granule,
        serial: this.#serial,
        sequence: this.#sequence++,
        lacing: Uint8Array.from(lacing),
        body,
      }),
    );
  }
}

function opusHead(preSkip: number): Bytes {
  const bytes = new Uint8Array(19);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OpusHead"));
  view.setUint8(8, 1);
  view.setUint8(9, 1);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, sampleRate, true);
  return bytes;
}

function opusTags(): Bytes {
  const vendor = new TextEncoder().encode("signet");
  const bytes = new Uint8Array(16 + vendor.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OpusTags"));
  view.setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  return bytes;
}
