import { readFileSync } from "node:fs";
import path from "node:path";

/** Those that lie in this folder, which always run. */
export const keptVectors = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, name), "utf8");
