/** Programs that record and play, and whether any sound comes out of the microphone. */
import { setTimeout as delay } from "node:timers/promises";

import { SignetError } from "@signet/terminal";
import { microphoneSource, soundCard } from "@signet/terminal/node";
import type { AudioSource } from "@signet/terminal/node";
import { texts } from "@signet/words/command-line";

import { wordsFor } from "../output/error-words.ts";
import { ok, warning } from "./check.ts";
import type { CheckResult } from "./check.ts";

/** Long enough for the noise of a room to be heard (ms). */
const listenMs = 500;
/** A device that gives nothing within this time gives nothing (ms); on a busy machine its program takes a while to start. */
const startMs = 3_000;
const frameMs = 20;
/** Of 32,768: less is a microphone that is switched off, since every room and every amplifier makes some noise. */
const silentPeak = 8;

export async function checkMicrophone(): Promise<CheckResult> {
  const { recorder } = soundCard();
  if (recorder === undefined) return warning(texts().doctor.noRecorder, texts().doctor.noRecorderHint);
  const peak = await listen(microphoneSource());
  if (peak instanceof SignetError && peak.code !== "media.noMicrophone") {
    const { hint, message } = wordsFor(peak.code);
    return warning(message, hint);
  }
  if (peak === undefined || peak instanceof SignetError)
    return warning(texts().doctor.noMicrophone(recorder), texts().doctor.noMicrophoneHint);
  if (peak < silentPeak)
    return warning(texts().doctor.hearsNothing(recorder), texts().doctor.hearsNothingHint);
  return ok(texts().doctor.hearsSound(recorder));
}

export function checkSpeaker(): CheckResult {
  const { player } = soundCard();
  return player === undefined
    ? warning(texts().doctor.noPlayer, texts().doctor.noPlayerHint)
    : ok(texts().doctor.isThere(player));
}

export const checkEcho = (): CheckResult => ok(texts().doctor.halfDuplex);

/** @returns the largest amplitude; why the recording broke off; undefined when nothing came */
async function listen(source: AudioSource): Promise<number | SignetError | undefined> {
  const broken = new AbortController();
  source.ended.catch((error: unknown) => broken.abort(error));
  let peak: number | undefined;
  try {
    let untilMs = performance.now() + startMs;
    while (performance.now() < untilMs) {
      await delay(frameMs, undefined, { signal: broken.signal });
      for (let frame = source.read(); frame !== undefined; frame = source.read()) {
        if (peak === undefined) untilMs = performance.now() + listenMs;
        peak = frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), peak ?? 0);
      }
    }
    return peak;
  } catch {
    const { reason } = broken.signal as { readonly reason: unknown };
    return reason instanceof SignetError ? reason : undefined;
  } finally {
    source.close();
  }
}
