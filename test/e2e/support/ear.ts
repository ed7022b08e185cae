import { readFileSync } from "node:fs";

import type { AudioSink } from "@signet/terminal/node";
import { frameSamples, sampleRate } from "@signet/terminal/node";

import { eventually } from "./wait.ts";

/** Frames of one second. */
const memoryFrames = 50;
/** A voice of {@link import("./voice.ts").writeVoice} or `toneSource` has about 6,000 on its frequency. */
const audible = 1_500;
const inaudible = 150;

/** Keeps the last second of what it is given, and tells which tones are in it. */
export class Ear implements AudioSink {
  readonly #frames: Int16Array[] = [];
  closed = false;

  write(frame: Int16Array): void {
    this.#frames.push(frame.slice());
    if (this.#frames.length > memoryFrames) this.#frames.shift();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  /** What was heard until now. */
  forget(): void {
    this.#frames.length = 0;
  }

  /** Amplitude at a frequency over the last second (Goertzel); 0 before there was one. */
  loudness(hertz: number): number {
    return this.#frames.length < memoryFrames ? 0 : toneIn(this.#frames, hertz);
  }

  /** Waits until just these of the tones `among` have been heard for a second. */
  async hearsOnly(among: readonly number[], expected: readonly number[], limitMs?: number): Promise<void> {
    const state = () => among.map((hertz) => `${hertz}: ${Math.round(this.loudness(hertz))}`).join(", ");
    try {
      await eventually(
        "tones",
        () =>
          this.#frames.length === memoryFrames &&
          among.every((hertz) =>
            expected.includes(hertz) ? this.loudness(hertz) > audible : this.loudness(hertz) < inaudible,
          ),
        limitMs,
      );
    } catch (cause) {
      throw new Error(`expected to hear only ${expected.join(", ")}; heard ${state()}`, { cause });
    }
  }
}

/** Amplitude at a frequency over all these frames. */
export function toneIn(frames: readonly Int16Array[], hertz: number): number {
  const omega = (2 * Math.PI * hertz) / sampleRate;
  const coefficient = 2 * Math.cos(omega);
  let last = 0;
  let beforeLast = 0;
  for (const frame of frames) {
    for (const sample of frame) {
      const next = sample + coefficient * last - beforeLast;
      beforeLast = last;
      last = next;
    }
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return (2 * Math.sqrt(Math.max(0, power))) / (frames.length * frameSamples);
}

/** Amplitude at a frequency over the loudest second of a WAV file that `signet` wrote, or writes just now. */
export function loudestSecond(path: string, hertz: number): number {
  const bytes = readFileSync(path);
  const end = bytes.length - (bytes.length % 2);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + end));
  const frames = Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, i) =>
    samples.subarray(i * frameSamples, (i + 1) * frameSamples),
  );
  let most = 0;
  for (let i = 0; i + memoryFrames <= frames.length; i += 10)
    most = Math.max(most, toneIn(frames.slice(i, i + memoryFrames), hertz));
  return most;
}
