import type { SignetError } from "@signet/protocol";

import { frameSamples, sampleRate } from "../audio.ts";
import type { AudioSink } from "../audio.ts";
import { OutputFile } from "./output-file.ts";

const headerBytes = 44;
/** Of samples whose number nobody knows yet. */
const openLength = 0xffff_ffff;
/** Frames that are written at once: a second. */
const batchFrames = 50;
/** What the header can tell, and a little less; a recording of 12 hours. */
const mostDataBytes = 0xffff_0000;

/** The header tells the right length after each second, so that a recording whose process was killed can be played. */
export class WavWriter implements AudioSink {
  readonly #file: OutputFile;
  readonly #mostBytes: number;
  #batch = new Int16Array(batchFrames * frameSamples);
  #filled = 0;
  #dataBytes = 0;
  #closed = false;

  /**
   * @param mostBytes samples beyond are left out, and `close` rejects
   * @throws SignetError `media.cannotWrite`
   */
  constructor(path: string, mostBytes = mostDataBytes) {
    this.#mostBytes = mostBytes;
    this.#file = new OutputFile(path);
    // Whoever reads a pipe is told that the length is open.
    this.#file.append(wavHeader(this.#file.canRewrite ? 0 : openLength));
  }

  get failed(): Promise<SignetError> {
    return this.#file.failed;
  }

  write(frame: Int16Array): void {
    if (this.#closed) return;
    this.#batch.set(frame, this.#filled);
    this.#filled += frame.length;
    if (this.#filled + frameSamples > this.#batch.length) this.#flush();
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#flush();
    }
    await this.#file.close();
  }

  #flush(): void {
    const bytes = new Uint8Array(this.#batch.buffer, 0, this.#filled * 2);
    if (bytes.length === 0) return;
    this.#batch = new Int16Array(batchFrames * frameSamples);
    this.#filled = 0;
    if (this.#dataBytes + bytes.length > this.#mostBytes)
      return this.#file.fail(new Error("a WAV file cannot be longer"));
    // On the machines that Node runs on, 16-bit numbers are little-endian in memory as in the file.
    this.#file.append(bytes);
    this.#dataBytes += bytes.length;
    this.#file.rewrite(wavHeader(this.#dataBytes));
  }
}

/** Of 48 kHz, one channel, 16 bits. */
export function wavHeader(dataBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, Math.min(headerBytes - 8 + dataBytes, openLength), true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  return bytes;
}
