import { readFileSync, statSync } from "node:fs";

import type { Bytes } from "@signet/protocol";

import { StartError } from "./start-error.ts";

export const readBytes = (path: string): Bytes => new Uint8Array(readFileSync(path));

/** @throws StartError */
export function readOrSay(path: string): Bytes {
  try {
    return readBytes(path);
  } catch (cause) {
    throw new StartError(`cannot read ${path}`, "check the path and who may read it", cause);
  }
}

/** Another one when the file was changed or replaced; empty when there is none, or none that may be looked at. */
export function versionOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}
