import { texts } from "@signet/words/command-line";
import { setTimeout as delay } from "node:timers/promises";

import { command } from "../command.ts";
import { Failure, exitCodes } from "../failure.ts";
import {
  identityOptions,
  mediaOptions,
  outputOptions,
  resolutionOptions,
} from "../options/terminal-options.ts";
import type { CommandEvent } from "../output/events.ts";
import { callResult, stayInCall } from "../run/in-call.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

/** The server names the call with the sign-in; what takes time is that it is verified here (ms). */
const offeredWithinMs = 5_000;

export const move = command({
  name: "move",
  summary: summaries.move,
  about: texts().about.move,
  options: { ...identityOptions, ...mediaOptions, ...resolutionOptions, ...outputOptions },
  examples: ["signet move", "signet move --user anna --record rest.wav", "signet move --json"],
  run: async (values) => {
    const sound = await Sound.open(values);
    // It is what is being done.
    const untold = ({ event }: CommandEvent): boolean => event === "elsewhere";
    return runTerminal({ values, sound, live: true, untold }, async (run) => {
      await run.signIn();
      await isOffered(run);
      await run.terminal.moveHere(run.interrupted);
      return callResult(await stayInCall(run, sound, values));
    });
  },
});

/** @throws Failure where there is no call to be moved */
async function isOffered(run: TerminalRun): Promise<void> {
  const late = new AbortController();
  void delay(offeredWithinMs, undefined, { ref: false }).then(() => {
    late.abort(new Failure(exitCodes.noAnswer, texts().trouble.notElsewhere, texts().trouble.joinInstead));
  });
  await run.until(({ elsewhere }) => (elsewhere === undefined ? undefined : true), late.signal);
}
