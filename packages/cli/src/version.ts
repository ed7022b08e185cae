import { readFileSync } from "node:fs";
import { join } from "node:path";

export function version(): string {
  const { version: own } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  return own;
}
