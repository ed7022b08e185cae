import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { Pacer } from "../../src/node/pacer.ts";

function open(t: TestContext) {
  let nowMs = 1_000;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => nowMs);
  let ticks = 0;
  const pacer = new Pacer(20, () => ticks++);
  return {
    pacer,
    ticks: () => ticks,
    /** Time goes on, and the timers with it, `lateMs` late. */
    pass(ms: number, lateMs = 0) {
      nowMs += ms + lateMs;
      t.mock.timers.tick(ms);
    },
  };
}

test("ticks stay on their grid, however late each of them is", (t) => {
  const { pacer, ticks, pass } = open(t);
  pacer.start();
  // 500 times, each time 7 ms too late.
  for (let i = 0; i < 500; i++) pass(13, 7);
  assert.equal(ticks(), 500);
});

test("up to five are caught up on, more are left out, and the grid stays", (t) => {
  const { pacer, ticks, pass } = open(t);
  pacer.start();
  pass(20, 80);
  assert.equal(ticks(), 5);
  pass(20, 100);
  assert.equal(ticks(), 10, "five of the six");
  pass(20);
  assert.equal(ticks(), 11);
});

test("stopped it does not tick, and started twice not twice as often", (t) => {
  const { pacer, ticks, pass } = open(t);
  pacer.start();
  pacer.start();
  pass(20);
  assert.equal(ticks(), 1);
  pacer.stop();
  pass(200);
  assert.equal(ticks(), 1);
  pacer.start();
  pass(20);
  assert.equal(ticks(), 2, "time that passed meanwhile is not made up for");
});
