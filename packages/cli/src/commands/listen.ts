import { SignetError } from "@signet/terminal";
import type { CallId, IncomingCall, UserId } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, failureOf, wrongUse } from "../failure.ts";
import type { ExitCode, Failure } from "../failure.ts";
import { identityOptions, listenOptions, mediaOptions, outputOptions } from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { callResult, stayInCall, warningOf } from "../run/in-call.ts";
import { SignedOut, runTerminal, unableToAnswer } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const listen = command({
  name: "listen",
  summary: summaries.listen,
  about: texts().about.listen,
  options: { ...identityOptions, ...listenOptions, ...mediaOptions, ...outputOptions },
  examples: [
    "signet listen --auto-answer-from anna,ben",
    "signet listen --auto-answer-from anyone --in announcement.wav --json",
    "signet listen --auto-answer-from anna --others decline --once --record visit.opus",
  ],
  run: async (values) => {
    const rule = values["auto-answer-from"];
    if (rule === undefined) throw wrongUse(texts().trouble.listenWhom, texts().trouble.listenGive);
    const sound = await Sound.open(values);
    const answers = texts().trouble.answeredFrom(rule === "anyone" ? rule : rule.join(", "));
    return runTerminal({ values, sound, live: true, answers }, async (run) => {
      await run.signIn();
      return listenOn(run, sound, values);
    });
  },
});

async function listenOn(run: TerminalRun, sound: Sound, values: TerminalOptions): Promise<ExitCode> {
  /** Calls about which something was decided. */
  const decided = new Set<CallId>();
  const device = new DeviceFailures();
  for (;;) {
    try {
      const incoming = await run.until(({ ringing }) => ringing.find(({ callId }) => !decided.has(callId)));
      decided.add(incoming.callId);
      if (!isAnswered(values["auto-answer-from"], incoming)) await turnAway(run, incoming, values);
      else if ((await takeCall(run, incoming, sound, values, device)) && values.once === "yes")
        return exitCodes.ok;
    } catch (error) {
      if (error instanceof SignedOut && error.reason === "expired") await run.signInAgain();
      else throw error;
    }
  }
}

function isAnswered(rule: TerminalOptions["auto-answer-from"], { from }: IncomingCall): boolean {
  const people: readonly UserId[] = rule === undefined || rule === "anyone" ? [] : rule;
  return rule === "anyone" || people.includes(from.userId);
}

async function turnAway(run: TerminalRun, incoming: IncomingCall, values: TerminalOptions): Promise<void> {
  const { callId, from } = incoming;
  const declines = values.others === "decline";
  run.output.event({ event: declines ? "declining" : "ignoring", callId, from: from.userId });
  if (!declines) return;
  try {
    await run.terminal.decline(callId);
  } catch (error) {
    // It is over, or rings on at most.
    if (!(error instanceof SignetError)) throw error;
  }
}

/** @returns whether it was a call: one that was over before it began is none */
async function takeCall(
  run: TerminalRun,
  { callId, from }: IncomingCall,
  sound: Sound,
  values: TerminalOptions,
  device: DeviceFailures,
): Promise<boolean> {
  run.output.event({ event: "answering", callId, from: from.userId });
  try {
    await run.terminal.answer(callId, run.interrupted);
    device.signed();
    const stayed = await stayInCall(run, sound, values);
    // What was lost of the sound was told; of one call of many it is no end.
    callResult(values.once === "yes" ? stayed : { ...stayed, lost: [] });
    return true;
  } catch (error) {
    const failure = error instanceof SignedOut ? undefined : failureOf(error);
    if (failure === undefined || values.once === "yes") throw error;
    device.mustGoOn(failure, error);
    // One call that failed does not end the listening.
    run.output.event(warningOf(failure));
    return false;
  }
}

/**
 * Who is signed in is rung, so a device that can no longer sign has to end that. The token may fail once, and a person may not have
 * been quick enough at the reader; a PIN that is wrong, locked or not to be had stays so.
 */
class DeviceFailures {
  #inARow = 0;

  signed(): void {
    this.#inARow = 0;
  }

  /** @throws Failure where nobody can be answered any more */
  mustGoOn(failure: Failure, error: unknown): void {
    if (failure.exitCode !== exitCodes.device || passing.has(failure.code)) return;
    this.#inARow += 1;
    if (mayPass.has(failure.code) && this.#inARow < 2) return;
    throw error instanceof SignetError ? unableToAnswer(error) : error;
  }
}

/** What says nothing of the next signature; a removal is told by the session itself. */
const passing: ReadonlySet<string | undefined> = new Set(["device.cancelled", "device.tokenRemoved"]);
const mayPass: ReadonlySet<string | undefined> = new Set([
  "device.tokenFailed",
  "device.signatureMalformed",
  "device.publicKeyMismatch",
]);
