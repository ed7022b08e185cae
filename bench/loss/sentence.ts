/** A known sentence, said by espeak-ng, as a file. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Of the Harvard sentences (IEEE 297-1969), which hold the sounds of English about as often as speech does. */
const text =
  "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. It's easy to tell the depth of a well.";

/** @returns the path. @throws Error where espeak-ng is missing */
export function sayIntoFile(folder: string): string {
  const path = join(folder, "sentence.wav");
  const { error, status } = spawnSync("espeak-ng", ["-v", "en-gb", "-s", "150", "-w", path, text]);
  if (error !== undefined || status !== 0)
    throw new Error("espeak-ng is missing: on Debian `sudo apt-get install espeak-ng`");
  return path;
}
