import { frameSamples } from "./audio.ts";

/** Adds frames up; what would be too loud is cut at the ends of 16 bits. The frame given out is used again by the next mix. */
export class Mixer {
  readonly #sum = new Int32Array(frameSamples);
  readonly #out = new Int16Array(frameSamples);
  #used = false;

  begin(): void {
    if (this.#used) this.#sum.fill(0);
    this.#used = false;
  }

  add(frame: Int16Array): void {
    const length = Math.min(frame.length, frameSamples);
    const sum = this.#sum;
    for (let i = 0; i < length; i++) sum[i] = (sum[i] ?? 0) + (frame[i] ?? 0);
    this.#used = true;
  }

  /** All that was added since {@link begin}. */
  frame(): Int16Array {
    const sum = this.#sum;
    const out = this.#out;
    for (let i = 0; i < frameSamples; i++) out[i] = Math.max(-32_768, Math.min(32_767, sum[i] ?? 0));
    return out;
  }
}
