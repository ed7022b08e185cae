/** WAV with samples of integers of 8 to 32 bits, floats, mu-law or A-law, up to eight channels, any rate. */
import { aLaw, muLaw } from "./g711.ts";
import type { Input } from "./input.ts";
import type { SampleStream } from "./sample-stream.ts";
import { readWavFormat } from "./wav-format.ts";
import type { SampleFormat } from "./wav-format.ts";

const framesAtOnce = 4_096;

/** @param start where the file begins, behind what other programs put before it @throws SignetError `media.badFile` */
export async function openWav(input: Input, start: number): Promise<SampleStream> {
  const format = await readWavFormat(input, start);
  const { rate, dataStart, dataEnd } = format;
  const blockBytes = (format.weights.length * format.bits) / 8;
  let at = dataStart;
  return {
    rate,
    read() {
      const blocks = Math.min(framesAtOnce, Math.floor((dataEnd - at) / blockBytes));
      const { isWhole } = input;
      const bytes = blocks > 0 ? input.read(at, blocks * blockBytes) : new Uint8Array(0);
      const count = Math.floor(bytes.length / blockBytes);
      if (count === 0) return blocks <= 0 || isWhole ? undefined : new Float32Array(0);
      at += count * blockBytes;
      input.forget(at);
      return toMono(bytes, count, format);
    },
    rewind() {
      at = dataStart;
    },
    close: () => input.close(),
  };
}

function toMono(bytes: Uint8Array, count: number, format: SampleFormat): Float32Array {
  const { bits, weights } = format;
  const sampleBytes = bits / 8;
  const sampleAt = sampleReader(bytes, format);
  const samples = new Float32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (const weight of weights) {
      sum += weight * sampleAt(at);
      at += sampleBytes;
    }
    samples[i] = sum;
  }
  return samples;
}

function sampleReader(bytes: Uint8Array, { coding, bits }: SampleFormat): (at: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (coding) {
    case "float": {
      // A float may be anything, even NaN.
      const clean = (value: number): number =>
        value >= -1 && value <= 1 ? value : value > 1 ? 1 : value < -1 ? -1 : 0;
      return bits === 32
        ? (at) => clean(view.getFloat32(at, true))
        : (at) => clean(view.getFloat64(at, true));
    }
    case "muLaw":
    case "aLaw": {
      const table = coding === "muLaw" ? muLaw : aLaw;
      return (at) => (table[view.getUint8(at)] ?? 0) / 32_768;
    }
    case "integer":
      return integerReader(view, bits);
  }
}

function integerReader(view: DataView, bits: number): (at: number) => number {
  switch (bits) {
    case 8:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (at) => view.getInt16(at, true) / 32_768;
    case 24:
      return (at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 8_388_608;
    default:
      return (at) => view.getInt32(at, true) / 2_147_483_648;
  }
}
