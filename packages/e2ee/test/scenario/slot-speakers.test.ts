import assert from "node:assert/strict";
import { test } from "node:test";
import { SlotSpeakers } from "../../src/frames/slot-speakers.ts";

test("a speaker is told once, and again when another one takes the slot or the epoch changes", () => {
  const speakers = new SlotSpeakers();
  assert.deepEqual(speakers.heard(0, 2, 5, 1n, 0), { connection: 0, slot: 2, leaf: 5, epoch: 1n });
  assert.equal(speakers.heard(0, 2, 5, 1n, 1000), undefined);
  assert.deepEqual(speakers.heard(0, 2, 6, 1n, 1020), { connection: 0, slot: 2, leaf: 6, epoch: 1n });
  assert.deepEqual(speakers.heard(0, 2, 6, 2n, 2000), { connection: 0, slot: 2, leaf: 6, epoch: 2n });
});

test("slots and connections are told apart", () => {
  const speakers = new SlotSpeakers();
  speakers.heard(0, 0, 5, 1n, 0);
  assert.deepEqual(speakers.heard(0, 1, 5, 1n, 0), { connection: 0, slot: 1, leaf: 5, epoch: 1n });
  assert.deepEqual(speakers.heard(1, 0, 5, 1n, 0), { connection: 1, slot: 0, leaf: 5, epoch: 1n });
});

test("two leaves mixed in one slot are told ten times a second, not at every frame", () => {
  const speakers = new SlotSpeakers();
  let told = 0;
  for (let n = 0; n < 50; n++) if (speakers.heard(0, 0, n % 2, 1n, n * 20) !== undefined) told++;
  assert.ok(told >= 2 && told <= 10, `told ${told} times`);
});

test("a change within the pause between reports is told after it", () => {
  const speakers = new SlotSpeakers();
  speakers.heard(0, 0, 1, 1n, 0);
  assert.equal(speakers.heard(0, 0, 2, 1n, 20), undefined);
  assert.deepEqual(speakers.heard(0, 0, 2, 1n, 100), { connection: 0, slot: 0, leaf: 2, epoch: 1n });
});

test("a slot without frames falls quiet, once, and speaks up again", () => {
  const speakers = new SlotSpeakers();
  speakers.heard(0, 0, 1, 1n, 0);
  assert.deepEqual(speakers.quiet(1_499), []);
  assert.deepEqual(speakers.quiet(1_500), [{ connection: 0, slot: 0, leaf: undefined, epoch: undefined }]);
  assert.deepEqual(speakers.quiet(5_000), []);
  assert.deepEqual(speakers.heard(0, 0, 1, 1n, 6_000), { connection: 0, slot: 0, leaf: 1, epoch: 1n });
});
