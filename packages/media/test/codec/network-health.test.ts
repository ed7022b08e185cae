import assert from "node:assert/strict";
import { test } from "node:test";

import { NetworkHealth } from "../../src/rtp/network-health.ts";

const nothing = { sent: 0, lostSent: 0, received: 0, lostReceived: 0, reported: 0, lostReported: 0 };

/** Looks once a second at a network that loses these of 50 packets a second to the SFU, and of 100 from it. @returns what it says each time */
function watch(lostSent: readonly number[], lostReceived: readonly number[] = [], sentEach = 50): boolean[] {
  const health = new NetworkHealth();
  let counts = nothing;
  health.look(counts);
  return Array.from({ length: Math.max(lostSent.length, lostReceived.length) }, (_, i) => {
    counts = {
      ...counts,
      sent: counts.sent + sentEach,
      lostSent: counts.lostSent + (lostSent[i] ?? 0),
      received: counts.received + (lostReceived.length === 0 ? 0 : 100),
      lostReceived: counts.lostReceived + (lostReceived[i] ?? 0),
    };
    health.look(counts);
    return health.isPoor;
  });
}

const each = (count: number, lost: number): number[] => Array.from({ length: count }, () => lost);

test("a fifth lost for five seconds, either way, is poor; a little less is not", () => {
  assert.deepEqual(watch(each(6, 10)), [false, false, false, false, true, true]);
  assert.ok(!watch(each(60, 9)).includes(true));
  assert.deepEqual(watch(each(6, 0), each(6, 20)), [false, false, false, false, true, true]);
  assert.ok(!watch(each(60, 0), each(60, 19)).includes(true));
});

test("a second without anything, or two of bad luck, is not", () => {
  assert.ok(!watch([...each(5, 0), 49, ...each(10, 0)]).includes(true));
  assert.ok(!watch([...each(5, 3), 15, 15, ...each(10, 3)]).includes(true));
});

test("it is good again when an eighth is lost and less, and does not flicker in between", () => {
  assert.ok(
    !watch([...each(5, 15), ...each(30, 8)])
      .slice(5)
      .includes(false),
  );
  assert.deepEqual(watch([...each(5, 15), ...each(8, 5)]).slice(5), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("where hardly anything is sent nothing is learnt", () => {
  assert.ok(!watch(each(20, 19), [], 19).includes(true));
  assert.ok(watch(each(20, 20), [], 20).includes(true));
});

test("what a terminal reports counts as what it asks for does, also where reports are seconds apart", () => {
  const health = new NetworkHealth();
  let counts = { ...nothing };
  const seconds = (lostOfThree: number): boolean => {
    for (let second = 0; second < 3; second++) {
      counts = { ...counts, received: counts.received + 50 };
      if (second === 2)
        counts = {
          ...counts,
          reported: counts.reported + 150,
          lostReported: counts.lostReported + lostOfThree,
        };
      health.look(counts);
    }
    return health.isPoor;
  };
  assert.deepEqual([29, 29, 29].map(seconds), [false, false, false]);
  assert.ok(Math.abs(health.lostOnTheWay - 29 / 150) < 0.001);
  assert.deepEqual([30, 30, 30].map(seconds).at(-1), true);
  assert.deepEqual([15, 15, 15].map(seconds).at(-1), false);
});
