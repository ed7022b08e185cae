/** Times of others are written by the one function that takes any: `new Date(...).toISOString()` throws where no calendar has them. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(dirname(import.meta.dirname));
const rooms = "packages/{cli,web,words,record}/src/**/*.{ts,tsx}";

/** But `new Date()`, which is now. */
const throwing = /(?<!new Date\(\))\.to(?:ISOString|JSON)\(\)/;

test("no page, command or report throws for a time that no calendar has", () => {
  const files = globSync(rooms, { cwd: root }).filter((file) => file !== "packages/words/src/times.ts");
  assert.ok(files.length > 300);
  assert.deepEqual(
    files.filter((file) => throwing.test(readFileSync(join(root, file), "utf8"))),
    [],
  );
  assert.match("new Date(atMs).toISOString()", throwing);
  assert.doesNotMatch("new Date().toISOString()", throwing);
});
