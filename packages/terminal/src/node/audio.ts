/** Sound as it passes through a terminal without a browser: frames of 20 ms, 48 kHz, one channel, 16 bits. */

import { frameUnits } from "@signet/protocol/voice";
import type { SignetError } from "@signet/protocol";

/** Samples of one frame. */
export const frameSamples = frameUnits;
/** Hz. */
export const sampleRate = 48_000;

/** Why nothing comes from a device. `silent`: the system, or a switch on it, mutes it. */
export type DeviceTrouble = SignetError | "silent";

/** Where the sound comes from that a terminal sends. */
export interface AudioSource {
  /** The next 20 ms; undefined when there is nothing now, and silence is sent. */
  read(): Int16Array | undefined;
  /** What is not read now is there later: it is not read while nobody can hear it. Else time goes on for it. */
  readonly waits?: boolean;
  /**
   * Resolves when the source has no more; never for one without end.
   * @throws SignetError rejects when it broke, for example `media.noMicrophone` for one that was unplugged
   */
  readonly ended: Promise<void>;
  /** Only of a device that may go and come back: tells of it, and `undefined` when it is back. */
  watch?(onTrouble: (trouble: DeviceTrouble | undefined) => void): void;
  close(): void;
}

/** Where the sound goes that a terminal receives. */
export interface AudioSink {
  /** Must not throw. @param frame 20 ms; to be taken in before this returns, since it is used again */
  write(frame: Int16Array): void;
  /** Resolves as soon as something gets lost, with what `close` will reject with; never where all goes well. */
  readonly failed?: Promise<SignetError>;
  /**
   * Resolves when all is on disk or played; each time it is called.
   * @throws SignetError rejects with `media.cannotWrite` or `media.noSpeaker` when something got lost
   */
  close(): Promise<void>;
}

export const silentFrame: Int16Array = new Int16Array(frameSamples);

/** Root mean square, 0 to 1. */
export function loudnessOf(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return frame.length === 0 ? 0 : Math.sqrt(sum / frame.length) / 32_768;
}
