import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SenderLine, maxCounter } from "../../src/frames/sender-line.ts";

const at = (epoch: number, context: number, ctr: number | bigint, terminal = 0) => ({
  epoch: BigInt(epoch),
  terminal,
  context,
  ctr: BigInt(ctr),
});
/** Of the terminal to which the person moved. */
const atLaptop = (epoch: number, ctr: number, context = 0) => at(epoch, context, ctr, 1);
const placesOf = (line: SenderLine, ...frames: readonly (readonly [number, number, number | bigint])[]) =>
  frames.map((frame) => line.place(at(...frame)));

test("a sender's places are its counters, on from epoch to epoch, in whatever order they come", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, 10], [1, 0, 12], [1, 0, 11]), [10, 12, 11]);
  assert.deepEqual(placesOf(line, [2, 0, 14], [1, 0, 13], [4, 0, 16], [3, 0, 15]), [14, 13, 16, 15]);
});

test("a second behind nobody waits any more", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, 100], [1, 0, 51], [1, 0, 50]), [100, 51, undefined]);
  assert.deepEqual(placesOf(line, [2, 0, 101], [1, 0, 51], [1, 0, 52]), [101, undefined, 52]);
});

test("a restarted sender goes on a second later, and what it sealed before the restart is over", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 3, 100], [1, 4, 0], [1, 4, 1]), [100, 150, 151]);
  assert.deepEqual(placesOf(line, [1, 3, 101], [1, 3, 160], [1, 4, 2]), [undefined, undefined, 152]);
  assert.deepEqual(placesOf(line, [2, 5, 7], [2, 4, 3], [1, 4, 3], [2, 5, 8]), [
    209,
    undefined,
    undefined,
    210,
  ]);
});

test("whichever frame of a new run comes first, none of it comes closer to what was before than a second", () => {
  for (const first of [1, 49, 99, 100, 5_000]) {
    for (const next of [at(1, 1, first), atLaptop(2, first)]) {
      const line = new SenderLine();
      assert.deepEqual(placesOf(line, [1, 0, 10]), [10]);
      assert.ok(line.place(next)! >= 60);
      const earliest = { ...next, ctr: BigInt(Math.max(0, first - 49)) };
      assert.ok(line.place(earliest)! >= 60, `${first}`);
    }
  }
});

test("contexts wrap around", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 255, 5], [1, 0, 0], [1, 255, 6]), [5, 55, undefined]);
  const halfWay = new SenderLine();
  assert.deepEqual(placesOf(halfWay, [1, 0, 5], [1, 128, 0], [1, 127, 0]), [5, undefined, 55]);
});

test("another terminal of the person is not measured by the counters of the one before", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, 5_000]), [5_000]);
  assert.deepEqual([line.place(atLaptop(2, 3)), line.place(atLaptop(2, 4))], [5_053, 5_054]);
  assert.deepEqual(
    placesOf(line, [1, 0, 5_001], [2, 0, 5_001]),
    [undefined, undefined],
    "nor are its frames in flight heard after it",
  );
});

test("nor where it counts on by chance, in the same context: what both sealed meanwhile may be missing", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, 10]), [10]);
  assert.equal(line.place(atLaptop(2, 11)), 71);
});

test("a frame of another terminal in an epoch that is over, or in the same, has no place", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [2, 0, 10]), [10]);
  assert.deepEqual([line.place(atLaptop(1, 0)), line.place(atLaptop(2, 0))], [undefined, undefined]);
});

test("where a terminal said how far it counted, the next one goes on behind it, and all that is missing lies between", () => {
  for (const [heard, end, first, place] of [
    [10, 11, 0, 11],
    [10, 14, 0, 14],
    [10, 14, 2, 16],
    // Up to a window, and up to two.
    [10, 60, 0, 60],
    [10, 61, 0, 60],
    [10, 5_000, 99, 159],
    [10, 11, 99, 110],
    [10, 11, 100, 110],
    [10, 11, 5_000, 110],
  ] as const) {
    const line = new SenderLine();
    assert.deepEqual(placesOf(line, [1, 0, heard]), [heard]);
    assert.equal(line.awaitsEnd(atLaptop(2, first)), true);
    assert.equal(line.end(at(1, 0, end)), true);
    assert.equal(line.awaitsEnd(atLaptop(2, first)), false);
    assert.equal(line.place(atLaptop(2, first)), place, `${heard} ${end} ${first}`);
    assert.equal(line.place(atLaptop(2, first + 1)), place + 1);
    assert.equal(line.place(at(1, 0, heard + 1)), undefined, "what was sealed before is over");
  }
});

test("frames that come after the word, and were sealed before it, do not contradict it", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, 10]), [10]);
  assert.equal(line.end(at(1, 0, 20)), true);
  assert.deepEqual(placesOf(line, [1, 0, 19], [1, 0, 12]), [19, 12]);
  assert.equal(line.place(atLaptop(2, 0)), 20);
});

