/** One call after the other, by a rule, until the command is stopped. */
import { SignetError } from "@signet/terminal";
import type { CallId, IncomingCall } from "@signet/terminal";

import { exitCodes, failureOf } from "../failure.ts";
import type { ExitCode, Failure } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import type { Sound } from "../sound/sound.ts";
import { callResult, stayInCall, warningOf } from "./in-call.ts";
import { SignedOut, unableToAnswer } from "./terminal-run.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** What becomes of a call that rings. */
export type CallRule = (incoming: IncomingCall) => "answer" | "decline" | "ring";

/** Resolves after the first call that was answered, with `once`; signs in again when the sign-in runs out. @throws Failure, Interrupted */
export async function answerCalls(
  run: TerminalRun,
  sound: Sound,
  values: TerminalOptions,
  rule: CallRule,
): Promise<ExitCode> {
  /** Calls about which something was decided. */
  const decided = new Set<CallId>();
  const device = new DeviceFailures();
  for (;;) {
    try {
      const incoming = await run.until(({ ringing }) => ringing.find(({ callId }) => !decided.has(callId)));
      decided.add(incoming.callId);
      const what = rule(incoming);
      if (what !== "answer") await turnAway(run, incoming, what);
      else if ((await takeCall(run, incoming, sound, values, device)) && values.once === "yes")
        return exitCodes.ok;
    } catch (error) {
      if (error instanceof SignedOut && error.reason === "expired") await run.signInAgain();
      else throw error;
    }
  }
}

async function turnAway(run: TerminalRun, incoming: IncomingCall, what: "decline" | "ring"): Promise<void> {
  const { callId, from } = incoming;
  const declines = what === "decline";
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
