import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

export const release = command({
  name: "release",
  summary: summaries.release,
  about: texts().about.release,
  options: { ...identityOptions, ...outputOptions },
  examples: ["signet release", "signet release --user anna --json"],
  run: (values) =>
    runTerminal({ values }, async (run) => {
      await run.signIn();
      await run.terminal.release();
      return exitCodes.ok;
    }),
});