test("a word that contradicts what was heard or said counts for nothing, and neither does the one before it", () => {
  for (const contradict of [
    // As far as was heard already, or less.
    (line: SenderLine) => line.end(at(1, 0, 100)),
    (line: SenderLine) => line.end(at(1, 0, 7)),
    // Twice, with two numbers.
    (line: SenderLine) => line.end(at(1, 0, 120)) && line.end(at(1, 0, 119)),
    (line: SenderLine) => line.end(at(1, 0, 120)) && line.end(at(1, 0, 121)),
    // What was sealed behind the last one, or in its place.
    (line: SenderLine) => line.end(at(1, 0, 120)) && line.place(at(1, 0, 120)) !== 120,
    (line: SenderLine) => line.end(at(1, 0, 120)) && line.place(at(2, 0, 121)) !== 121,
  ]) {
    for (const isSaidAgain of [false, true]) {
      const line = new SenderLine();
      assert.deepEqual(placesOf(line, [1, 0, 100]), [100]);
      assert.equal(contradict(line), false);
      if (isSaidAgain) assert.equal(line.end(at(1, 0, 140)), false, "nor does one that comes after it");
      assert.equal(line.awaitsEnd(atLaptop(3, 0)), false);
      const [highest] = placesOf(line, [2, 0, 130]);
      assert.equal(line.place(atLaptop(3, 0)), highest! + 50);
    }
  }
});

test("the word is of the terminal that is heard, and of no other", () => {
  const heard = () => {
    const line = new SenderLine();
    assert.deepEqual(placesOf(line, [2, 3, 100]), [100]);
    return line;
  };
  for (const [other, what] of [
    [atLaptop(2, 101, 3), "another terminal's"],
    [at(2, 4, 101), "a restarted sender's"],
    [at(1, 3, 101), "of an epoch before"],
    [at(2, 3, maxCounter), "a counter that is no number"],
  ] as const) {
    const line = heard();
    assert.equal(line.end(other), false, what);
    assert.equal(line.place(atLaptop(3, 0)), 150, what);
  }
  assert.equal(new SenderLine().end(at(1, 0, 0)), false, "of nothing that was heard");
  const line = heard();
  assert.equal(line.end(at(3, 3, 101)), true, "sealed in an epoch of which nothing else was heard");
  assert.equal(line.place(atLaptop(3, 0)), undefined, "in which there is no other terminal of the person");
  assert.equal(line.place(atLaptop(4, 0)), 101);
  const unheard = heard();
  assert.equal(unheard.end(at(2, 3, 101)), true);
  assert.equal(unheard.awaitsEnd(at(4, 0, 0, 2)), false);
  assert.equal(unheard.place(at(4, 0, 0, 2)), 150, "of a terminal in between nothing was heard");
  assert.equal(unheard.place(atLaptop(3, 0)), undefined, "and nothing will be");
  const restarted = heard();
  assert.equal(restarted.end(at(2, 3, 101)), true);
  assert.equal(restarted.awaitsEnd(atLaptop(3, 0, 1)), false);
  assert.equal(restarted.place(atLaptop(3, 0, 1)), 150, "nor of what it sealed before it restarted");
});

test("counters that are no numbers any more have no place", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, maxCounter], [1, 0, (1n << 64n) - 1n], [1, 0, 7]), [
    undefined,
    undefined,
    7,
  ]);
  assert.deepEqual(placesOf(line, [1, 0, maxCounter - 1n]), [Number(maxCounter) - 1]);
});

test("whatever is left out, repeated and swapped: the order of places is the order of sealing, and no step is smaller", () => {
  // A life of a voice: epochs pass, now and then its sender restarts with the next context and its counter at zero, and now and then the
  // person goes on at another terminal, with the first context.
  const life = fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constant("frame") },
      { weight: 2, arbitrary: fc.constantFrom("epoch", "move") },
      { weight: 1, arbitrary: fc.constant("restart") },
    ),
    { minLength: 1, maxLength: 120, size: "max" },
  );
  let wordsHeard = 0;
  fc.assert(
    fc.property(life, fc.infiniteStream(fc.nat()), (steps, picks) => {
      const pick = (below: number) => (picks.next().value ?? 0) % below;
      let [epoch, context, ctr, terminal] = [1, pick(2) * 250, 0, 0];
      const sealed: { numbers: Parameters<typeof at>; at: number; isEnd: boolean }[] = [];
      let frames = 0;
      // Words are no sound: what lies between is what is not heard.
      const seal = (isEnd: boolean) =>
        sealed.push({
          numbers: [epoch, context, ctr++, terminal],
          at: isEnd ? frames : frames++,
          isEnd,
        });
      for (const step of steps) {
        if (step === "epoch") epoch++;
        else if (step === "restart") [context, ctr] = [(context + 1) % 256, 0];
        else if (step === "frame") seal(false);
        else {
          seal(true);
          [epoch, terminal, context, ctr] = [epoch + 1, terminal + 1, 0, 0];
        }
      }
      if (sealed.length === 0) return;
      const line = new SenderLine();
      const placed: { place: number; at: number }[] = [];
      const [ahead, isWild] = [1 + pick(12), pick(3) === 0];
      for (let n = 0; n < 300; n++) {
        // Roughly in order, so that the life is heard through; and in some lives at times anything.
        const near = Math.max(0, Math.floor((n * sealed.length) / 300) - pick(ahead));
        const one = sealed[isWild && pick(60) === 0 ? pick(sealed.length) : near]!;
        if (one.isEnd) {
          if (line.end(at(...one.numbers))) wordsHeard++;
          continue;
        }
        const place = line.place(at(...one.numbers));
        if (place !== undefined) placed.push({ place, at: one.at });
      }
      for (const one of placed) {
        for (const other of placed) {
          if (one.at === other.at) assert.equal(one.place, other.place);
          if (one.at < other.at)
            assert.ok(
              other.place - one.place >= Math.min(other.at - one.at, 50),
              `${one.place} ${other.place}`,
            );
        }
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(wordsHeard > 100, `${wordsHeard} words counted`);
});
