import { frameMs } from "@signet/protocol/voice";

import type { AudioSink, AudioSource } from "./audio.ts";

/** What comes in bursts, after the process stood still, is given back whole: so much later at most (frames). */
const slackFrames = 25;

/**
 * What goes into the sink comes out of the source so much later. It is held in memory until then, and nowhere else.
 * @param delayMs a multiple of 20
 */
export function echoLine(delayMs: number): { readonly sink: AudioSink; readonly source: AudioSource } {
  const delayFrames = delayMs / frameMs;
  let held: Int16Array[] = [];
  /** Nothing of it is left in memory that somebody else gets. */
  const forget = (frames: readonly Int16Array[]): void => {
    for (const frame of frames) frame.fill(0);
  };
  const clear = (): void => {
    forget(held);
    held = [];
  };
  return {
    sink: {
      write: (frame) => {
        held.push(Int16Array.from(frame));
        // The source is read as often: else nobody is there who hears it.
        if (held.length > delayFrames + slackFrames) forget(held.splice(0, held.length - delayFrames));
      },
      close: () => Promise.resolve(clear()),
    },
    source: {
      read: () => (held.length > delayFrames ? held.shift() : undefined),
      ended: new Promise(() => undefined),
      close: clear,
    },
  };
}
