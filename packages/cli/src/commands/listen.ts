import type { IncomingCall, UserId } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { wrongUse } from "../failure.ts";
import {
  identityOptions,
  listenOptions,
  mediaOptions,
  outputOptions,
  resolutionOptions,
} from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { answerCalls } from "../run/answer-calls.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const listen = command({
  name: "listen",
  summary: summaries.listen,
  about: texts().about.listen,
  options: { ...identityOptions, ...listenOptions, ...mediaOptions, ...resolutionOptions, ...outputOptions },
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
      const otherwise = values.others ?? "ring";
      return answerCalls(run, sound, values, (call) => (isAnswered(rule, call) ? "answer" : otherwise));
    });
  },
});

function isAnswered(rule: TerminalOptions["auto-answer-from"], { from }: IncomingCall): boolean {
  const people: readonly UserId[] = rule === undefined || rule === "anyone" ? [] : rule;
  return rule === "anyone" || people.includes(from.userId);
}
