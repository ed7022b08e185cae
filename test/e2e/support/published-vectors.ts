import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const repository = path.resolve(import.meta.dirname, "../../..");
/** Where whole files of others' test vectors lie: the folder that the variable names, or beside the checkout. */
const folder = process.env["SIGNET_VECTORS"] ?? path.resolve(repository, "../shared/vectors");

/** @param name path below the folder @returns undefined when the file is not there, as in a fresh clone */
export function publishedVectors(name: string): string | undefined {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
