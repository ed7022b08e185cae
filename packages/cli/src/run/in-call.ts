/** From the moment at which this terminal is in a call to its end. */
import { setTimeout as delay } from "node:timers/promises";

import { SignetError, isAlone } from "@signet/terminal";
import type { CallView, Participant } from "@signet/terminal";
import { isoTime, memberStatePredicate } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodeOf, exitCodes } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { clean } from "../output/clean.ts";
import { detailOf } from "../output/detail.ts";
import { wordsFor } from "../output/error-words.ts";
import type { CommandEvent } from "../output/events.ts";
import { aboutWhom } from "../output/words.ts";
import { soundFailure } from "../sound/sound.ts";
import type { Sound } from "../sound/sound.ts";
import { keepRecord, saveRecord } from "./keeping-record.ts";
import { resolveInCall, saveResolutions } from "./resolving.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** What is on its way to the others when a file was played should arrive before this terminal leaves (ms). */
const lastSoundMs = 500;

/** Long enough to see that somebody comes back; meanwhile other callers find this terminal busy (ms). */
const aloneGraceMs = 20_000;

/** A call to its end. */
interface StayedCall {
  readonly call: CallView;
  /** What failed of its files, each told already. */
  readonly lost: readonly Failure[];
}

/** For whoever answers by hand: stays signed in through one call after the other. */
export async function stayForCalls(
  run: TerminalRun,
  sound: Sound,
  values: TerminalOptions,
): Promise<ExitCode> {
  for (;;) {
    await run.until(({ call }) => (call !== undefined && !hasEnded(call) ? true : undefined));
    await stayInCall(run, sound, values, aloneGraceMs);
  }
}

/**
 * Files that fail are told at once, and a loudspeaker that goes or comes back.
 * @param graceMs how long this terminal stays when everybody else has left, for somebody to come back
 * @returns the call as it was when it ended, and what of its sound was lost
 */
export async function stayInCall(
  run: TerminalRun,
  sound: Sound,
  values: TerminalOptions,
  graceMs = 0,
): Promise<StayedCall> {
  const { terminal, output } = run;
  const { "hang-up-after": hangUpAfterSeconds } = values;
  const lost: Failure[] = [];
  const tellLost = (failure: Failure): void => {
    if (lost.some(({ message }) => message === failure.message)) return;
    lost.push(failure);
    output.event(warningOf(failure));
  };
  const tellFailed = (error: unknown): void => {
    if (!(error instanceof Failure)) throw error;
    tellLost(error);
  };
  sound.onFailure = tellLost;
  sound.watchSpeaker((trouble) => output.event(speakerEvent(trouble)));
  const over = new AbortController();
  const leave = (): void => void terminal.leave().catch(() => undefined);
  void sound.played().then(
    () => delay(lastSoundMs, undefined, { signal: over.signal }).then(leave, () => undefined),
    // The microphone state tells of a source that broke.
    () => undefined,
  );
  try {
    await run.until(({ call }) => (call?.activeSinceMs !== undefined || hasEnded(call) ? true : undefined));
    if (hangUpAfterSeconds !== undefined)
      void delay(hangUpAfterSeconds * 1_000, undefined, { signal: over.signal }).then(leave, () => undefined);
    try {
      if (!hasEnded(terminal.state.call)) keepRecord(run, values);
    } catch (error) {
      tellFailed(error);
    }
    void resolveInCall(run, values, over.signal, (failure) => output.event(warningOf(failure)));
    if (sound.isHalfDuplex) output.event({ event: "halfDuplex" });
    for (const file of sound.written) output.event({ event: "recording", file });
    for (;;) {
      const last = await run.until(({ call }) => (hasEnded(call) || isLeftAlone(call) ? call : undefined));
      if (hasEnded(last)) return { call: last, lost };
      const { callId } = last;
      if (graceMs === 0) {
        output.event({ event: "alone", callId });
        break;
      }
      output.event({ event: "alone", callId, leavesAt: isoTime(Date.now() + graceMs) });
      if (!(await isOverWithin(run, graceMs))) break;
    }
    await terminal.leave();
    return { call: await run.until(({ call }) => (hasEnded(call) ? call : undefined)), lost };
  } finally {
    over.abort();
    await tellWritten(run, sound, tellLost);
    for (const save of [saveResolutions, saveRecord]) await save(run, values).catch(tellFailed);
  }
}

