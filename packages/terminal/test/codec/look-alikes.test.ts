import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { lookAlikes } from "../../src/index.ts";

const named = (userId: string, displayName = userId) => ({ userId: userId as UserId, displayName });
const known = [named("alice", "Alice Liddell"), named("mary", "Mary"), named("bill", "Bill")];
const marked = (userId: string, displayName: string): string | undefined =>
  lookAlikes([named(userId, displayName)], known).get(userId as UserId);

test("a name that one would take for somebody known is marked, in whatever letters it is written", () => {
  for (const name of [
    "Alice Liddell",
    "alice liddell",
    "ALICE LIDDELL",
    "Аlice Liddell",
    "Αlice Liddell",
    "AliceLiddell",
    "A1ice Lidde11",
    "AIice Liddell",
    "𝐀𝐥𝐢𝐜𝐞 Liddell",
    "Ａｌｉｃｅ Liddell",
    "Alice\u00A0Liddell",
    "alice",
    "аlісе",
    "Ali\u0307ce Liddell",
    "Al\u0131\u0307ce Li\u0307ddell",
    "ALİCE LİDDELL",
    "Al\u0456\u0307ce Liddell",
  ])
    assert.equal(marked("mallory", name), "alice", name);
  for (const name of ["Rnary", "rnary", "Маry", "MARY"]) assert.equal(marked("mallory", name), "mary", name);
  for (const name of ["BiIl", "Bi||", "BILL", "Вill"]) assert.equal(marked("mallory", name), "bill", name);
});

test("so is a user ID that looks like another, whatever the name", () => {
  assert.equal(marked("rnary", "Zoe"), "mary");
  assert.equal(marked("bi11", "Zoe"), "bill");
  assert.equal(marked("a1ice", "Zoe"), "alice");
});

test("others are not, nor is anybody for their own name", () => {
  for (const name of ["Alicia", "Alice L", "Marie", "Billy", "Боб", "علی", "👩\u200D🚀", "山田"])
    assert.equal(marked("mallory", name), undefined, name);
  assert.equal(marked("alice", "Alice Liddell"), undefined);
  assert.equal(marked("alice", "Alice"), undefined);
});

test("of two in a call, the one who is known is who they are; of two unknown ones both are marked", () => {
  const two = [named("alice", "Alice"), named("eve", "Аlice")];
  assert.deepEqual([...lookAlikes(two, known)], [["eve", "alice"]]);
  assert.deepEqual(
    [...lookAlikes([named("zoe", "Zoe"), named("zoe2", "Zoe")], [])],
    [
      ["zoe", "zoe2"],
      ["zoe2", "zoe"],
    ],
  );
});

test("nobody is marked for a guest who calls themselves alike: of the two it is the guest, and of two guests both", () => {
  const [gus, gus2] = ["~dnmar56", "~a4dqoby"];
  const ann = named("ann", "Ann Lee");
  const pair = [ann, named(gus, "Ann Lee")];
  assert.deepEqual([...lookAlikes(pair, [])], [[gus, "ann"]]);
  // Also at the guest, who knows nobody but themselves.
  assert.deepEqual([...lookAlikes(pair, [named(gus)])], [[gus, "ann"]]);
  assert.deepEqual([...lookAlikes(pair, [named(gus, "Ann Lee")])], [[gus, "ann"]]);
  assert.deepEqual(
    [...lookAlikes([named(gus, "Gus"), named(gus2, "Gus")], known)],
    [
      [gus, gus2],
      [gus2, gus],
    ],
  );
  // With three of them a guest looks like the one who is somebody.
  assert.equal(lookAlikes([named(gus2, "Ann Lee"), ...pair], []).get(gus as UserId), "ann");
});

test("of a call of two hundred, nobody waits for it", () => {
  const many = Array.from({ length: 200 }, (_, place) => named(`guest-${place}`, `Guest number ${place}`));
  assert.equal(lookAlikes(many, known).size, 0);
});
