/**
 * Group keys: what it costs to make a group, to join it, and to remove a member, in Node and in Chromium.
 * `npx node bench/group.ts [--json]`. Credentials of 700 bytes; the credential hook answers at once.
 */
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";

import { launchChromium } from "@signet/e2e/support/chromium.ts";
import { build } from "vite";

import { ensureChromium } from "../test/prepare.ts";
import { type GroupFigures, measureGroup } from "./group-work.ts";

const sizes = [10, 50, 100, 200];
const runsFor = (members: number) => (members <= 100 ? 5 : 2);

/** Computing until all have seen the removal of one of 100, in Chromium: the committer's and then a member's, in ms. */
const removalTargetMs = 400;

interface GroupResult {
  readonly node: GroupFigures[];
  readonly chromium: GroupFigures[];
  readonly chromiumVersion: string;
  readonly removalSeenByAllMs?: { first: number; settled: number; target: number; reached: boolean };
}

/** Serves the bundled `group-work.ts` on localhost, which browsers take for a secure context (WebCrypto needs one). */
async function serveBundle(): Promise<{ url: string; close(): void }> {
  const built = await build({
    configFile: false,
    root: import.meta.dirname,
    // The library names Node's crypto for old Nodes; the browser never asks for it.
    logLevel: "error",
    build: {
      write: false,
      target: "es2023",
      lib: { entry: join(import.meta.dirname, "group-work.ts"), formats: ["es"], fileName: "group-work" },
    },
  });
  const files = new Map<string, string>();
  for (const { output } of Array.isArray(built) ? built : "output" in built ? [built] : [])
    for (const file of output) if (file.type === "chunk") files.set(`/${file.fileName}`, file.code);
  const server = createServer((request, response) => {
    const code = files.get(request.url ?? "");
    response.setHeader("content-type", code === undefined ? "text/html" : "text/javascript");
    response.end(code ?? "<!doctype html><title>bench</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, close: () => server.close() };
}

async function measureInChromium(
  report: (figures: GroupFigures) => void,
): Promise<{ figures: GroupFigures[]; version: string }> {
  const served = await serveBundle();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(served.url);
    const figures: GroupFigures[] = [];
    for (const members of sizes) {
      const one = await page.evaluate(
        async ({ members, runs, module }) => {
          const work = (await import(module)) as {
            measureGroup(members: number, runs: number): Promise<unknown>;
          };
          return work.measureGroup(members, runs);
        },
        { members, runs: runsFor(members), module: `${served.url}group-work.js` },
      );
      figures.push(one as GroupFigures);
      report(one as GroupFigures);
    }
    return { figures, version: browser.version() };
  } finally {
    await browser.close();
    served.close();
  }
}

const columns = [
  "members",
  "runs",
  "create+add",
  "join",
  "remove, first",
  "remove, settled",
  "KeyPackage",
  "Add Commit",
  "Welcome",
  "GroupInfo",
  "Remove Commit",
];

function row({
  members,
  runs,
  createMs,
  joinMs,
  removeFirst: a,
  removeSettled: b,
  bytes,
}: GroupFigures): string {
  return [
    members,
    runs,
    `${createMs} ms`,
    `${joinMs} ms`,
    `${a.createMs}/${a.processMs} ms`,
    `${b.createMs}/${b.processMs} ms`,
    bytes.keyPackage,
    bytes.addCommit,
    bytes.welcome,
    bytes.groupInfo,
    `${a.bytes}/${b.bytes}`,
  ]
    .map((cell, i) => String(cell).padStart(Math.max(columns[i]?.length ?? 0, 13)))
    .join("  ");
}

export async function run({ json }: { json: boolean }): Promise<GroupResult> {
  process.env["SIGNET_CHROMIUM"] = ensureChromium();
  const say = (line: string): void => {
    if (!json) process.stdout.write(`${line}\n`);
  };
  const head = columns.map((name) => name.padStart(Math.max(name.length, 13))).join("  ");
  say("medians; remove is create/process; sizes in bytes, Remove Commit first/settled");
  say(`Node ${process.versions.node}\n${head}`);
  const node: GroupFigures[] = [];
  for (const members of sizes) {
    const figures = await measureGroup(members, runsFor(members));
    node.push(figures);
    say(row(figures));
  }
  say(`Chromium\n${head}`);
  const { figures, version } = await measureInChromium((one) => say(row(one)));
  const hundred = figures.find(({ members }) => members === 100);
  if (hundred === undefined) return { node, chromium: figures, chromiumVersion: version };
  const first = hundred.removeFirst.createMs + hundred.removeFirst.processMs;
  const settled = hundred.removeSettled.createMs + hundred.removeSettled.processMs;
  const reached = Math.max(first, settled) <= removalTargetMs;
  say(
    `Chromium ${version}: removal of one of 100 seen by all after ${first.toFixed(1)} ms of computing right after the joins, ` +
      `${settled.toFixed(1)} ms in a settled tree (at most ${removalTargetMs}: ${reached ? "reached" : "missed"})`,
  );
  return {
    node,
    chromium: figures,
    chromiumVersion: version,
    removalSeenByAllMs: { first, settled, target: removalTargetMs, reached },
  };
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  if (!json) process.stdout.write(`${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores\n`);
  const result = await run({ json });
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
