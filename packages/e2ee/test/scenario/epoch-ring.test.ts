import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  holdUnknownEpochMs,
  initialEpochRing,
  keepPreviousEpochMs,
  maxHeldFrames,
  stepEpochRing,
  type EpochRingEffect,
  type EpochRingInput,
} from "../../src/frames/epoch-ring.ts";
import { epochBitsOf } from "../../src/sframe/kid.ts";

function run(
  inputs: readonly (readonly [nowMs: number, input: EpochRingInput<string>])[],
): EpochRingEffect<string>[] {
  let state = initialEpochRing<string>();
  const all: EpochRingEffect<string>[] = [];
  for (const [nowMs, input] of inputs) {
    const step = stepEpochRing(state, input, nowMs);
    state = step.state;
    all.push(...step.effects);
  }
  return all.filter(({ type }) => type !== "wake");
}

const epoch = (number: bigint): EpochRingInput<string> => ({ type: "epoch", epoch: number });
const frame = (name: string, number: bigint): EpochRingInput<string> => ({
  type: "frame",
  frame: name,
  epochBits: epochBitsOf(number),
  lengthBytes: 100,
});

test("an epoch whose low bits come again is forgotten at once (RFC 9605 section 5.2)", () => {
  assert.deepEqual(
    run([
      [0, epoch(3n)],
      [10, epoch(259n)],
      [20, frame("a", 259n)],
    ]),
    [
      { type: "forget", epoch: 3n },
      { type: "open", frame: "a", epoch: 259n },
    ],
  );
});

test("several former epochs are alive together, each for its own 10 s", () => {
  const effects = run([
    [0, epoch(1n)],
    [1000, epoch(2n)],
    [2000, epoch(3n)],
    [10_999, frame("a", 1n)],
    [11_000, frame("b", 1n)],
    [11_999, frame("c", 2n)],
    [12_000, { type: "time" }],
  ]);
  assert.deepEqual(effects, [
    { type: "open", frame: "a", epoch: 1n },
    { type: "forget", epoch: 1n },
    { type: "drop", frame: "b", reason: "expiredEpoch" },
    { type: "open", frame: "c", epoch: 2n },
    { type: "forget", epoch: 2n },
  ]);
});

test("a frame whose epoch was passed over is dropped rather than held", () => {
  assert.deepEqual(
    run([
      [0, epoch(1n)],
      [10, frame("a", 2n)],
      [20, frame("b", 4n)],
      [30, epoch(3n)],
    ]),
    [
      { type: "hold", frame: "a" },
      { type: "hold", frame: "b" },
      { type: "drop", frame: "a", reason: "expiredEpoch" },
    ],
  );
});

test("the epoch is told from its low bits across their rollover", () => {
  assert.deepEqual(
    run([
      [0, epoch(255n)],
      [10, frame("a", 256n)],
      [20, frame("b", 254n)],
      [30, epoch(256n)],
    ]),
    [
      { type: "hold", frame: "a" },
      { type: "drop", frame: "b", reason: "expiredEpoch" },
      { type: "open", frame: "a", epoch: 256n },
    ],
  );
});

test("whatever happens: each frame is opened or dropped once, in time, under its epoch, and the queue stays bounded", () => {
  const happenings = fc.array(
    fc.record({
      afterMs: fc.nat({ max: 900 }),
      what: fc.oneof(
        {
          weight: 1,
          arbitrary: fc.record({ type: fc.constant("epoch" as const), ahead: fc.nat({ max: 3 }) }),
        },
        {
          weight: 5,
          arbitrary: fc.record({
            type: fc.constant("frame" as const),
            ahead: fc.integer({ min: -3, max: 3 }),
          }),
        },
      ),
    }),
    { maxLength: 120 },
  );
  fc.assert(
    fc.property(happenings, (events) => {
      let state = initialEpochRing<number>();
      let nowMs = 0;
      let current = 100n;
      let wakeAtMs = Infinity;
      const arrived: { atMs: number; epoch: bigint; done: boolean; held: boolean }[] = [];
      const supersededAtMs = new Map<bigint, number>();

      function give(input: EpochRingInput<number>): void {
        const step = stepEpochRing(state, input, nowMs);
        state = step.state;
        let openedBefore = -1;
        for (const effect of step.effects) {
          if (effect.type === "wake") wakeAtMs = effect.atMs;
          if (effect.type === "hold") arrived[effect.frame]!.held = true;
          if (effect.type !== "open" && effect.type !== "drop") continue;
          const known = arrived[effect.frame]!;
          assert.equal(known.done, false);
          known.done = true;
          assert.ok(nowMs - known.atMs <= holdUnknownEpochMs);
          if (effect.type === "drop") continue;
          assert.equal(effect.epoch, known.epoch);
          assert.ok(nowMs - (supersededAtMs.get(effect.epoch) ?? nowMs) < keepPreviousEpochMs);
          assert.ok(effect.frame > openedBefore, "in order of arrival");
          openedBefore = effect.frame;
        }
        assert.ok(state.held.length <= maxHeldFrames);
      }

      function passUntil(endMs: number): void {
        while (wakeAtMs <= endMs) {
          nowMs = wakeAtMs;
          wakeAtMs = Infinity;
          give({ type: "time" });
        }
        nowMs = endMs;
      }

      give({ type: "epoch", epoch: current });
      for (const { afterMs, what } of events) {
        passUntil(nowMs + afterMs);
        if (what.type === "epoch") {
          if (what.ahead > 0) supersededAtMs.set(current, nowMs);
          current += BigInt(what.ahead);
          give({ type: "epoch", epoch: current });
        } else {
          const of = current + BigInt(what.ahead);
          arrived.push({ atMs: nowMs, epoch: of, done: false, held: false });
          give({ type: "frame", frame: arrived.length - 1, epochBits: epochBitsOf(of), lengthBytes: 100 });
        }
      }
      passUntil(nowMs + keepPreviousEpochMs);
      assert.ok(arrived.every(({ done }) => done));
      assert.deepEqual(
        state.epochs.map(({ epoch }) => epoch),
        [current],
      );
    }),
  );
});
