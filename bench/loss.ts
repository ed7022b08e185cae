/**
 * Packets get lost on the way of one person, both ways, who is 40 ms (there and back) from the server: how much of what they hear and say is made up, and how well it
 * is understood: `npx node bench/loss.ts [--json]`. Once at the command line and once at a page, each against a terminal without a browser on a good network. With all
 * that there is against loss, and without one or both of: saying again in the next packet (FEC), asking for what is missing (NACK).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { ensureChromium, ensureWebBuild } from "../test/prepare.ts";
import { commandLineLoss } from "./loss/command-line.ts";
import { pageLoss } from "./loss/page.ts";
import { printLine } from "./loss/figures.ts";
import type { Figures } from "./loss/figures.ts";
import { sayIntoFile } from "./loss/sentence.ts";
import { ServerProcess } from "./terminals/processes.ts";

const rounds = Number(process.env["SIGNET_ROUNDS"] ?? 3);
const shares = [0, 0.02, 0.05, 0.1];
const remedies = [
  { fec: true, nack: true },
  { fec: false, nack: true },
  { fec: true, nack: false },
  { fec: false, nack: false },
] as const;

export async function run({ json }: { json: boolean }): Promise<object> {
  process.env["SIGNET_CHROMIUM"] = ensureChromium();
  ensureWebBuild(dirname(import.meta.dirname));
  const folder = mkdtempSync(join(tmpdir(), "signet-loss-"));
  const sentence = sayIntoFile(folder);
  const lines: (Figures & { readonly place: string; readonly fec: boolean; readonly nack: boolean })[] = [];
  try {
    for (const [place, measure] of [
      ["command line", commandLineLoss],
      ["page", pageLoss],
    ] as const)
      for (const remedy of remedies) {
        const server = await ServerProcess.start();
        try {
          for (const figures of await measure({
            origin: server.origin,
            sentence,
            shares,
            rounds,
            ...remedy,
          })) {
            lines.push({ place, ...remedy, ...figures });
            if (!json) printLine({ place, ...remedy, ...figures });
          }
        } finally {
          await server.close();
        }
      }
    return { rounds, lines };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
