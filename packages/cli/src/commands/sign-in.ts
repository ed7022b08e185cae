import { command } from "../command.ts";
import { identityOptions, mediaOptions, outputOptions } from "../options/terminal-options.ts";
import { stayForCalls } from "../run/in-call.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const signIn = command({
  name: "sign-in",
  summary: summaries.signIn,
  about: [
    "shows a live view in a terminal window; elsewhere lines tell what happens, and nothing is answered",
    "(use `signet answer` or `signet listen` there). Signed out from elsewhere, it says so and ends.",
  ],
  options: { ...identityOptions, ...mediaOptions, ...outputOptions },
  examples: ["signet sign-in", "signet sign-in --user anna --in none --out speaker", "signet sign-in --json"],
  run: async (values) => {
    const sound = await Sound.open(values);
    return runTerminal({ values, sound, live: true }, async (run) => {
      await run.signIn();
      return stayForCalls(run, sound, values);
    });
  },
});
