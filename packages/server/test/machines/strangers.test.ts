import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Strangers } from "../../src/ws/strangers.ts";

const limits = { most: 4, mostOfGroup: 2, mostMs: 100 };

test("when it is full the oldest makes room, of the same group first, then of the largest", () => {
  const strangers = new Strangers<string>(limits);
  assert.deepEqual(strangers.admit("a1", "a", 0), []);
  assert.deepEqual(strangers.admit("b1", "b", 1), []);
  assert.deepEqual(strangers.admit("a2", "a", 2), []);
  assert.deepEqual(strangers.admit("a3", "a", 3), ["a1"], "a has its two");
  assert.deepEqual(strangers.admit("c1", "c", 4), []);
  assert.deepEqual(strangers.admit("d1", "d", 5), ["a2"], "four are there, two of them of a");
  assert.deepEqual(strangers.admit("e1", "e", 5), ["b1"], "of each group is one");
  assert.equal(strangers.size, 4);
  strangers.leave("c1");
  assert.deepEqual(strangers.admit("x", undefined, 6), []);
  assert.deepEqual(strangers.admit("y", undefined, 7), ["a3"]);
  assert.deepEqual(strangers.admit("z", undefined, 8), ["x"], "those of no group are the largest");
  assert.equal(
    strangers.oldest((who) => who !== "d1"),
    "e1",
  );
});

test("who is named later moves to that group, and counts once", () => {
  const strangers = new Strangers<string>(limits);
  strangers.admit("proxied", undefined, Infinity);
  strangers.admit("a1", "a", 0);
  strangers.admit("a2", "a", 0);
  assert.deepEqual(strangers.admit("proxied", "a", 1), ["a1"]);
  assert.equal(strangers.size, 2);
});

test("their time ends after it, not before, and not for who may stay", () => {
  const strangers = new Strangers<string>(limits);
  strangers.admit("stays", undefined, Infinity);
  strangers.admit("a1", "a", 10);
  strangers.admit("signedIn", "a", 10);
  strangers.leave("signedIn");
  assert.deepEqual(strangers.over(109), []);
  assert.deepEqual(strangers.over(110), ["a1"]);
  assert.deepEqual(strangers.over(1e9), []);
  assert.equal(strangers.size, 1);
});

test("no order of events goes over a bound, or loses anybody", () => {
  const event = fc.record({
    who: fc.integer({ min: 0, max: 9 }),
    group: fc.constantFrom(undefined, "a", "b", "c"),
    leaves: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const strangers = new Strangers<number>(limits);
      /** The same by the book. */
      let there: { who: number; group: string | undefined }[] = [];
      events.forEach(({ who, group, leaves }, at) => {
        there = there.filter((one) => one.who !== who);
        if (leaves) return strangers.leave(who);
        const same = there.filter((one) => group !== undefined && one.group === group);
        const sizeOf = (one: string | undefined): number =>
          there.filter((other) => other.group === one).length;
        const largest = Math.max(...there.map((one) => sizeOf(one.group)));
        const oldest = there.find((one) => sizeOf(one.group) === largest);
        const out =
          same.length >= limits.mostOfGroup ? same[0] : there.length >= limits.most ? oldest : undefined;
        assert.deepEqual(strangers.admit(who, group, at), out === undefined ? [] : [out.who]);
        there = [...there.filter((one) => one !== out), { who, group }];
      });
      assert.equal(strangers.size, there.length);
      for (const { who } of there) assert.ok(strangers.has(who));
    }),
  );
});
