import assert from "node:assert/strict";
import { test } from "node:test";

import { enterEpoch, noRosters, speakersAmong } from "../../src/call/epoch-rosters.ts";

const ann = { leaf: 0, userId: "ann" };
const bob = { leaf: 1, userId: "bob" };
const carol = { leaf: 1, userId: "carol" };

test("a frame is the voice of whoever had its leaf in its epoch, not of whoever has it now", () => {
  let rosters = enterEpoch(noRosters, 1, [ann, bob], 1_000);
  const late = [{ leaf: 1, epoch: 1n }];
  assert.deepEqual([...speakersAmong(rosters, late, 1_500)], ["bob"]);
  rosters = enterEpoch(rosters, 2, [ann], 2_000);
  assert.deepEqual([...speakersAmong(rosters, late, 2_000)], [], "bob left");
  rosters = enterEpoch(rosters, 3, [ann, carol], 3_000);
  assert.deepEqual([...speakersAmong(rosters, late, 3_000)], [], "carol has his leaf now");
  assert.deepEqual([...speakersAmong(rosters, [{ leaf: 1, epoch: 3n }], 3_000)], ["carol"]);
});

test("who stays speaks in frames of the former epoch until they are opened no more", () => {
  let rosters = enterEpoch(noRosters, 7, [ann, bob], 0);
  rosters = enterEpoch(rosters, 8, [ann, { leaf: 2, userId: "bob" }], 50_000);
  const late = [
    { leaf: 1, epoch: 7n },
    { leaf: 0, epoch: 8n },
  ];
  assert.deepEqual([...speakersAmong(rosters, late, 59_999)].toSorted(), ["ann", "bob"]);
  assert.deepEqual([...speakersAmong(rosters, late, 60_000)], ["ann"]);
  rosters = enterEpoch(rosters, 9, [ann], 60_000);
  assert.deepEqual(
    rosters.map(({ epoch }) => epoch),
    [8n, 9n],
    "forgotten",
  );
});

test("an epoch or a leaf that is not known is nobody", () => {
  const rosters = enterEpoch(noRosters, 1, [ann], 0);
  const strange = [
    { leaf: 0, epoch: 2n },
    { leaf: 5, epoch: 1n },
  ];
  assert.deepEqual([...speakersAmong(rosters, strange, 1)], []);
  assert.deepEqual([...speakersAmong(noRosters, strange, 1)], []);
});
