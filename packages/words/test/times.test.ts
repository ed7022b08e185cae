/** Times that others say: a device may have signed any, and a server say any. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { clockTime, dayAndTime, fullDay, inCalendar, isoDay, isoTime } from "@signet/words";

import { moment } from "../src/times.ts";

test("a time is written as it is", () => {
  const atMs = Date.UTC(2026, 10, 3, 13, 5, 9);
  assert.equal(isoTime(atMs), "2026-11-03T13:05:09.000Z");
  assert.equal(isoDay(atMs), "2026-11-03");
  assert.equal(inCalendar(atMs), atMs);
});

test("one that no calendar has is the end of it, and nothing throws", () => {
  assert.equal(isoTime(Number.MAX_SAFE_INTEGER), "+275760-09-13T00:00:00.000Z");
  assert.equal(isoDay(8.64e15 + 1), "+275760-09-13");
  assert.equal(isoTime(-Number.MAX_SAFE_INTEGER), "-271821-04-20T00:00:00.000Z");
  for (const atMs of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, Infinity, -Infinity, Number.NaN])
    for (const words of [isoTime, isoDay, moment, clockTime, fullDay, (ms: number) => dayAndTime(ms, 0)])
      assert.notEqual(words(atMs), "");
  assert.notEqual(dayAndTime(0, Number.MAX_SAFE_INTEGER), "");
});
