import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import {
  identityOptions,
  mediaOptions,
  outputOptions,
  resolutionOptions,
} from "../options/terminal-options.ts";
import { stayForCalls } from "../run/in-call.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const signIn = command({
  name: "sign-in",
  summary: summaries.signIn,
  about: texts().about.signIn,
  options: { ...identityOptions, ...mediaOptions, ...resolutionOptions, ...outputOptions },
  examples: ["signet sign-in", "signet sign-in --user anna --in none --out speaker", "signet sign-in --json"],
  run: async (values) => {
    const sound = await Sound.open(values);
    return runTerminal({ values, sound, live: true }, async (run) => {
      await run.signIn();
      return stayForCalls(run, sound, values);
    });
  },
});
