import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { initialDelivery, stepDelivery } from "@signet/protocol";
import type { CommitInput, DeliveryState } from "@signet/protocol";

import { bytes, from, userId } from "../fixtures.ts";

const commit = (epoch: number, name = "ada", text = `commit ${epoch} of ${name}`): CommitInput => {
  const { userId: by, terminalId } = from(name);
  return { epoch, by, terminalId, commit: bytes(text), admitted: [], removed: [] };
};

/** Accepted Commits of ada for the first epochs. */
function after(epochs: number): DeliveryState {
  let state = initialDelivery;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const result = stepDelivery(state, commit(epoch));
    assert.equal(result.type, "accepted");
    if (result.type === "accepted") ({ state } = result);
  }
  return state;
}

test("a Commit for the current epoch begins the next one", () => {
  const groupInfos = [{ by: userId("bob"), groupInfo: bytes("info 2"), digest: bytes("digest") }];
  const result = stepDelivery({ ...after(2), groupInfos }, commit(2, "bob"));
  assert.equal(result.type, "accepted");
  if (result.type !== "accepted") return;
  assert.equal(result.state.epoch, 3);
  // That of the former epoch is of no use any more.
  assert.equal(result.state.groupInfos, undefined);
  assert.deepEqual(
    result.state.commits.map(({ epoch, by }) => [epoch, by]),
    [
      [0, "ada"],
      [1, "ada"],
      [2, "bob"],
    ],
  );
});

const refusals = [
  ["the epoch before, by somebody else", commit(1, "bob"), "delivery.epochTaken"],
  ["the epoch before, another Commit of the same terminal", commit(1, "ada", "other"), "delivery.epochTaken"],
  ["an older epoch", commit(0, "bob"), "delivery.staleEpoch"],
  ["an epoch to come", commit(3), "delivery.futureEpoch"],
] as const;

for (const [name, input, code] of refusals) {
  test(`refuses ${name}: ${code}`, () => {
    assert.deepEqual(stepDelivery(after(2), input), { type: "refused", code });
  });
}

test("the same Commit again has been accepted", () => {
  assert.deepEqual(stepDelivery(after(2), commit(1)), { type: "repeated", number: 2 });
  assert.deepEqual(stepDelivery(after(2), commit(0)), { type: "repeated", number: 1 });
});

test("the same bytes from another terminal were not", () => {
  assert.equal(stepDelivery(after(2), commit(1, "bob", "commit 1 of ada")).type, "refused");
});

test("at most one Commit for each epoch, whatever is sent", () => {
  const input = fc.record({
    epoch: fc.nat(8),
    name: fc.constantFrom("ada", "bob", "cyd"),
    text: fc.constantFrom("x", "y"),
  });
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
      let state = initialDelivery;
      for (const { epoch, name, text } of inputs) {
        const result = stepDelivery(state, commit(epoch, name, text));
        if (result.type !== "accepted") continue;
        assert.equal(epoch, state.epoch);
        ({ state } = result);
        assert.equal(state.epoch, epoch + 1);
      }
      assert.deepEqual(
        state.commits.map(({ epoch }) => epoch),
        Array.from({ length: state.epoch }, (_, epoch) => epoch),
      );
    }),
  );
});
