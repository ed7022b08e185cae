import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assignSlots } from "../../src/assignment.ts";
import { SpeakerSelection } from "../../src/selection.ts";

/** Everybody sends for `ms`, in 20 ms packets, at their level (-dBov). */
function speak(
  selection: SpeakerSelection<string>,
  levels: Record<string, number>,
  fromMs: number,
  ms: number,
): void {
  for (let now = fromMs; now < fromMs + ms; now += 20) {
    for (const [id, level] of Object.entries(levels)) selection.hear(id, level, now);
    selection.select(now);
  }
}

function seatedSet(selection: SpeakerSelection<string>): string {
  return selection.seated().toSorted().join("");
}

function newSelection(seats: number, ids: string): SpeakerSelection<string> {
  const selection = new SpeakerSelection<string>(seats);
  for (const id of ids) selection.add(id);
  return selection;
}

test("free seats go to the loudest, and only to who has sent anything", () => {
  const selection = newSelection(2, "abcd");
  for (const [id, level] of Object.entries({ a: 90, b: 30, c: 40 }))
    for (let i = 0; i < 5; i++) selection.hear(id, level, 0);
  assert.equal(selection.select(0), true);
  assert.equal(seatedSet(selection), "bc");
  assert.equal(selection.select(10), false);
});

test("who goes on from another terminal has its seat at once, and nobody else's", () => {
  const selection = newSelection(2, "abcd");
  speak(selection, { a: 30, b: 40, c: 90 }, 0, 200);
  assert.equal(seatedSet(selection), "ab");
  selection.succeed("a", "d");
  selection.remove("a");
  assert.equal(seatedSet(selection), "bd");
  // As loud as the former one was: it does not lose the seat before it is heard.
  speak(selection, { b: 40, c: 45, d: 30 }, 200, 2_000);
  assert.equal(seatedSet(selection), "bd");
  selection.succeed("c", "z");
  selection.succeed("z", "c");
  speak(selection, { b: 40, d: 30 }, 2_200, 20);
  assert.equal(seatedSet(selection), "bd", "whoever is not known is ignored");
});

test("a new speaker takes the seat of the quietest, but not before it was held a second", () => {
  const selection = newSelection(2, "abc");
  speak(selection, { a: 30, b: 30, c: 127 }, 0, 200);
  assert.equal(seatedSet(selection), "ab");
  speak(selection, { a: 30, b: 100, c: 30 }, 200, 600);
  assert.equal(seatedSet(selection), "ab");
  speak(selection, { a: 30, b: 100, c: 30 }, 800, 600);
  assert.equal(seatedSet(selection), "ac");
});

test("neither noise nor a voice that is only a little louder moves anybody", () => {
  const selection = newSelection(1, "abc");
  speak(selection, { a: 40 }, 0, 2000);
  speak(selection, { a: 40, b: 33 }, 2000, 2000);
  assert.equal(seatedSet(selection), "a");
  // a is silent now; 55 below full is noise, 45 is speech.
  speak(selection, { a: 127, b: 55, c: 127 }, 4000, 4000);
  assert.equal(seatedSet(selection), "a");
  speak(selection, { a: 127, b: 127, c: 45 }, 8000, 2000);
  assert.equal(seatedSet(selection), "c");
});

test("pauses between words do not cost the seat, muting does", () => {
  const selection = newSelection(1, "ab");
  speak(selection, { a: 25 }, 0, 2000);
  // 160 ms of pause against somebody who clears their throat
  speak(selection, { a: 127, b: 45 }, 2000, 160);
  assert.equal(seatedSet(selection), "a");
  speak(selection, { a: 25, b: 127 }, 2160, 400);
  assert.equal(seatedSet(selection), "a");
  speak(selection, { b: 45 }, 2560, 1200);
  assert.equal(seatedSet(selection), "b");
});

test("who left has no seat, and senders without levels are heard while seats are free", () => {
  const selection = newSelection(2, "abc");
  speak(selection, { a: 30, b: -1 }, 0, 200);
  assert.equal(seatedSet(selection), "ab");
  selection.remove("a");
  speak(selection, { b: -1, c: 127 }, 200, 100);
  assert.equal(seatedSet(selection), "bc");
  selection.hear("a", 10, 400);
  assert.equal(seatedSet(selection), "bc");
});

test("never more seats than there are, whoever speaks", () => {
  const step = fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
    level: fc.integer({ min: -1, max: 255 }),
    ms: fc.nat(300),
    what: fc.constantFrom("hear", "hear", "hear", "add", "remove"),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 200 }), (seats, steps) => {
      const selection = newSelection(seats, "abcdefgh");
      const present = new Set("abcdefgh");
      let now = 0;
      for (const { id, level, ms, what } of steps) {
        now += ms;
        if (what === "add") {
          selection.add(id);
          present.add(id);
        } else if (what === "remove") {
          selection.remove(id);
          present.delete(id);
        } else selection.hear(id, level, now);
        const before = seatedSet(selection);
        assert.equal(selection.select(now), before !== seatedSet(selection));
        assert.ok(selection.seated().length <= seats);
        assert.ok(selection.seated().every((seated) => present.has(seated)));
      }
    }),
  );
});

test("slots are kept, filled from below, and never given twice", () => {
  assert.deepEqual(assignSlots([undefined, undefined, undefined], ["a", "b"]), ["a", "b", undefined]);
  assert.deepEqual(assignSlots(["a", "b", "c"], ["c", "d", "a"]), ["a", "d", "c"]);
  assert.deepEqual(assignSlots(["a"], ["b", "a"]), ["a"]);
  assert.deepEqual(assignSlots<string>([], ["b", "a"]), []);
  const active = fc.uniqueArray(fc.nat(9), { maxLength: 10 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), fc.array(active, { maxLength: 20 }), (count, lists) => {
      let owners: (number | undefined)[] = Array.from({ length: count });
      for (const list of lists) {
        const next = assignSlots(owners, list);
        const given = next.filter((owner) => owner !== undefined);
        assert.equal(next.length, count);
        assert.equal(new Set(given).size, given.length);
        assert.ok(given.every((owner) => list.includes(owner)));
        assert.equal(given.length, Math.min(count, list.length));
        owners.forEach((owner, slot) => {
          if (owner !== undefined && list.includes(owner)) assert.equal(next[slot], owner);
        });
        owners = next;
      }
    }),
  );
});
