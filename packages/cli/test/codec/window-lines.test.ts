/** Lines for windows that are narrower than what is said. */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { windowLines } from "../../src/output/window-lines.ts";

test("a line that is longer than the window is broken between words, below where it began", () => {
  const text = `ok       name          ${"word ".repeat(12)}end`;
  assert.deepEqual(windowLines(text, 23, 60), [
    "ok       name          word word word",
    "                       word word word word word word word",
    "                       word word end",
  ]);
});

test("what fits, and what is for programs, stays as it is", () => {
  const line = "w ".repeat(40);
  assert.deepEqual(windowLines(line, 4, 80), [line]);
  assert.equal(windowLines(line, 4, 79).length, 2);
  assert.deepEqual(windowLines(line, 4, undefined), [line]);
  assert.deepEqual(windowLines(line, 4, 39), [line]);
  assert.ok(windowLines(line, 4, 40).length > 1);
});

test("no word is lost, and no line is wider than the window where words are not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 40, max: 120 }),
      fc.integer({ min: 0, max: 8 }),
      (words, columns, lead) => {
        const lines = windowLines(" ".repeat(lead) + words.join(" "), lead + 2, columns);
        assert.deepEqual(lines.join(" ").trim().split(/ +/), words);
        for (const line of lines) assert.ok(line.length <= columns, line);
      },
    ),
  );
});
