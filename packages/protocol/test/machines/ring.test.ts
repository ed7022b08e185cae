import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { startRing, stepRing } from "@signet/protocol";
import type { RingInput, RingState } from "@signet/protocol";

import { terminalId } from "../fixtures.ts";

const one = terminalId("one");
const two = terminalId("two");
const ringing = startRing(one, 45_000, 1000).state;

test("rings the terminal until the deadline", () => {
  const { state, effects } = startRing(one, 45_000, 1000);
  assert.deepEqual(state, { phase: "ringing", terminalId: one, deadlineMs: 46_000 });
  assert.deepEqual(effects, [{ type: "ring", terminalId: one, expiresAtMs: 46_000 }]);
});

test("is offline at once without a terminal", () => {
  const { state, effects } = startRing(undefined, 45_000, 1000);
  assert.equal(state.phase, "offline");
  assert.deepEqual(effects, []);
});

const transitions: readonly [string, RingInput, number, RingState["phase"], string?][] = [
  ["join here", { type: "join", terminalId: one }, 2000, "answered"],
  ["join on another terminal", { type: "join", terminalId: two }, 2000, "answered", "answeredElsewhere"],
  ["decline here", { type: "decline", terminalId: one }, 2000, "declined"],
  [
    "decline on another terminal",
    { type: "decline", terminalId: two },
    2000,
    "declined",
    "declinedElsewhere",
  ],
  ["refuse here", { type: "refuse", terminalId: one }, 2000, "failed"],
  ["refuse by a terminal that does not ring", { type: "refuse", terminalId: two }, 2000, "ringing"],
  ["release", { type: "released" }, 2000, "offline", "ended"],
  ["cancel", { type: "cancel", reason: "cancelled" }, 2000, "cancelled", "cancelled"],
  ["tick before the deadline", { type: "tick" }, 45_999, "ringing"],
  ["tick at the deadline", { type: "tick" }, 46_000, "noAnswer", "noAnswer"],
];

for (const [name, input, nowMs, phase, reason] of transitions) {
  test(`${name}: ${phase}`, () => {
    const { state, effects } = stepRing(ringing, input, nowMs);
    assert.equal(state.phase, phase);
    assert.deepEqual(effects, reason === undefined ? [] : [{ type: "stop", terminalId: one, reason }]);
  });
}

test("moves to the terminal that the person is bound to now, with the same deadline", () => {
  const { state, effects } = stepRing(ringing, { type: "connected", terminalId: two }, 5000);
  assert.deepEqual(state, { phase: "ringing", terminalId: two, deadlineMs: 46_000 });
  assert.deepEqual(effects, [
    { type: "stop", terminalId: one, reason: "movedElsewhere" },
    { type: "ring", terminalId: two, expiresAtMs: 46_000 },
  ]);
});

test("rings again on a terminal that comes back", () => {
  const { effects } = stepRing(ringing, { type: "connected", terminalId: one }, 5000);
  assert.deepEqual(effects, [{ type: "ring", terminalId: one, expiresAtMs: 46_000 }]);
});

test("whatever comes: the deadline stays and the end is final", () => {
  const terminal = fc.constantFrom(one, two);
  const input = fc.oneof(
    fc.record({
      type: fc.constantFrom("join", "decline", "refuse", "connected" as const),
      terminalId: terminal,
    }),
    fc.constant({ type: "released" } as const),
    fc.record({
      type: fc.constant("cancel" as const),
      reason: fc.constantFrom("cancelled", "ended" as const),
    }),
    fc.constant({ type: "tick" } as const),
  ) as fc.Arbitrary<RingInput>;
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(20_000))), (steps) => {
      let state = ringing;
      let nowMs = 1000;
      for (const [next, laterMs] of steps) {
        nowMs += laterMs;
        const before = state;
        const result = stepRing(before, next, nowMs);
        ({ state } = result);
        assert.equal(state.deadlineMs, ringing.deadlineMs);
        if (before.phase === "ringing") continue;
        assert.deepEqual(state, before);
        assert.deepEqual(result.effects, []);
      }
    }),
  );
});
