/**
 * `npm run soak [-- minutes] [filter...]`: runs the test files that take a seed, or draw their cases by fast-check, again and again
 * with other seeds, for an hour unless told otherwise, and stops at the first failure. `npm test` runs the same code once.
 *
 * A filter is a part of a path. What failed prints its seed; `SIGNET_SEED=<seed> npm test -- <file>` repeats a round.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const usualMinutes = 60;

const args = process.argv.slice(2);
const minutes = args.map(Number).find((number) => number > 0) ?? usualMinutes;
const filters = args.filter((arg) => !(Number(arg) > 0));

const files = globSync(["{packages/*,test/*}/**/*.test.ts"], { cwd: root, exclude: ["**/node_modules/**"] })
  .filter((file) => /SIGNET_SEED|seededTests|from "fast-check"/.test(readFileSync(join(root, file), "utf8")))
  .filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
  .toSorted();

const untilMs = Date.now() + minutes * 60_000;
let round = 0;
let code = files.length === 0 ? 1 : 0;
if (files.length === 0) console.error(`error: no test file that takes a seed matches ${filters.join(" ")}`);
while (code === 0 && Date.now() < untilMs) {
  round++;
  // Each test counts on from it, and no seed is more than 32 bits.
  const seed = randomInt(2 ** 31);
  console.log(`round ${round}, SIGNET_SEED=${seed}, ${files.length} files`);
  const env = { ...process.env, SIGNET_SEED: `${seed}` };
  code =
    spawnSync(process.execPath, ["test/run.ts", ...files], { cwd: root, env, stdio: "inherit" }).status ?? 1;
}
if (files.length > 0) console.log(`${round} rounds, ${code === 0 ? "none failed" : "the last one failed"}`);
process.exitCode = code;
