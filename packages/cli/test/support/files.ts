import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** Files in a folder that goes away after the tests of the file, for what has to be there before its scene is. */
export class Files {
  readonly folder: string = mkdtempSync(join(tmpdir(), "signet-files-"));

  constructor() {
    after(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** @returns its path */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }
}
