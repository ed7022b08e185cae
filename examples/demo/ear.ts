/** What a terminal plays to its person, and how loud one frequency is in it: a tone detector. */
import { sampleRate } from "@signet/terminal/node";
import type { AudioSink } from "@signet/terminal/node";

/** How much is listened to at a time: long enough to tell tones apart that are 4 Hz apart, and to leave one lost packet unnoticed. */
const windowSamples = sampleRate / 2;
/** Nobody's tone: what is measured here is the noise of the codec. */
const controlHertz = 1_190;
/** A tone counts as heard when it is this loud (dB of full scale) and this far above the noise (dB). */
const heardDb = -45;
const aboveNoiseDb = 20;
/** What is printed for silence, which has no logarithm. */
const silenceDb = -99;

/** Keeps the latest half second of what a terminal plays to its person. */
export class Ear implements AudioSink {
  readonly #samples = new Int16Array(windowSamples);
  #heard = 0;

  write(frame: Int16Array): void {
    for (const sample of frame) this.#samples[this.#heard++ % windowSamples] = sample;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Samples so far. */
  get heard(): number {
    return this.#heard;
  }

  /** All that {@link levelDb} looks at came after there were `before` samples. */
  hasHeardSince(before: number): boolean {
    return this.#heard >= before + windowSamples;
  }

  /** Level of a sine of this frequency in the latest half second, dB of full scale. */
  levelDb(hertz: number): number {
    const start = this.#heard % windowSamples;
    return toneDb(
      Float64Array.from(this.#samples, (_, i) => this.#samples[(start + i) % windowSamples] ?? 0),
      hertz,
    );
  }

  hears(hertz: number): boolean {
    const levelDb = this.levelDb(hertz);
    return levelDb >= heardDb && levelDb >= this.levelDb(controlHertz) + aboveNoiseDb;
  }
}

/**
 * Goertzel's algorithm: one bin of a Fourier transform without all the others. A Hann window keeps loud neighbours out of it.
 * @param samples 16 bits, 48 kHz
 * @returns amplitude of the sine, dB of full scale
 */
export function toneDb(samples: ArrayLike<number>, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let previous = 0;
  let beforeThat = 0;
  for (let i = 0; i < samples.length; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
    const current = ((samples[i] ?? 0) / 32_768) * window + coefficient * previous - beforeThat;
    beforeThat = previous;
    previous = current;
  }
  const power = previous ** 2 + beforeThat ** 2 - coefficient * previous * beforeThat;
  // A sine of amplitude 1 under a Hann window sums up to a quarter of the number of samples.
  const amplitude = Math.sqrt(Math.max(0, power)) / (samples.length / 4);
  return amplitude === 0 ? silenceDb : Math.max(silenceDb, 20 * Math.log10(amplitude));
}
