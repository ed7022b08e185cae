/** Builds the page, and the program of the command line, where a source is newer, and says nothing unless that fails. `node build.ts` does it. */
import { spawnSync } from "node:child_process";
import { globSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import { isFresh } from "../packages/cli/bin/program.js";

/** Newest change, in ms since the epoch, among the files that `patterns` find; 0 when they find none. */
function newestMs(root: string, patterns: string[]): number {
  let newest = 0;
  for (const file of globSync(patterns, { cwd: root })) {
    newest = Math.max(newest, statSync(join(root, file)).mtimeMs);
  }
  return newest;
}

/** @throws Error with what the build said */
export function buildWeb(root: string): void {
  const sources = newestMs(root, [
    "packages/{protocol,words,device,e2ee,terminal,web}/src/**/*.*",
    "packages/web/{index.html,vite.config.ts,package.json}",
    "tools/service-worker.ts",
    "packages/web/public/**/*.*",
    "package-lock.json",
  ]);
  if (newestMs(root, ["packages/web/dist/index.html"]) < sources) build(root, "web", "the page");
}

/** @throws Error with what the build said */
export function buildProgram(root: string): void {
  if (!isFresh(join(root, "packages/cli/dist"))) build(root, "cli", "the program");
}

function build(root: string, room: string, what: string): void {
  console.error(`building ${what} ...`);
  const done = spawnSync("npm", ["run", "--silent", "build", "--workspace", `packages/${room}`], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (done.status === 0) return;
  // A build that failed may have left files all the same, newer than all sources.
  rmSync(join(root, "packages", room, "dist"), { recursive: true, force: true });
  throw new Error(`${what} could not be built\n${done.stdout}${done.stderr}${done.error?.message ?? ""}`);
}

if (import.meta.main) {
  const root = dirname(import.meta.dirname);
  try {
    buildWeb(root);
    buildProgram(root);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
