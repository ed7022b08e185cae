import { frameSamples, sampleRate } from "@signet/terminal/node";
import type { AudioSource } from "@signet/terminal/node";

const noteSamples = 0.5 * sampleRate;
const peak = 10_000;

/** C, E, G, and C above, half a second each (Hz). */
export const melodyNotes = [523, 659, 784, 1_047] as const;

/** A short melody that needs no file: what is played where none was given. */
export function melody(): AudioSource {
  const total = melodyNotes.length * noteSamples;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let at = 0;
  return {
    read() {
      if (at >= total) {
        end();
        return undefined;
      }
      return Int16Array.from({ length: frameSamples }, () => sampleAt(at++));
    },
    ended,
    close: end,
  };
}

function sampleAt(at: number): number {
  const hertz = melodyNotes[Math.floor(at / noteSamples)];
  if (hertz === undefined) return 0;
  // Each note swells and fades, so that none begins or ends with a click.
  const swell = Math.sin((Math.PI * (at % noteSamples)) / noteSamples);
  return Math.round(peak * swell * Math.sin((2 * Math.PI * hertz * at) / sampleRate));
}
