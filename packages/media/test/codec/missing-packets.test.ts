import assert from "node:assert/strict";
import { test } from "node:test";

import { MissingPackets, extendSequence } from "../../src/rtp/missing-packets.ts";

function after(...arrived: number[]): MissingPackets {
  const missing = new MissingPackets();
  for (const sequence of arrived) missing.arrived(sequence, 1_000);
  return missing;
}

test("a gap is asked for at once, once, and again after 40 ms until it is hopeless", () => {
  const missing = after(10, 12);
  assert.deepEqual(missing.toAsk(1_000), [{ first: 11, count: 1 }]);
  assert.deepEqual(missing.toAsk(1_039), []);
  assert.deepEqual(missing.toAsk(1_040), [{ first: 11, count: 1 }]);
  assert.deepEqual(missing.toAsk(1_149), [{ first: 11, count: 1 }]);
  assert.deepEqual(missing.toAsk(1_200), []);
  const hopeless = after(10, 12);
  assert.deepEqual(hopeless.toAsk(1_150), []);
});

test("where nothing comes again in time one packet at a time is asked for, until one does", () => {
  const missing = new MissingPackets();
  let asked = 0;
  const hear = (sequence: number, nowMs: number): void => {
    missing.arrived(sequence, nowMs);
    for (const { count } of missing.toAsk(nowMs)) asked += count;
  };
  // Each third one is lost, for ten seconds.
  for (let n = 0; n < 500; n++) if (n % 3 !== 1) hear(n, n * 20);
  assert.ok(asked > 8 && asked < 80, `${asked} were asked for`);
  for (let n = 500; n < 510; n++) hear(n, n * 20);
  hear(511, 10_220);
  hear(514, 10_280);
  hear(510, 10_290);
  hear(515, 10_300);
  asked = 0;
  hear(517, 10_340);
  hear(519, 10_380);
  assert.ok(asked >= 2, "each again");
});

test("what arrived is not asked for", () => {
  const missing = after(10, 13, 11);
  assert.deepEqual(missing.toAsk(1_000), [{ first: 12, count: 1 }]);
  missing.arrived(12, 1_001);
  assert.deepEqual(missing.toAsk(1_100), []);
});

test("neighbours make one request, across the wrap as well", () => {
  assert.deepEqual(after(65_533, 2).toAsk(1_000), [{ first: 65_534, count: 4 }]);
  assert.deepEqual(after(10, 12, 15).toAsk(1_000), [
    { first: 11, count: 1 },
    { first: 13, count: 2 },
  ]);
});

test("17 in a row are loss, 18 are something else", () => {
  assert.deepEqual(after(10, 28).toAsk(1_000), [{ first: 11, count: 17 }]);
  assert.deepEqual(after(10, 29).toAsk(1_000), []);
});

test("51 are wanted at a time: of more gaps, the latest count", () => {
  const gaps = (count: number): number[] => Array.from({ length: count + 1 }, (_, i) => i * 18);
  const total = (missing: MissingPackets): number =>
    missing.toAsk(1_000).reduce((sum, { count }) => sum + count, 0);
  assert.equal(total(after(...gaps(3))), 51);
  assert.deepEqual(after(...gaps(4)).toAsk(1_000), [{ first: 55, count: 17 }]);
  assert.ok(total(after(...gaps(3_000))) <= 51);
});

test("nothing is asked for before anything came, nor for the past", () => {
  assert.deepEqual(after().toAsk(1_000), []);
  assert.deepEqual(after(100).toAsk(1_000), []);
  assert.deepEqual(after(100, 50).toAsk(1_000), []);
});

test("sequence numbers are extended to the nearest", () => {
  assert.equal(extendSequence(10, 11), 11);
  assert.equal(extendSequence(65_535, 0), 65_536);
  assert.equal(extendSequence(65_536, 65_535), 65_535);
  assert.equal(extendSequence(0, 65_535), -1);
  assert.equal(extendSequence(200_000, (200_000 + 32_767) & 0xffff), 232_767);
  assert.equal(extendSequence(200_000, (200_000 - 32_768) & 0xffff), 167_232);
});
