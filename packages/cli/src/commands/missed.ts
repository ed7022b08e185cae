import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

export const missed = command({
  name: "missed",
  summary: summaries.missed,
  about: texts().about.missed,
  options: { ...identityOptions, ...outputOptions },
  examples: ["signet missed", "signet missed --json"],
  run: (values) =>
    runTerminal({ values }, async (run) => {
      await run.signIn();
      await run.terminal.askMissed();
      return exitCodes.ok;
    }),
});
