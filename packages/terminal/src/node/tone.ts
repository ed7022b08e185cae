import { frameSamples, sampleRate } from "./audio.ts";
import type { AudioSource } from "./audio.ts";

const peak = 12_000;
/** As syllables do. */
const swellsPerSecond = 4;

/** A tone without end that swells and fades as a voice does, so that nothing takes it for noise. @param hertz below 24,000 */
export function toneSource(hertz: number): AudioSource {
  let at = 0;
  return {
    read() {
      const frame = new Int16Array(frameSamples);
      for (let i = 0; i < frameSamples; i++) {
        const time = at++ / sampleRate;
        const swell = 0.5 - 0.5 * Math.cos(2 * Math.PI * swellsPerSecond * time);
        frame[i] = Math.round(peak * swell * Math.sin(2 * Math.PI * hertz * time));
      }
      // Once a second the swell is back where it began, and so is the phase of a tone of whole hertz.
      if (at >= sampleRate && Number.isInteger(hertz)) at -= sampleRate;
      return frame;
    },
    ended: new Promise(() => undefined),
    close: () => undefined,
  };
}
