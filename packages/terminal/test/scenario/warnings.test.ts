import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { Warnings } from "../../src/people/warnings.ts";

const ann = "ann" as UserId;
const ben = "ben" as UserId;

test("the same thing about the same person is one warning, until it is dismissed", () => {
  const warnings = new Warnings();
  assert.equal(warnings.add({ code: "directory.keyChanged", userId: ann, atMs: 1 }), true);
  assert.equal(warnings.add({ code: "directory.keyChanged", userId: ann, atMs: 2 }), false);
  assert.equal(warnings.add({ code: "directory.keyChanged", userId: ben, atMs: 3 }), true);
  assert.equal(warnings.add({ code: "directory.badEntry", userId: ann, atMs: 4 }), true);
  assert.deepEqual(
    warnings.list.map(({ id, userId, atMs }) => [id, userId, atMs]),
    [
      [0, ann, 1],
      [1, ben, 3],
      [2, ann, 4],
    ],
  );
  warnings.dismiss(0);
  assert.equal(warnings.add({ code: "directory.keyChanged", userId: ann, atMs: 5 }), true);
  assert.equal(warnings.list.at(-1)?.id, 3, "an ID is not used again");
});

test("what is settled is that thing about that person only", () => {
  const warnings = new Warnings();
  warnings.add({ code: "directory.keyChanged", userId: ann, atMs: 1 });
  warnings.add({ code: "directory.keyChanged", userId: ben, atMs: 2 });
  warnings.add({ code: "directory.badEntry", userId: ann, atMs: 3 });
  warnings.settle(ann, "directory.keyChanged");
  assert.deepEqual(
    warnings.list.map(({ code, userId }) => `${userId} ${code}`),
    ["ben directory.keyChanged", "ann directory.badEntry"],
  );
});

test("fifty warnings are kept; of more, the latest", () => {
  const warnings = new Warnings();
  const warn = (index: number) =>
    warnings.add({ code: "directory.keyChanged", userId: `user${index}` as UserId, atMs: index });
  for (let index = 0; index < 50; index++) warn(index);
  assert.deepEqual([warnings.list.length, warnings.list[0]?.userId], [50, "user0"]);
  warn(50);
  assert.deepEqual([warnings.list.length, warnings.list[0]?.userId], [50, "user1"]);
});
