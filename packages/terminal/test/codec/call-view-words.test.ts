import assert from "node:assert/strict";
import { test } from "node:test";

import { clockDuration, isGone } from "../../src/index.ts";

test("durations as a clock shows them", () => {
  assert.deepEqual([0, 7_900, 754_000, 3_723_000].map(clockDuration), ["0:00", "0:07", "12:34", "1:02:03"]);
  assert.equal(clockDuration(-5), "0:00");
});

test("who is in a call or on the way has not gone, everybody else has", () => {
  for (const state of ["joined", "joining", "ringing"] as const) assert.equal(isGone(state), false, state);
  for (const state of [
    "declined",
    "noAnswer",
    "offline",
    "unknown",
    "busy",
    "failed",
    "left",
    "refused",
  ] as const)
    assert.equal(isGone(state), true, state);
});
