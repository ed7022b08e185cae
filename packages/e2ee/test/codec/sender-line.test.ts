import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SenderLine, maxCounter } from "../../src/frames/sender-line.ts";

const at = (epoch: number, context: number, ctr: number | bigint) => ({
  epoch: BigInt(epoch),
  context,
  ctr: BigInt(ctr),
});
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
    202,
    undefined,
    undefined,
    203,
  ]);
});

test("contexts wrap around", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 255, 5], [1, 0, 0], [1, 255, 6]), [5, 55, undefined]);
  const halfWay = new SenderLine();
  assert.deepEqual(placesOf(halfWay, [1, 0, 5], [1, 128, 0], [1, 127, 0]), [5, undefined, 55]);
});

test("somebody else at the same leaf is not measured by the counters of who was there", () => {
  const line = new SenderLine();
  assert.deepEqual(placesOf(line, [1, 0, 5_000], [2, 0, 3], [2, 0, 4]), [5_000, 5_050, 5_051]);
  assert.deepEqual(
    placesOf(line, [1, 0, 5_001]),
    [undefined],
    "nor are their frames in flight heard after it",
  );
  const lower = new SenderLine();
  assert.deepEqual(placesOf(lower, [1, 9, 5_000], [2, 0, 3]), [5_000, 5_050]);
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
  // A life of a sender: epochs pass, and now and then it restarts with the next context and its counter at zero.
  const life = fc.array(fc.constantFrom("frame", "frame", "frame", "epoch", "restart"), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(life, fc.infiniteStream(fc.nat()), (steps, picks) => {
      let [epoch, context, ctr] = [1, 250, 0];
      const sealed: { numbers: readonly [number, number, number]; at: number }[] = [];
      for (const step of steps) {
        if (step === "epoch") epoch++;
        else if (step === "restart") [context, ctr] = [(context + 1) % 256, 0];
        else sealed.push({ numbers: [epoch, context, ctr++], at: sealed.length });
      }
      if (sealed.length === 0) return;
      const line = new SenderLine();
      const placed: { place: number; at: number }[] = [];
      for (let n = 0; n < 200; n++) {
        const { numbers, at: sealedAt } = sealed[(picks.next().value ?? 0) % sealed.length]!;
        const place = line.place(at(...numbers));
        if (place !== undefined) placed.push({ place, at: sealedAt });
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
});
