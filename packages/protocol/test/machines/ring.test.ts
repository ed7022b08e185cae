import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { mostRingTerminals, startRing, stepRing } from "@signet/protocol";
import type { RingInput, RingState } from "@signet/protocol";

import { terminalId } from "../fixtures.ts";

const one = terminalId("one");
const two = terminalId("two");
const three = terminalId("three");
const ringing = startRing([one], 45_000, 1000).state;
const both = startRing([one, two], 45_000, 1000).state;

test("rings at each terminal until the deadline", () => {
  const { state, effects } = startRing([one, two], 45_000, 1000);
  const times = { sinceMs: 1000, ringMs: 45_000, deadlineMs: 46_000 };
  assert.deepEqual(state, { phase: "ringing", terminalIds: [one, two], refusedBy: [], ...times });
  assert.deepEqual(effects, [{ type: "ring", terminalIds: [one, two], expiresAtMs: 46_000 }]);
});

test("is offline at once without a terminal", () => {
  const { state, effects } = startRing([], 45_000, 1000);
  assert.equal(state.phase, "offline");
  assert.deepEqual(effects, []);
});

const unbound = (id: typeof one, moved: boolean): RingInput => ({ type: "unbound", terminalId: id, moved });

test("where terminals that are not there are asked to come, it rings without any, at each that comes, and for no longer", () => {
  const { state, effects } = startRing([], 45_000, 1000, { wakes: true });
  assert.equal(state.phase, "ringing");
  assert.deepEqual(effects, []);
  const come = stepRing(state, { type: "connected", terminalId: one }, 2000);
  assert.deepEqual(come.effects, [{ type: "ring", terminalIds: [one], expiresAtMs: 46_000 }]);
  const left = stepRing(come.state, unbound(one, false), 3000).state;
  assert.equal(left.phase, "ringing", "others are on their way");
  assert.equal(stepRing(left, { type: "tick" }, 45_999).state.phase, "ringing");
  assert.deepEqual(stepRing(left, { type: "tick" }, 46_000), {
    state: { ...left, phase: "noAnswer" },
    effects: [],
  });
  const refused = stepRing(come.state, { type: "refuse", terminalId: one }, 3000).state;
  assert.equal(refused.phase, "ringing");
  assert.equal(
    stepRing(refused, { type: "tick" }, 46_000).state.phase,
    "failed",
    "no terminal could verify it",
  );
  assert.deepEqual(stepRing(state, { type: "cancel", reason: "cancelled" }, 2000).effects, []);
});

type Stop = readonly [reason: string, ...terminalIds: string[]];
const transitions: readonly [string, RingState, RingInput, number, RingState["phase"], Stop?][] = [
  ["join here", ringing, { type: "join", terminalId: one }, 2000, "answered"],
  [
    "join at one of two",
    both,
    { type: "join", terminalId: one },
    2000,
    "answered",
    ["answeredElsewhere", two],
  ],
  [
    "join at another",
    both,
    { type: "join", terminalId: three },
    2000,
    "answered",
    ["answeredElsewhere", one, two],
  ],
  ["decline here", ringing, { type: "decline", terminalId: one }, 2000, "declined"],
  [
    "decline at one of two",
    both,
    { type: "decline", terminalId: two },
    2000,
    "declined",
    ["declinedElsewhere", one],
  ],
  ["refuse here", ringing, { type: "refuse", terminalId: one }, 2000, "failed"],
  ["refuse at one of two", both, { type: "refuse", terminalId: one }, 2000, "ringing"],
  ["refuse by a terminal that does not ring", ringing, { type: "refuse", terminalId: two }, 2000, "ringing"],
  ["signed out", ringing, unbound(one, false), 2000, "offline", ["ended", one]],
  ["signed out at one of two", both, unbound(one, false), 2000, "ringing", ["ended", one]],
  ["signed out where it does not ring", ringing, unbound(two, false), 2000, "ringing"],
  ["taken over", ringing, unbound(one, true), 2000, "ringing", ["movedElsewhere", one]],
  ["cancel", both, { type: "cancel", reason: "cancelled" }, 2000, "cancelled", ["cancelled", one, two]],
  ["tick before the deadline", both, { type: "tick" }, 45_999, "ringing"],
  ["tick at the deadline", both, { type: "tick" }, 46_000, "noAnswer", ["noAnswer", one, two]],
];

for (const [name, before, input, nowMs, phase, stop] of transitions) {
  test(`${name}: ${phase}`, () => {
    const { state, effects } = stepRing(before, input, nowMs);
    assert.equal(state.phase, phase);
    const [reason, ...terminalIds] = stop ?? [];
    assert.deepEqual(effects, stop === undefined ? [] : [{ type: "stop", terminalIds, reason }]);
  });
}

test("moves with the device to the terminal where it is bound now, with the same deadline", () => {
  const moved = stepRing(ringing, unbound(one, true), 4000).state;
  const { state, effects } = stepRing(moved, { type: "connected", terminalId: two }, 5000);
  assert.deepEqual(state, { ...ringing, terminalIds: [two] });
  assert.deepEqual(effects, [{ type: "ring", terminalIds: [two], expiresAtMs: 46_000 }]);
});

test("rings on a terminal that comes, too, and again on one that comes back", () => {
  const joined = stepRing(ringing, { type: "connected", terminalId: two }, 5000);
  assert.deepEqual(joined.state.terminalIds, [one, two]);
  assert.deepEqual(joined.effects, [{ type: "ring", terminalIds: [two], expiresAtMs: 46_000 }]);
  const back = stepRing(joined.state, { type: "connected", terminalId: one }, 6000);
  assert.deepEqual(back.effects, [{ type: "ring", terminalIds: [one], expiresAtMs: 46_000 }]);
  assert.deepEqual(back.state.terminalIds.toSorted(), [one, two].toSorted());
});

