import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

export const missed = command({
  name: "missed",
  summary: summaries.missed,
  about: [
    "signs in here, which ends your sign-in elsewhere, and releases it again: one signature. each call is verified",
    "here by the signature of whoever called, and listed once, by whichever command signs in first.",
  ],
  options: { ...identityOptions, ...outputOptions },
  examples: ["signet missed", "signet missed --json"],
  run: (values) =>
    runTerminal({ values }, async (run) => {
      await run.signIn();
      await run.terminal.askMissed();
      return exitCodes.ok;
    }),
});
