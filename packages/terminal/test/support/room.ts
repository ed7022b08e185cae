/** Voices by chance, and a room in which what is played comes back into the microphone: seeded, 48 kHz, samples of 16 bits. */
import { seededRandom } from "@signet/e2e/support/seeded-random.ts";

import { frameSamples, sampleRate } from "../../src/node/audio.ts";

/** Syllables of noise with the colour of a voice, and pauses between words; loudest at -12 dB. */
export function speech(seed: number, seconds: number): Float64Array {
  const random = seededRandom(seed);
  const samples = new Float64Array(seconds * sampleRate);
  let low = 0;
  let lower = 0;
  for (let at = 0; at < samples.length;) {
    const length = Math.round((0.08 + 0.17 * random()) * sampleRate);
    const loudness = random() < 0.25 ? 0 : 0.3 + 0.7 * random();
    for (let i = 0; i < length && at < samples.length; i++, at++) {
      low += 0.12 * (2 * random() - 1 - low);
      lower += 0.02 * (low - lower);
      samples[at] = 0.9 * loudness * Math.sin((Math.PI * i) / length) * (low - lower);
    }
  }
  return samples;
}

/** @param ms the straight way from loudspeaker to microphone @param gain of it; reflections follow for 150 ms */
export function room(ms: number, gain: number, seed = 5): (played: Float64Array) => Float64Array {
  const random = seededRandom(seed);
  const taps = Array.from({ length: 40 }, (_, i) => ({
    delay: Math.round(((ms + 4 * i * (0.8 + 0.4 * random())) * sampleRate) / 1000),
    gain: gain * (i === 0 ? 1 : (random() - 0.5) * Math.exp(-i / 10)),
  }));
  return (played) => {
    const heard = new Float64Array(played.length);
    for (const tap of taps)
      for (let i = tap.delay; i < heard.length; i++)
        heard[i] = (heard[i] ?? 0) + tap.gain * (played[i - tap.delay] ?? 0);
    return heard;
  };
}

export function noise(seed: number, length: number, level: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length }, () => level * (2 * random() - 1));
}

export const sumOf = (...all: readonly Float64Array[]): Float64Array =>
  Float64Array.from(all[0] ?? [], (_, i) => all.reduce((sum, one) => sum + (one[i] ?? 0), 0));

export const framesOf = (samples: Float64Array): Int16Array[] =>
  Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, n) =>
    Int16Array.from(samples.subarray(n * frameSamples, (n + 1) * frameSamples), (value) =>
      Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))),
    ),
  );

export const energyOf = (frame: Int16Array): number => frame.reduce((sum, value) => sum + value * value, 0);
