// Which files are the program: those that `npm run build` joined, which start in half the time, or their sources where one is newer.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** @param room the folder of the package @returns the path of the module that is the program */
export function programOf(room) {
  const [source, built] = [join(room, "src/main.ts"), join(room, "dist/main.js")];
  // As it is installed there are no sources.
  return existsSync(source) && !isFresh(join(room, "dist")) ? source : built;
}

/** Whether all that these files were made of is there, and older than they are. */
export function isFresh(folder) {
  const list = join(folder, "made.json");
  if (!existsSync(list)) return false;
  const { startedMs, sources } = JSON.parse(readFileSync(list, "utf8"));
  return sources.every((path) => {
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    return found !== undefined && found.mtimeMs < startedMs;
  });
}
