import { frameSamples } from "./audio.ts";

/** Frames of 20 ms within which an echo comes back: what player and recorder hold, and what a room adds. */
const windowFrames = 50;
/** Mean square of a frame, of 1, below which nothing is played (-60 dB). */
const playedFloor = 1e-6;
/** Frames of sound that are played before what is learned of the echo counts. */
const learningFrames = 75;
/** How much of what a frame teaches is taken on; of one that is louder than awaited; and of one that may be an own voice. */
const step = 0.3;
const growingStep = 0.1;
const carefulStep = 0.003;
/** By how much the microphone has to be louder than the echo that is awaited, in power, for an own voice (6 dB): more of it cuts words, less lets echo through. */
const voiceRatio = 4;
/** So alike are only the echo and what is played: a voice has a rhythm of its own. */
const sameRhythm = 0.7;
/** Frames for which an own voice is let through after it was found, so that words stay whole. */
const holdFrames = 10;
/** The quietest frames are the noise of the room; it is forgotten by this much in each frame (a doubling in 7 s). */
const noiseGrowth = 1.002;

/**
 * Half duplex by level: while something is played, the microphone is let through only where it hears more than the echo of that. It learns how loud the echo
 * comes back and after how long, from the loudness alone: of each frame, what is heard is compared with what was played within the second before. With headphones
 * there is no echo, and soon nothing is held back.
 *
 * Pure: frames are its only clock.
 */
export class EchoGate {
  /** Mean squares of what was played last, the newest first. */
  readonly #played = new Float64Array(windowFrames);
  /** How much of it is heard, by how many frames ago it was played. */
  readonly #echo = new Float64Array(windowFrames);
  /** What was heard and awaited lately, the newest first: whether both have one rhythm. */
  readonly #heard = new Float64Array(windowFrames);
  readonly #awaited = new Float64Array(windowFrames);
  #learned = 0;
  #noise = Infinity;
  #holds = 0;
  #gain = 1;

  /** @param frame 20 ms that the loudspeaker gets */
  play(frame: Int16Array): void {
    push(this.#played, meanSquareOf(frame));
  }

  /** @param frame 20 ms of the microphone; changed in place */
  hear(frame: Int16Array): void {
    const power = meanSquareOf(frame);
    this.#noise = Math.min(power, this.#noise * noiseGrowth + 1e-12);
    const heard = Math.max(0, power - this.#noise);
    const awaited = dot(this.#echo, this.#played);
    push(this.#heard, heard);
    push(this.#awaited, awaited);
    const isPlayed = this.#played.some((power) => power > playedFloor);
    const isVoice = isPlayed && this.#isVoice(heard);
    if (isPlayed) this.#learn(heard, awaited, isVoice);
    if (isVoice) this.#holds = holdFrames;
    else if (this.#holds > 0) this.#holds--;
    this.#fade(frame, isPlayed && this.#holds === 0 ? 0 : 1);
  }

  #isVoice(heard: number): boolean {
    if (this.#learned < learningFrames) return false;
    // Timers are late at times, and what was played a moment ago is heard now.
    const awaited = Math.max(this.#awaited[0] ?? 0, this.#awaited[1] ?? 0, this.#awaited[2] ?? 0);
    if (heard <= voiceRatio * awaited + this.#noise) return false;
    // Louder than awaited, in the rhythm of what is played: somebody turned the loudspeaker up.
    return likeness(this.#heard, this.#awaited) < sameRhythm;
  }

  /** One step of a normalised least-mean-square filter (NLMS) over powers, which are never negative. */
  #learn(heard: number, awaited: number, isVoice: boolean): void {
    if ((this.#played[0] ?? 0) > playedFloor) this.#learned++;
    const size = dot(this.#played, this.#played);
    if (size < playedFloor * playedFloor) return;
    const change = (this.#stepFor(heard, awaited, isVoice) * (heard - awaited)) / size;
    for (let i = 0; i < windowFrames; i++)
      this.#echo[i] = Math.max(0, (this.#echo[i] ?? 0) + change * (this.#played[i] ?? 0));
  }

  #stepFor(heard: number, awaited: number, isVoice: boolean): number {
    if (isVoice) return carefulStep;
    return heard > awaited && this.#learned >= learningFrames ? growingStep : step;
  }

  /** Within one frame, so that it does not click. */
  #fade(frame: Int16Array, gain: number): void {
    const from = this.#gain;
    this.#gain = gain;
    if (from === 1 && gain === 1) return;
    if (from === 0 && gain === 0) return void frame.fill(0);
    for (let i = 0; i < frame.length; i++)
      frame[i] = (frame[i] ?? 0) * (from + ((gain - from) * (i + 1)) / frameSamples);
  }
}

function meanSquareOf(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return sum / Math.max(1, frame.length) / 32_768 ** 2;
}

function push(values: Float64Array, value: number): void {
  values.copyWithin(1, 0);
  values[0] = value;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < windowFrames; i++) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
}

/** Pearson's correlation: 1 for the same course, however loud. */
function likeness(one: Float64Array, other: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / windowFrames;
  const [meanOfOne, meanOfOther] = [mean(one), mean(other)];
  let [both, ones, others] = [0, 0, 0];
  for (let i = 0; i < windowFrames; i++) {
    const [a, b] = [(one[i] ?? 0) - meanOfOne, (other[i] ?? 0) - meanOfOther];
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return both / Math.sqrt(ones * others || 1);
}
