/** A sentence whose words are tones, so that samples show which of them was heard when. */
export type Word = "x" | "a" | "b" | "c" | "d" | "z";

/** In the order in which they are said. */
export const sentence: readonly Word[] = ["x", "a", "b", "c", "d", "z"];

const hertzOf: Readonly<Record<Word, number>> = { x: 440, a: 700, b: 1_100, c: 1_700, d: 2_600, z: 3_900 };

/** Of 20 ms: 300 ms. */
export const wordFrames = 15;

const sampleRate = 48_000;
const frameSamples = 960;
const blockSamples = 480;
const amplitude = 0.5;

/** @returns the frames of each word in Opus, as an encoder makes them that hears the sentence in one breath */
export async function encodeSentence(): Promise<ReadonlyMap<Word, readonly Uint8Array<ArrayBuffer>[]>> {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  const encoder = new AudioEncoder({
    output(chunk) {
      const frame = new Uint8Array(chunk.byteLength);
      chunk.copyTo(frame);
      frames.push(frame);
    },
    error(error) {
      throw error;
    },
  });
  encoder.configure({ codec: "opus", sampleRate, numberOfChannels: 1, bitrate: 32_000 });
  const samples = new Float32Array(sentence.length * wordFrames * frameSamples);
  let phase = 0;
  samples.forEach((_, at) => {
    const word = sentence[Math.floor(at / (wordFrames * frameSamples))] ?? "z";
    phase += (2 * Math.PI * hertzOf[word]) / sampleRate;
    samples[at] = amplitude * Math.sin(phase);
  });
  const format = { format: "f32", sampleRate, numberOfChannels: 1, timestamp: 0 } as const;
  encoder.encode(new AudioData({ ...format, numberOfFrames: samples.length, data: samples }));
  await encoder.flush();
  encoder.close();
  return new Map(sentence.map((word, at) => [word, frames.slice(at * wordFrames, (at + 1) * wordFrames)]));
}

/** Writes down which word is heard, by the samples that are played: one letter for each 10 ms, a dot where it is none. */
export class Listener {
  heard = "";
  #waiting: number[] = [];

  push(samples: Float32Array): void {
    this.#waiting.push(...samples);
    while (this.#waiting.length >= blockSamples)
      this.heard += wordIn(this.#waiting.splice(0, blockSamples)) ?? ".";
  }
}

/** The word whose tone is most of what sounds, and no weaker than a sixth of how it was said. */
function wordIn(block: readonly number[]): Word | undefined {
  const power = block.reduce((sum, sample) => sum + sample * sample, 0) / block.length;
  const least = amplitude ** 2 / 2 / 36;
  return power < least ? undefined : sentence.find((word) => powerAt(block, hertzOf[word]) > power / 2);
}

/** Mean power of one tone in it (Goertzel's algorithm). */
function powerAt(block: readonly number[], hertz: number): number {
  const angle = (2 * Math.PI * hertz) / sampleRate;
  const factor = 2 * Math.cos(angle);
  let [last, beforeLast] = [0, 0];
  for (const sample of block) [last, beforeLast] = [sample + factor * last - beforeLast, last];
  const square = last * last + beforeLast * beforeLast - factor * last * beforeLast;
  return (2 * square) / block.length ** 2;
}
