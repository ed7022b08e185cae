import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A folder of its own for a test, which goes away with it. */
export function folderFor(context: Pick<TestContext, "after">): string {
  const folder = mkdtempSync(join(tmpdir(), "signet-terminal-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
