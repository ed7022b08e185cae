import type { CallView, IncomingCall } from "@signet/terminal";
import { isGone } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import {
  echoOptions,
  identityOptions,
  outputOptions,
  usualEchoSeconds,
} from "../options/terminal-options.ts";
import { answerCalls } from "../run/answer-calls.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

const echoDelayMs = 3_000;

export const echo = command({
  name: "echo",
  summary: summaries.echo,
  about: texts().echo.about,
  options: { ...identityOptions, ...echoOptions, ...outputOptions },
  examples: ["signet echo --profile echo", "signet echo --profile echo --hang-up-after 30 --json"],
  run: async (values) => {
    const sound = Sound.echoing(echoDelayMs);
    const { answers } = texts().echo;
    return runTerminal({ values, sound, live: true, answers }, async (run) => {
      await run.signIn();
      leaveCompany(run);
      const bounded = { "hang-up-after": usualEchoSeconds, ...values };
      return answerCalls(run, sound, bounded, (call) => (isAlone(call) ? "answer" : "decline"));
    });
  },
});

/** What several say to each other is nobody's to repeat. */
const isAlone = ({ others, startedBy }: IncomingCall): boolean =>
  others.length === 0 && startedBy === undefined;

/** Whoever called may bring in others later. */
function leaveCompany({ terminal }: TerminalRun): void {
  const isCompany = ({ participants, phase }: CallView): boolean =>
    phase !== "ended" && participants.filter(({ isSelf, state }) => !isSelf && !isGone(state)).length > 1;
  let left: CallView["callId"] | undefined;
  terminal.subscribe(({ call }) => {
    if (call === undefined || call.callId === left || !isCompany(call)) return;
    left = call.callId;
    void terminal.leave().catch(() => undefined);
  });
}
