import assert from "node:assert/strict";
import { test } from "node:test";

import { Printer } from "../demo/print.ts";

function printed(isTTY: boolean, env: NodeJS.ProcessEnv, ...checks: [boolean, string][]) {
  let text = "";
  const print = new Printer({ isTTY, write: (more) => (text += more) }, env);
  print.step("Step", "What it is for.");
  for (const [passed, what] of checks) print.check(passed, what);
  print.outcome("one value");
  print.summary();
  return { print, text };
}

test("colour is for terminals only, and not where NO_COLOR is set", () => {
  const escape = "\u001b[";
  assert.ok(printed(true, {}).text.includes(escape));
  assert.ok(printed(true, { NO_COLOR: "" }).text.includes(escape));
  assert.ok(!printed(true, { NO_COLOR: "1" }).text.includes(escape));
  assert.ok(!printed(false, {}).text.includes(escape));
});

test("the summary counts, and names what failed; a step without checks is not good", () => {
  const good = printed(false, {}, [true, "a"], [true, "b"]);
  assert.ok(!good.print.hasFailed);
  assert.match(good.text, /^ {3}ok {3}1\. Step +2\/2 +0\.\d s {3}one value$/m);
  assert.match(good.text, /^2 of 2 checks passed/m);
  const bad = printed(false, {}, [true, "a"], [false, "the reason"]);
  assert.ok(bad.print.hasFailed);
  assert.match(bad.text, /^ {3}FAIL 1\. Step +1\/2/m);
  assert.match(bad.text, /^failed: Step: the reason$/m);
  assert.match(printed(false, {}).text, /^ {3}FAIL 1\. Step +0\/0/m);
});

test("long sentences are broken at 80 columns", () => {
  const { text } = printed(false, {}, [true, "word ".repeat(40).trim()]);
  const lines = text.split("\n");
  assert.ok(lines.length > 8 && lines.every((line) => line.length <= 80));
});
