import { SignetError } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { Failure, exitCodes } from "../failure.ts";
import {
  answerOptions,
  identityOptions,
  mediaOptions,
  outputOptions,
  resolutionOptions,
} from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { callResult, stayInCall } from "../run/in-call.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const answer = command({
  name: "answer",
  summary: summaries.answer,
  about: texts().about.answer,
  options: { ...identityOptions, ...answerOptions, ...mediaOptions, ...resolutionOptions, ...outputOptions },
  examples: [
    "signet answer",
    "signet answer --timeout 30 --json",
    "signet answer --join",
    "signet answer --in hello.wav --record call.wav",
  ],
  run: async (values) => {
    const sound = await Sound.open(values);
    const answers = texts().trouble.nextAnswered;
    return runTerminal({ values, sound, live: true, answers }, async (run) => {
      await run.signIn();
      await answerNext(run, values);
      return callResult(await stayInCall(run, sound, values));
    });
  },
});

/** Until this terminal is in a call. @throws Failure when nothing rang in time */
async function answerNext(
  run: TerminalRun,
  { timeout: timeoutSeconds, join }: TerminalOptions,
): Promise<void> {
  const { terminal, output, interrupted } = run;
  const late = new AbortController();
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          const message = texts().trouble.nothingRang(timeoutSeconds);
          late.abort(new Failure(exitCodes.noAnswer, message, texts().trouble.moreTime));
        }, timeoutSeconds * 1_000);
  try {
    for (;;) {
      const incoming = await run.until(
        ({ call, ringing, joinable }) =>
          call === undefined
            ? (ringing[0] ?? (join === "yes" ? joinable[0] : undefined))
            : "answered already",
        late.signal,
      );
      if (typeof incoming === "string") return;
      const { callId, from } = incoming;
      output.event({ event: "answering", callId, from: from.userId });
      try {
        return await terminal.answer(callId, interrupted);
      } catch (error) {
        const isMissed = error instanceof SignetError && missed.has(error.code);
        if (!isMissed) throw error;
      }
      // It stopped ringing meanwhile; the next one counts.
      await run.until(
        ({ ringing, joinable }) =>
          [...ringing, ...joinable].some((call) => call.callId === callId) ? undefined : true,
        late.signal,
      );
    }
  } finally {
    clearTimeout(timer);
  }
}

const missed: ReadonlySet<string> = new Set(["call.notRinging", "call.notFound"]);