test("a terminal that cannot verify the call does not ring again; when none is left it failed, whoever signed out", () => {
  const refused = stepRing(both, { type: "refuse", terminalId: one }, 2000).state;
  const again = stepRing(refused, { type: "connected", terminalId: one }, 3000);
  assert.deepEqual([again.state, again.effects], [refused, []]);
  assert.equal(stepRing(refused, { type: "refuse", terminalId: two }, 3000).state.phase, "failed");
  assert.equal(stepRing(refused, unbound(two, false), 3000).state.phase, "failed");
});

test("rings at so many terminals and no more, those that refused among them", () => {
  const many = Array.from({ length: mostRingTerminals + 1 }, (_, i) => terminalId(`t${i}`));
  const [last, ...others] = many.toReversed();
  assert.deepEqual(startRing(many, 45_000, 1000).state.terminalIds, others.toReversed());
  const come = (state: RingState) => stepRing(state, { type: "connected", terminalId: last! }, 2000).effects;
  const almost = startRing(others.slice(1), 45_000, 1000).state;
  const full = startRing(others, 45_000, 1000).state;
  assert.equal(come(almost).length, 1);
  assert.deepEqual(come(full), []);
  assert.deepEqual(come(stepRing(full, { type: "refuse", terminalId: others[0]! }, 2000).state), []);
  assert.equal(
    come(stepRing(full, unbound(others[0]!, true), 2000).state).length,
    1,
    "in the place of the one that moved",
  );
});

const engaged = (isEngaged: boolean): RingInput => ({ type: "engaged", isEngaged });

test("who is in another call is rung for as long as a proof is fresh, and anew when it is over", () => {
  const begun = startRing([one], 45_000, 1000, { waits: true });
  assert.deepEqual(begun.effects, [{ type: "ring", terminalIds: [one], expiresAtMs: 91_000 }]);
  assert.equal(begun.state.waits, true);
  assert.equal(stepRing(begun.state, { type: "tick" }, 90_999).state.phase, "ringing");
  assert.equal(stepRing(begun.state, { type: "tick" }, 91_000).state.phase, "noAnswer");
  const free = stepRing(begun.state, engaged(false), 90_999);
  assert.deepEqual(free.effects, [{ type: "ring", terminalIds: [one], expiresAtMs: 111_000 }]);
  assert.equal(free.state.waits, undefined);
  // Whoever comes at the end of it can verify the proof still; nothing is cut off of what ends before.
  assert.equal(free.state.deadlineMs, 111_000);
  for (const [atMs, deadlineMs] of [
    [66_000, 111_000],
    [65_999, 110_999],
  ] as const)
    assert.equal(stepRing(begun.state, engaged(false), atMs).state.deadlineMs, deadlineMs);
});

test("whoever answers another call meanwhile is waited for no longer than who was in it from the beginning", () => {
  const waits = stepRing(ringing, engaged(true), 40_000);
  assert.deepEqual([waits.state.waits, waits.state.deadlineMs, waits.effects], [true, 91_000, []]);
  const again = stepRing(waits.state, engaged(true), 41_000);
  assert.deepEqual(again.state, waits.state);
  const free = stepRing(again.state, engaged(false), 50_000).state;
  assert.equal(free.deadlineMs, 95_000);
  // After that the proof is not fresh any more: a terminal would refuse to ring with it.
  const late = stepRing(stepRing(free, engaged(true), 90_000).state, engaged(false), 91_000);
  assert.deepEqual([late.state.waits, late.state.deadlineMs, late.effects], [undefined, 95_000, []]);
});

test("whatever comes: the deadline stays but for who waits, and the end is final", () => {
  const terminal = fc.constantFrom(one, two, three);
  const input = fc.oneof(
    fc.record({
      type: fc.constantFrom("join", "decline", "refuse", "connected" as const),
      terminalId: terminal,
    }),
    fc.record({ type: fc.constant("unbound" as const), terminalId: terminal, moved: fc.boolean() }),
    fc.record({
      type: fc.constant("cancel" as const),
      reason: fc.constantFrom("cancelled", "ended" as const),
    }),
    fc.constant({ type: "tick" } as const),
    fc.record({ type: fc.constant("engaged" as const), isEngaged: fc.boolean() }),
  ) as fc.Arbitrary<RingInput>;
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(20_000))), (steps) => {
      let state = both;
      /** Where a person sees it ring. */
      const seen = new Set([one, two]);
      let nowMs = 1000;
      for (const [next, laterMs] of steps) {
        nowMs += laterMs;
        const before = state;
        const result = stepRing(before, next, nowMs);
        ({ state } = result);
        if (next.type !== "engaged") assert.equal(state.deadlineMs, before.deadlineMs);
        assert.ok(state.deadlineMs >= ringing.deadlineMs && state.deadlineMs <= 1000 + 110_000);
        if ("terminalId" in next && next.type !== "connected" && next.type !== "unbound")
          seen.delete(next.terminalId);
        for (const effect of result.effects) {
          const ids = new Set(effect.terminalIds);
          assert.ok(ids.size > 0 && ids.size === effect.terminalIds.length);
          for (const id of ids) {
            if (effect.type === "ring") seen.add(id);
            else assert.ok(seen.delete(id), "stopped where it does not ring");
          }
        }
        assert.deepEqual(seen, new Set(state.phase === "ringing" ? state.terminalIds : []));
        if (before.phase === "ringing") continue;
        assert.deepEqual(state, before);
        assert.deepEqual(result.effects, []);
      }
    }),
  );
});
