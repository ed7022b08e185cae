import { sampleRate } from "../../src/node/audio.ts";
import type { AudioSource } from "../../src/node/audio.ts";

/** All of it, frame by frame, up to `most` frames. */
export function readAll(source: AudioSource, most = 10_000): Int16Array[] {
  const frames: Int16Array[] = [];
  for (let frame = source.read(); frame !== undefined && frames.length < most; frame = source.read())
    frames.push(frame);
  return frames;
}

/** A tone as it would stand in a file: -1 to 1. */
export function tone(hertz: number, rate: number, samples: number, amplitude = 0.5): number[] {
  return Array.from({ length: samples }, (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / rate));
}

/** Amplitude (0 to 1) at a frequency over all frames, and root mean square of what is left without it. */
export function analyse(frames: readonly Int16Array[], hertz: number): { tone: number; rest: number } {
  let sine = 0;
  let cosine = 0;
  let power = 0;
  let count = 0;
  for (const frame of frames) {
    for (const sample of frame) {
      const angle = (2 * Math.PI * hertz * count) / sampleRate;
      sine += (sample / 32_768) * Math.sin(angle);
      cosine += (sample / 32_768) * Math.cos(angle);
      power += (sample / 32_768) ** 2;
      count++;
    }
  }
  const amplitude = (2 * Math.hypot(sine, cosine)) / count;
  return { tone: amplitude, rest: Math.sqrt(Math.max(0, power / count - amplitude ** 2 / 2)) };
}

export interface WavOptions {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly float?: boolean;
  readonly extensible?: boolean;
  /** Where the channels are; of the extensible format. */
  readonly mask?: number;
  /** Of the coding, instead of the one for integers or floats. */
  readonly code?: number;
  /** The samples as they stand in the file, instead of those of the channels. */
  readonly data?: Buffer;
  /** What the header says of the length instead of the truth. */
  readonly dataLength?: number;
  /** Chunks before the format. */
  readonly before?: Buffer;
  /** Chunks behind the samples. */
  readonly after?: Buffer;
  /** Instead of RIFF. */
  readonly riff?: string;
}

/** @param channels samples of each channel, -1 to 1 */
export function makeWav(channels: readonly (readonly number[])[], options: WavOptions = {}): Buffer {
  const { rate = sampleRate, bits = 16, float = false, extensible = false } = options;
  const count = options.channels ?? channels.length;
  const bytes = bits / 8;
  const length = channels[0]?.length ?? 0;
  const data = Buffer.alloc(length * channels.length * bytes);
  for (let i = 0; i < length; i++) {
    for (const [c, samples] of channels.entries())
      writeSample(data, (i * channels.length + c) * bytes, samples[i] ?? 0, bits, float);
  }
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : (options.code ?? (float ? 3 : 1)), 0);
  format.writeUInt16LE(count, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * count * bytes, 8);
  format.writeUInt16LE(count * bytes, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt32LE(options.mask ?? 0, 20);
    format.writeUInt16LE(options.code ?? (float ? 3 : 1), 24);
    format.write("000000001000800000aa00389b71", 26, "hex");
  }
  const body = Buffer.concat([
    Buffer.from("WAVE"),
    options.before ?? Buffer.alloc(0),
    chunk("fmt ", format),
    chunk("data", options.data ?? data, options.dataLength),
    options.after ?? Buffer.alloc(0),
  ]);
  return chunk(options.riff ?? "RIFF", body);
}

/** A RIFF chunk, padded to an even length. */
export function chunk(name: string, body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(length >>> 0, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
}

function writeSample(data: Buffer, at: number, value: number, bits: number, float: boolean): void {
  if (float && bits === 32) data.writeFloatLE(value, at);
  else if (float && bits === 64) data.writeDoubleLE(value, at);
  else if (bits === 8) data.writeUInt8(Math.round(value * 127) + 128, at);
  else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, bits / 8);
}
