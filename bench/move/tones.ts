/** Steady tones, by which a gap of a few milliseconds is a gap: who says which, and when it was heard first and last. */
import type { AudioSink, AudioSource } from "@signet/terminal/node";
import { frameSamples, sampleRate } from "@signet/terminal/node";

const peak = 8_000;
/** What is left of it at the edges of a gap is no tone any more. */
const audible = peak / 4;
export const frameMs = (1_000 * frameSamples) / sampleRate;

/** Of the machine, for all processes: milliseconds since 1970, with fractions. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** @param hertz a multiple of 50, so that a frame holds whole waves */
export function steadyTone(hertz: number): AudioSource {
  const frame = Int16Array.from({ length: frameSamples }, (_, i) =>
    Math.round(peak * Math.sin((2 * Math.PI * hertz * i) / sampleRate)),
  );
  return { read: () => frame.slice(), ended: new Promise(() => undefined), close: () => undefined };
}

/** Notes of each tone when it was heard last, and first since {@link reset}. */
export class ToneLog implements AudioSink {
  readonly first = new Map<number, number>();
  readonly last = new Map<number, number>();
  readonly #hertz: readonly number[];

  constructor(...hertz: readonly number[]) {
    this.#hertz = hertz;
  }

  write(frame: Int16Array): void {
    const atMs = nowMs();
    for (const hertz of this.#hertz) {
      if (amplitudeAt(frame, hertz) < audible) continue;
      if (!this.first.has(hertz)) this.first.set(hertz, atMs);
      this.last.set(hertz, atMs);
    }
  }

  reset(): void {
    this.first.clear();
    this.last.clear();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function amplitudeAt(frame: Int16Array, hertz: number): number {
  const step = (2 * Math.PI * hertz) / sampleRate;
  let [real, imaginary] = [0, 0];
  frame.forEach((sample, i) => {
    real += sample * Math.cos(step * i);
    imaginary += sample * Math.sin(step * i);
  });
  return (2 * Math.hypot(real, imaginary)) / frame.length;
}
