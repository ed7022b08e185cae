import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import {
  echoOptions,
  identityOptions,
  outputOptions,
  usualEchoSeconds,
} from "../options/terminal-options.ts";
import { answerCalls } from "../run/answer-calls.ts";
import { isForOne, leaveAfter, leaveCompany } from "../run/echo-calls.ts";
import { runTerminal } from "../run/terminal-run.ts";
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
      const { "hang-up-after": longestS = usualEchoSeconds, ...others } = values;
      leaveCompany(run.terminal);
      leaveAfter(run.terminal, longestS);
      return answerCalls(run, sound, others, (call) => (isForOne(call) ? "answer" : "decline"));
    });
  },
});
