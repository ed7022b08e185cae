import { StartError } from "./start-error.ts";
import { readOrSay } from "./watched-file.ts";

/** @param what that the first line of the file is @throws StartError */
export function readSecret(path: string, what: string): string {
  const [secret = ""] = Buffer.from(readOrSay(path)).toString().split(/\r?\n/, 1);
  if (secret.trim() === "") throw new StartError(`${path} holds no ${what}`, `its first line is the ${what}`);
  return secret.trim();
}
