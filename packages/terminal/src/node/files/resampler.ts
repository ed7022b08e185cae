import { sampleRate } from "../audio.ts";

/** Zero crossings of the kernel on each side: aliases are about 70 dB down, more than the microphone that recorded it gives. */
const crossings = 16;
/** Of the lower one of the two bandwidths. */
const passband = 0.94;
/** Kernels that are kept; rates that would need more use the nearest one, which adds noise some 60 dB down. */
const mostPhases = 1_024;

/** From any rate to 48 kHz by a windowed sinc, piece by piece. */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #cutoff: number;
  readonly #half: number;
  readonly #kernels = new Map<number, Float32Array>();
  #input: Float32Array;
  /** Position of the next output sample: place in `#input`, and part of a sample in 1/`#up`. */
  #at: number;
  #part = 0;

  /** @param rate Hz of what comes in */
  constructor(rate: number) {
    const common = greatestCommonDivisor(rate, sampleRate);
    this.#up = sampleRate / common;
    this.#down = rate / common;
    this.#cutoff = Math.min(1, sampleRate / rate) * passband;
    this.#half = Math.ceil(crossings / this.#cutoff);
    // Silence before the beginning.
    this.#input = new Float32Array(this.#half);
    this.#at = this.#half;
  }

  /** @returns what can be told by now */
  push(samples: Float32Array): Float32Array {
    const input = new Float32Array(this.#input.length + samples.length);
    input.set(this.#input);
    input.set(samples, this.#input.length);
    const out = new Float32Array(Math.ceil(((input.length - this.#at) * this.#up) / this.#down) + 1);
    let count = 0;
    while (this.#at + this.#half < input.length) {
      out[count++] = this.#sample(input);
      this.#part += this.#down;
      this.#at += Math.floor(this.#part / this.#up);
      this.#part %= this.#up;
    }
    // Where the rate falls, the next place may lie beyond what has come.
    const keepFrom = Math.min(input.length, this.#at - this.#half + 1);
    this.#input = input.slice(Math.max(0, keepFrom));
    this.#at -= Math.max(0, keepFrom);
    return out.subarray(0, count);
  }

  /** @returns what is left at the end */
  flush(): Float32Array {
    return this.push(new Float32Array(this.#half));
  }

  #sample(input: Float32Array): number {
    const kernel = this.#kernel();
    const first = this.#at - this.#half + 1;
    let sum = 0;
    for (let i = 0; i < kernel.length; i++) sum += (kernel[i] ?? 0) * (input[first + i] ?? 0);
    return sum;
  }

  /** Weights of the samples from `half - 1` before to `half` after the place. */
  #kernel(): Float32Array {
    const phases = Math.min(this.#up, mostPhases);
    const phase = this.#up <= mostPhases ? this.#part : Math.round((this.#part * phases) / this.#up);
    let kernel = this.#kernels.get(phase);
    if (kernel === undefined) {
      kernel = makeKernel(phase / phases, this.#half, this.#cutoff);
      this.#kernels.set(phase, kernel);
    }
    return kernel;
  }
}

function makeKernel(fraction: number, half: number, cutoff: number): Float32Array {
  const kernel = new Float32Array(2 * half);
  let sum = 0;
  for (let i = 0; i < kernel.length; i++) {
    const x = i - half + 1 - fraction;
    const angle = (Math.PI * x) / half;
    // Blackman.
    const window = Math.abs(x) >= half ? 0 : 0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
    const weight = (x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x)) * window;
    kernel[i] = weight;
    sum += weight;
  }
  return kernel.map((weight) => weight / sum);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
