/** WAV (RIFF) with PCM: integers of 8 to 32 bits or floats, one or two channels, any rate. */
import { badFile } from "./bad-file.ts";
import type { InputFile } from "./input-file.ts";
import type { SampleStream } from "./sample-stream.ts";

export interface WavFormat {
  readonly isFloat: boolean;
  readonly bits: number;
  readonly channels: number;
  /** Hz. */
  readonly rate: number;
  /** Where the samples are, in bytes. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

const formatPcm = 1;
const formatFloat = 3;
const formatExtensible = 0xfffe;
const leastRate = 1_000;
const mostRate = 384_000;
/** Chunks before the samples; files have a handful. */
const mostChunks = 1_000;
const framesAtOnce = 4_096;

/** @throws SignetError `media.badFile` */
export function readWavFormat(file: InputFile): WavFormat {
  const start = view(file.read(0, 12));
  if (start.byteLength < 12 || tag(start, 0) !== "RIFF" || tag(start, 8) !== "WAVE")
    throw badFile("no WAV header");
  let format: Omit<WavFormat, "dataStart" | "dataEnd"> | undefined;
  let at = 12;
  for (let chunks = 0; chunks < mostChunks; chunks++) {
    const head = view(file.read(at, 8));
    if (head.byteLength < 8) throw badFile("the WAV file ends before its samples");
    const name = tag(head, 0);
    const length = head.getUint32(4, true);
    if (name === "fmt ") format = parseFormat(view(file.read(at + 8, Math.min(length, 40))));
    else if (name === "data") {
      if (format === undefined) throw badFile("WAV samples without a format");
      // Whoever writes to a pipe cannot know the length, and puts 0 or the most there.
      const isOpen = length === 0 || length === 0xffff_ffff;
      const end = isOpen ? file.size : Math.min(file.size, at + 8 + length);
      return { ...format, dataStart: at + 8, dataEnd: end };
    }
    at += 8 + length + (length & 1);
  }
  throw badFile("too many WAV chunks");
}

function parseFormat(chunk: DataView): Omit<WavFormat, "dataStart" | "dataEnd"> {
  if (chunk.byteLength < 16) throw badFile("the WAV format is cut off");
  let coding = chunk.getUint16(0, true);
  const channels = chunk.getUint16(2, true);
  const rate = chunk.getUint32(4, true);
  const blockBytes = chunk.getUint16(12, true);
  const bits = chunk.getUint16(14, true);
  if (coding === formatExtensible) {
    if (chunk.byteLength < 40) throw badFile("the WAV format is cut off");
    // The first two bytes of the GUID are the coding.
    coding = chunk.getUint16(24, true);
  }
  const isFloat = coding === formatFloat;
  const isKnown = isFloat
    ? bits === 32 || bits === 64
    : coding === formatPcm && [8, 16, 24, 32].includes(bits);
  if (!isKnown) throw badFile(`WAV coding ${coding} with ${bits} bits`);
  if (channels !== 1 && channels !== 2) throw badFile(`${channels} channels`);
  if (rate < leastRate || rate > mostRate) throw badFile(`${rate} samples a second`);
  if (blockBytes !== (channels * bits) / 8) throw badFile("the WAV format contradicts itself");
  return { isFloat, bits, channels, rate };
}

/** @throws SignetError `media.badFile` */
export function openWav(file: InputFile): SampleStream {
  const { isFloat, bits, channels, rate, dataStart, dataEnd } = readWavFormat(file);
  const blockBytes = (channels * bits) / 8;
  let at = dataStart;
  return {
    rate,
    read() {
      const blocks = Math.min(framesAtOnce, Math.floor((dataEnd - at) / blockBytes));
      const bytes = blocks > 0 ? file.read(at, blocks * blockBytes) : new Uint8Array(0);
      const count = Math.floor(bytes.length / blockBytes);
      if (count === 0) return undefined;
      at += count * blockBytes;
      return toMono(view(bytes), count, channels, isFloat, bits);
    },
    rewind() {
      at = dataStart;
    },
    close: () => file.close(),
  };
}

function toMono(
  bytes: DataView,
  count: number,
  channels: number,
  isFloat: boolean,
  bits: number,
): Float32Array {
  const samples = new Float32Array(count);
  const sampleBytes = bits / 8;
  const one = sampleReader(bytes, isFloat, bits);
  for (let i = 0; i < count; i++) {
    const at = i * channels * sampleBytes;
    samples[i] = channels === 1 ? one(at) : (one(at) + one(at + sampleBytes)) / 2;
  }
  return samples;
}

function sampleReader(bytes: DataView, isFloat: boolean, bits: number): (at: number) => number {
  if (isFloat) {
    // A float may be anything, even NaN.
    const clean = (value: number): number =>
      value >= -1 && value <= 1 ? value : value > 1 ? 1 : value < -1 ? -1 : 0;
    return bits === 32
      ? (at) => clean(bytes.getFloat32(at, true))
      : (at) => clean(bytes.getFloat64(at, true));
  }
  switch (bits) {
    case 8:
      return (at) => (bytes.getUint8(at) - 128) / 128;
    case 16:
      return (at) => bytes.getInt16(at, true) / 32_768;
    case 24:
      return (at) => (bytes.getUint16(at, true) | (bytes.getInt8(at + 2) << 16)) / 8_388_608;
    default:
      return (at) => bytes.getInt32(at, true) / 2_147_483_648;
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => bytes.getUint8(at + i)));
}