/** Whether the call ended, or is one of several again, before the time is over. */
async function isOverWithin(run: TerminalRun, withinMs: number): Promise<boolean> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), withinMs);
  try {
    return await run.until(({ call }) => hasEnded(call) || !isLeftAlone(call) || undefined, late.signal);
  } catch (error) {
    if (!late.signal.aborted || error !== late.signal.reason) throw error;
    return false;
  } finally {
    clearTimeout(timer);
  }
}

const hasEnded = (call: CallView | undefined): boolean => call?.phase === "ended";
const isLeftAlone = (call: CallView | undefined): boolean => call !== undefined && isAlone(call);

async function tellWritten(
  { terminal, output }: TerminalRun,
  sound: Sound,
  tellLost: (failure: Failure) => void,
): Promise<void> {
  const wasActive = terminal.state.call?.activeSinceMs !== undefined;
  await terminal.leave().catch(() => undefined);
  for (const { file, done, isEmpty } of sound.takeWritten()) {
    try {
      await done();
      if (wasActive && isEmpty()) tellLost(nothingWritten(file));
      else output.event({ event: "recorded", file });
    } catch (error) {
      tellLost(
        soundFailure(
          error instanceof SignetError ? error : new SignetError("media.cannotWrite", error),
          file,
        ),
      );
    }
  }
}

const nothingWritten = (file: string): Failure =>
  new Failure(exitCodes.callFailed, texts().trouble.holdsNothing(file), texts().trouble.everyCall);

function speakerEvent(trouble: SignetError | undefined): CommandEvent {
  if (trouble === undefined) return { event: "speaker", status: "on" };
  const detail = detailOf(trouble);
  return {
    event: "speaker",
    status: "unavailable",
    code: trouble.code,
    ...(detail === undefined ? {} : { detail }),
  };
}

export function warningOf(failure: Failure): CommandEvent {
  const { message, hint, code } = failure;
  const detail = detailOf(failure);
  return {
    event: "warning",
    message,
    hint,
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** @throws Failure for a call that came to nothing, was left for safety, or of which not all was written that was to be */
export function callResult({ call: { end, activeSinceMs, participants }, lost }: StayedCall): ExitCode {
  switch (end?.type) {
    case "failed": {
      const { message, hint } = wordsFor(end.code, end.userId);
      throw new Failure(exitCodeOf(end.code), `${aboutWhom(end)}${message}`, hint, end.code);
    }
    case "unbound":
      throw new Failure(exitCodes.refused, texts().trouble.signedOutInCall, texts().trouble.runAgainToSignIn);
    case "moved":
      return exitCodes.ok;
    case "ended":
    case "left":
    case "removed":
    case undefined:
      if (activeSinceMs !== undefined) {
        const [failure] = lost;
        if (failure !== undefined) throw failure;
        return exitCodes.ok;
      }
      throw new Failure(exitCodes.noAnswer, whyNobody(participants), hintForNobody(participants));
  }
}

function whyNobody(participants: readonly Participant[]): string {
  const others = participants.filter(({ isSelf }) => !isSelf);
  const reasons = others
    .filter(({ state }) => state !== "ringing" && state !== "joining" && state !== "left")
    .map(({ userId, state, refusal }) =>
      texts().trouble.whoWhat(clean(userId), memberStatePredicate(state, refusal)),
    );
  return reasons.length === 0
    ? texts().trouble.nobodyAnswered
    : texts().trouble.nobodyCame(reasons.join(", "));
}

function hintForNobody(participants: readonly Participant[]): string {
  const isAnybody = (wanted: Participant["state"]): boolean =>
    participants.some(({ state }) => state === wanted);
  if (isAnybody("unknown")) return texts().trouble.checkSpelling;
  return isAnybody("offline") ? texts().trouble.laterOrAsk : texts().trouble.later;
}
