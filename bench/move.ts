/**
 * A call moves to another terminal of the same person: how long nobody hears them, and how long they hear nobody: `npx node bench/move.ts [--json]`.
 * Between two terminals with the sound of the command line, and between two pages of a real browser; steady tones, heard by a terminal without a
 * browser that stays. The server is a process of its own; all share the cores.
 */
import { dirname } from "node:path";

import { ensureChromium, ensureWebBuild } from "../test/prepare.ts";
import { browserMoves } from "./move/browsers.ts";
import { commandLineMoves, movesPerCall } from "./move/command-line.ts";
import { figures, print } from "./move/figures.ts";
import type { Silences } from "./move/figures.ts";
import { ServerProcess } from "./terminals/processes.ts";

const rounds = 20;
/** The first call warms up what is loaded once, and does not count. */
const calls = rounds / movesPerCall + 1;

export async function run({ json }: { json: boolean }): Promise<object> {
  process.env["SIGNET_CHROMIUM"] = ensureChromium();
  ensureWebBuild(dirname(import.meta.dirname));
  if (!json) {
    console.log(`${rounds} moves each: how long nothing is heard, ms`);
    console.log(`${"".padEnd(36)}    p50    p95    max`);
  }
  const commandLine = await measure("command line", commandLineMoves, json);
  const browser = await measure("browser", browserMoves, json);
  return { rounds, unit: "ms", commandLine, browser };
}

async function measure(
  what: string,
  moves: (origin: string, calls: number) => Promise<Silences>,
  json: boolean,
) {
  const server = await ServerProcess.start();
  try {
    const { mover, others } = await moves(server.origin, calls);
    const heard = { others: figures(others.slice(-rounds)), mover: figures(mover.slice(-rounds)) };
    if (!json) print(what, heard);
    return heard;
  } finally {
    await server.close();
  }
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
