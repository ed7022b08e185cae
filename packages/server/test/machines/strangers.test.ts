import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { addressGroups } from "../../src/http/client-address.ts";
import { Strangers } from "../../src/ws/strangers.ts";

const limits = { most: 4, mostOfAddress: 2, mostMs: 100 };
const of = (name: string) => [{ name, addresses: 1 }];

test("when it is full the oldest makes room, of the same group first, then of the largest", () => {
  const strangers = new Strangers<string>(limits);
  assert.deepEqual(strangers.admit("a1", of("a"), 0), []);
  assert.deepEqual(strangers.admit("b1", of("b"), 1), []);
  assert.deepEqual(strangers.admit("a2", of("a"), 2), []);
  assert.deepEqual(strangers.admit("a3", of("a"), 3), ["a1"], "a has its two");
  assert.deepEqual(strangers.admit("c1", of("c"), 4), []);
  assert.deepEqual(strangers.admit("d1", of("d"), 5), ["a2"], "four are there, two of them of a");
  assert.deepEqual(strangers.admit("e1", of("e"), 5), ["b1"], "of each group is one");
  assert.equal(strangers.size, 4);
  strangers.leave("c1");
  assert.deepEqual(strangers.admit("x", [], 6), []);
  assert.deepEqual(strangers.admit("y", [], 7), ["a3"]);
  assert.deepEqual(strangers.admit("z", [], 8), ["x"], "those of no group are the largest");
  assert.equal(
    strangers.oldest((who) => who !== "d1"),
    "e1",
  );
});

test("a household with a /56 of IPv6 is one group, whichever of its networks it comes from; a /48 has four of them", () => {
  const strangers = new Strangers<string>({ ...limits, most: 100 });
  const admit = (address: string): readonly string[] => strangers.admit(address, addressGroups(address), 0);
  assert.deepEqual(admit("2001:db8:1:100::1"), []);
  assert.deepEqual(admit("2001:db8:1:1ff::1"), []);
  assert.deepEqual(admit("2001:db8:1:180::1"), ["2001:db8:1:100::1"], "the third of the /56");
  for (const household of ["2", "3", "4"])
    for (const network of ["00", "ff"]) assert.deepEqual(admit(`2001:db8:1:${household}${network}::1`), []);
  assert.deepEqual(
    admit("2001:db8:1:500::1"),
    ["2001:db8:1:1ff::1"],
    "the ninth of the /48, from its largest",
  );
  assert.deepEqual(admit("2001:db8:2:500::1"), [], "another /48");
});

test("where it is full, a site whose networks have one each makes room, and not who has one of their own", () => {
  const strangers = new Strangers<string>(limits);
  const admit = (address: string): readonly string[] => strangers.admit(address, addressGroups(address), 0);
  assert.deepEqual(admit("192.0.2.1"), []);
  for (const network of ["100", "200", "300"]) assert.deepEqual(admit(`2001:db8:1:${network}::1`), []);
  assert.deepEqual(admit("2001:db8:1:400::1"), ["2001:db8:1:100::1"]);
  assert.deepEqual(admit("192.0.2.2"), ["2001:db8:1:200::1"]);
});

test("where it is full of thousands of networks, to find who makes room is no work for each of them", () => {
  let looks = 0;
  const counted = (name: string) => [
    {
      get name() {
        looks += 1;
        return name;
      },
      addresses: 1,
    },
  ];
  const many = 1_000;
  const strangers = new Strangers<number>({ ...limits, most: many });
  for (let who = 0; who < many; who++) strangers.admit(who, counted(`network ${who}`), 0);
  looks = 0;
  assert.deepEqual(strangers.admit(many, counted("one more"), 1), [0]);
  assert.ok(looks < 10, `${looks} looks at whose somebody is`);
});

test("who is named later moves to that group, and counts once", () => {
  const strangers = new Strangers<string>(limits);
  strangers.admit("proxied", [], Infinity);
  strangers.admit("a1", of("a"), 0);
  strangers.admit("a2", of("a"), 0);
  assert.deepEqual(strangers.admit("proxied", of("a"), 1), ["a1"]);
  assert.equal(strangers.size, 2);
});

test("their time ends after it, not before, and not for who may stay", () => {
  const strangers = new Strangers<string>(limits);
  strangers.admit("stays", [], Infinity);
  strangers.admit("a1", of("a"), 10);
  strangers.admit("signedIn", of("a"), 10);
  strangers.leave("signedIn");
  assert.deepEqual(strangers.over(109), []);
  assert.deepEqual(strangers.over(110), ["a1"]);
  assert.deepEqual(strangers.over(1e9), []);
  assert.equal(strangers.size, 1);
});

test("no order of events goes over a bound, or loses anybody", () => {
  const event = fc.record({
    who: fc.integer({ min: 0, max: 19 }),
    /** Site and household in it. */
    group: fc.constantFrom(undefined, "a1", "a2", "a3", "a4", "a5", "b1", "b2"),
    leaves: fc.boolean(),
  });
  const bounds = { most: 12, mostOfAddress: 2, mostMs: 100 };
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const strangers = new Strangers<number>(bounds);
      /** Who is there by the answers, the oldest first. */
      let there: { who: number; group: string | undefined }[] = [];
      const groupsOf = (group: string) => [
        { name: group.slice(0, 1), addresses: 4 },
        { name: group, addresses: 1 },
      ];
      events.forEach(({ who, group, leaves }, at) => {
        there = there.filter((one) => one.who !== who);
        if (leaves) return strangers.leave(who);
        const sizeOf = (prefix: string): number =>
          there.filter((one) => one.group?.startsWith(prefix)).length;
        const isFull =
          there.length >= bounds.most ||
          (group !== undefined && (sizeOf(group) >= 2 || sizeOf(group.slice(0, 1)) >= 8));
        const out = strangers.admit(who, group === undefined ? [] : groupsOf(group), at);
        assert.equal(out.length, isFull ? 1 : 0, "one makes room, and only where there is none");
        const [gone] = there.filter((one) => out.includes(one.who));
        if (gone !== undefined) {
          const same = there.find((one) => one.group === gone.group);
          assert.equal(same, gone, "the oldest of its group");
          if (group !== undefined && sizeOf(group) >= 2) assert.equal(gone.group, group);
          else if (group !== undefined && sizeOf(group.slice(0, 1)) >= 8)
            assert.equal(gone.group?.slice(0, 1), group.slice(0, 1));
        }
        there = [...there.filter((one) => one !== gone), { who, group }];
      });
      assert.equal(strangers.size, there.length);
      for (const { who } of there) assert.ok(strangers.has(who));
    }),
  );
});
