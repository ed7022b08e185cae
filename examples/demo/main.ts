/**
 * `npm run demo`: a server, three or four people with their signature devices, and a real call among them, on this machine only.
 * The exit code is 0 when every claim that it printed was measured to be so, 1 when one was not, 2 when it was started wrongly.
 */
import { setTimeout as delay } from "node:timers/promises";

import { inWords } from "../in-words.ts";
import { names } from "./arriving.ts";
import { Printer } from "./print.ts";
import { createStory } from "./story.ts";

const usage = `usage: npm run demo [-- --mute ID]

plays a call among people on this machine, and measures whether it is what
signet promises; it needs neither network nor microphone, and keeps nothing

options:
  --mute ID   mutes one of ${names.join(", ")}, to see that the demo notices
`;
/**
 * Whatever hangs is not waited for (ms). The server waits for a process that is just starting, which takes seconds on a busy machine;
 * whoever does not want to wait presses Ctrl-C again.
 */
const farewellMs = 30_000;

async function play(muted: string | undefined): Promise<number> {
  const print = new Printer(process.stdout, process.env);
  const story = createStory(print, muted);
  print.title("Signet: a call among people who prove who they are");
  const told = story.tell().then(() => undefined, inWords);
  const outcome = await Promise.race([told, signalled()]);
  if (typeof outcome === "string") print.check(false, outcome);
  await Promise.race([story.close(), delay(farewellMs)]);
  if (typeof outcome === "number") return outcome;
  print.summary();
  if (print.hasFailed) return 1;
  print.line("Next: npm start           serves http://localhost:8080, for two browser windows");
  print.line("      npx signet --help   the same on the command line");
  return 0;
}

/** @returns the exit code of a program that was interrupted */
function signalled(): Promise<number> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve(130));
    process.once("SIGTERM", () => resolve(143));
  });
}

async function main([option, ...rest]: readonly string[]): Promise<number> {
  if (option === "--help") {
    process.stdout.write(usage);
    return 0;
  }
  const [muted, ...more] = rest;
  if (option === undefined) return play(undefined);
  if (option === "--mute" && muted !== undefined && names.includes(muted) && more.length === 0)
    return play(muted);
  process.stderr.write(
    `error: cannot do "${[option, ...rest].join(" ")}"\nhint: run \`npm run demo -- --help\`\n`,
  );
  return 2;
}

// The threads of the media library would keep the process alive.
process.exit(await main(process.argv.slice(2)));
