import assert from "node:assert/strict";
import { test } from "node:test";

import { PersonShares } from "../../src/person-shares.ts";
import { user } from "../support/test-terminal.ts";

const [ann, ben] = [user("ann"), user("ben")];

test("each person has a share of their own: so much at once, and so much a minute", () => {
  let nowMs = 1_000_000;
  const shares = new PersonShares({ perMinute: 6 }, () => nowMs);
  for (let i = 0; i < 6; i++) assert.equal(shares.take(ann), true);
  assert.equal(shares.take(ann), false);
  assert.equal(shares.take(ben), true);
  nowMs += 9_999;
  assert.equal(shares.take(ann), false);
  nowMs += 1;
  assert.equal(shares.take(ann), true);
  assert.equal(shares.take(ann), false);
});

test("what is spent may go over, is owed, and is not forgotten before it was earned", () => {
  let nowMs = 1_000_000;
  const shares = new PersonShares({ perMinute: 60, burst: 100 }, () => nowMs);
  assert.equal(shares.hasAny(ann), true);
  shares.spend(ann, 99);
  assert.equal(shares.hasAny(ann), true);
  shares.spend(ann, 201);
  assert.deepEqual([shares.hasAny(ann), shares.hasAny(ben)], [false, true]);
  // 200 are owed: 100 s after which an empty share is full are not enough.
  nowMs += 200_990;
  shares.tick(nowMs);
  assert.equal(shares.hasAny(ann), false);
  nowMs += 20;
  shares.tick(nowMs);
  assert.equal(shares.hasAny(ann), true);
  // The rest of it is not there yet.
  shares.spend(ann, 1);
  assert.equal(shares.hasAny(ann), false);
});
