/** Builds the page where a source is newer than it, and says nothing unless that fails. `node build-web.ts` does it. */
import { spawnSync } from "node:child_process";
import { globSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

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
    "packages/web/public/**/*.*",
    "package-lock.json",
  ]);
  const built = newestMs(root, ["packages/web/dist/index.html"]);
  if (built >= sources) return;
  console.error("building the page ...");
  const done = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (done.status === 0) return;
  // A build that failed may have left files all the same, newer than all sources.
  rmSync(join(root, "packages/web/dist"), { recursive: true, force: true });
  throw new Error(`the page could not be built\n${done.stdout}${done.stderr}${done.error?.message ?? ""}`);
}

if (import.meta.main) {
  try {
    buildWeb(dirname(import.meta.dirname));
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
