import { SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";

import { preferredDevice } from "./sound-devices.ts";
import { openOutput } from "./sound-output.ts";
import { processingWish } from "./sound-wishes.ts";

export interface MicrophoneTest {
  /** Root mean square, 0 to 1. */
  readonly level: () => number;
  /** It is another one than the one that was asked for. */
  readonly isOther: boolean;
  /**
   * Plays what is said within the next {@link delayS}, as much later, by the chosen loudspeaker; it is held in memory meanwhile, and nowhere else.
   * @returns the loudest that came in, 0 to 1, when it was played; undefined where it was stopped before
   */
  readonly hearYourself: (onPhase: (phase: "speak" | "listen") => void) => Promise<number | undefined>;
  readonly stop: () => void;
}

export const delayS = 3;
const lookEveryMs = 50;

/** Opens the microphone here alone: nothing is sent or kept. Rejects with `media.*` errors. */
export async function startMicrophoneTest(deviceId: string | undefined): Promise<MicrophoneTest> {
  // Absent on pages that are neither HTTPS nor localhost, whatever the types say.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media === undefined) throw new SignetError("media.noMicrophone");
  const chosen = deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };
  const stream = await media
    .getUserMedia({ audio: { ...processingWish(), ...chosen } })
    .catch((error: unknown) => {
      throw new SignetError(codeOfRefusal(error), error);
    });
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const level = (): number => {
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  };
  const used = stream.getAudioTracks()[0]?.getSettings().deviceId;
  const isStopped = new AbortController();
  return {
    isOther: deviceId !== undefined && used !== deviceId,
    level,
    hearYourself: async (onPhase) => {
      await context.resume();
      const output = await openOutput(context, preferredDevice("loudspeaker"));
      const gate = new GainNode(context, { gain: 1 });
      const delay = new DelayNode(context, { maxDelayTime: delayS, delayTime: delayS });
      source.connect(gate).connect(delay).connect(output.node);
      try {
        onPhase("speak");
        const loudest = await loudestWithin(level, isStopped.signal);
        if (isStopped.signal.aborted) return undefined;
        // What the loudspeaker plays is not heard a second time.
        gate.gain.value = 0;
        onPhase("listen");
        await pause(delayS * 1000, isStopped.signal);
        return isStopped.signal.aborted ? undefined : loudest;
      } finally {
        source.disconnect(gate);
        delay.disconnect();
        output.close();
      }
    },
    stop: () => {
      isStopped.abort();
      for (const track of stream.getTracks()) track.stop();
      context.close().catch(() => {});
    },
  };
}

/** At most one microphone is open, and none once it was stopped: also not the one that the browser still asks about. */
export class TestedMicrophone {
  readonly #open: typeof startMicrophoneTest;
  #running: MicrophoneTest | undefined;
  /** The latest start or stop counts. */
  #latest = 0;

  constructor(open = startMicrophoneTest) {
    this.#open = open;
  }

  /** @returns undefined where it was stopped, or another one started, meanwhile. Rejects with `media.*` errors */
  async start(deviceId: string | undefined): Promise<MicrophoneTest | undefined> {
    this.stop();
    const starting = this.#latest;
    const isLatest = (): boolean => starting === this.#latest;
    const test = await this.#open(deviceId).catch((error: unknown) => {
      if (isLatest()) throw error;
      return undefined;
    });
    if (isLatest()) return (this.#running = test);
    test?.stop();
    return undefined;
  }

  isRunning(test: MicrophoneTest): boolean {
    return test === this.#running;
  }

  stop(): void {
    this.#latest++;
    this.#running?.stop();
    this.#running = undefined;
  }
}

async function loudestWithin(level: () => number, signal: AbortSignal): Promise<number> {
  const untilMs = performance.now() + delayS * 1000;
  let loudest = 0;
  while (performance.now() < untilMs && !signal.aborted) {
    loudest = Math.max(loudest, level());
    await pause(lookEveryMs, signal);
  }
  return loudest;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

export function codeOfRefusal(error: unknown): ErrorCode {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "media.microphoneDenied";
  return name === "NotReadableError" || name === "AbortError" ? "media.microphoneBusy" : "media.noMicrophone";
}
