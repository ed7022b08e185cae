import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { folderFor } from "./folder.ts";

/** A `PATH` with just these programs, which are scripts. @returns their folder */
export function withPrograms(context: TestContext, programs: Readonly<Record<string, string>>): string {
  const folder = folderFor(context);
  for (const [name, script] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, `#!${process.execPath}\n${script}\n`);
    chmodSync(path, 0o755);
  }
  const before = process.env["PATH"];
  process.env["PATH"] = folder;
  context.after(() => (process.env["PATH"] = before));
  return folder;
}
