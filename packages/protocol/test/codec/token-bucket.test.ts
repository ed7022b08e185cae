import assert from "node:assert/strict";
import { test } from "node:test";

import { TokenBucket } from "@signet/protocol";

const taken = (bucket: TokenBucket, nowMs: number): number => {
  let count = 0;
  while (count < 1_000 && bucket.take(nowMs)) count += 1;
  return count;
};

test("so many at once, and so many a second afterwards", () => {
  const bucket = new TokenBucket(4, 10, 1_000);
  assert.equal(taken(bucket, 1_000), 10);
  assert.equal(taken(bucket, 1_249), 0);
  assert.equal(taken(bucket, 1_250), 1);
  assert.equal(taken(bucket, 60_000), 10, "no more are saved");
});

test("a clock that is set back earns nothing, and costs no more than it went back", () => {
  const bucket = new TokenBucket(4, 10, 1_000_000);
  assert.equal(taken(bucket, 1_000_000), 10);
  assert.equal(taken(bucket, 0), 0);
  assert.equal(taken(bucket, 250), 1);
});

test("what is spent at once may be more than there is, and is owed", () => {
  const bucket = new TokenBucket(4, 10, 1_000);
  bucket.spend(1_000, 9);
  assert.equal(bucket.hasAny(1_000), true, "one is left");
  bucket.spend(1_000, 5);
  assert.equal(bucket.hasAny(2_249), false, "four were owed, and five came");
  assert.equal(bucket.hasAny(2_250), true);
  assert.equal(taken(bucket, 2_250), 1);
});
