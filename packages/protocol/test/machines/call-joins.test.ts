/** How often, and with how much, one person may ask to be let into a call. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mostJoinBytes, mostJoinsPerMinute, mostRefusals, refusalsCountMs } from "@signet/protocol";
import type { CallServerInput, ErrorCode } from "@signet/protocol";

import { bytes, from, proof } from "../fixtures.ts";
import { ServerWorld, joinInput, startMs } from "./call-server-world.ts";

type Join = Extract<CallServerInput, { type: "join" }>;

/** cyd is in the call, so that it goes on; bob joins. */
const standing = (): ServerWorld => new ServerWorld().join("cyd").commit("ada", ["cyd"]);
const join = (change: Partial<Join> = {}): Join => ({ ...joinInput("bob"), ...change });
const leaves = (world: ServerWorld): ServerWorld => world.leave("bob");
const refusals = (world: ServerWorld, ...names: readonly string[]): ServerWorld =>
  world.step({
    type: "refuse",
    ...from("ada"),
    body: {
      callId: world.state.callId,
      joiners: names.map((name) => ({ ...from(name), code: "mls.badMessage" })),
    },
  });
/** What is refused is not stored, and nobody hears of it. */
const isRefused = (world: ServerWorld, input: Join): ErrorCode | undefined => {
  const { state } = world;
  const code = world.step(input).refusal();
  if (code !== undefined) {
    assert.equal(world.state, state);
    assert.equal(world.effects.length, 1);
  }
  return code;
};

test("six joins within a minute, for each person; the next one after it", () => {
  const world = standing();
  for (let i = 0; i < mostJoinsPerMinute; i++) {
    assert.equal(isRefused(world, join()), undefined);
    leaves(world);
    world.nowMs += 1_000;
  }
  assert.equal(isRefused(world, join()), "call.tooManyJoins");
  assert.equal(
    leaves(world)
      .step({ ...joinInput("cyd", "cyd-2") })
      .refusal(),
    undefined,
    "another person",
  );
  world.nowMs = startMs + 59_999;
  assert.equal(isRefused(world, join()), "call.tooManyJoins");
  world.nowMs = startMs + 60_000;
  assert.equal(isRefused(world, join()), undefined);
});

test("256 KiB for all joins of a person in a call", () => {
  const world = standing();
  const input = join();
  const around = input.proof.transcript.length + input.binding.transcript.length;
  const half = (): Join => join({ keyPackage: new Uint8Array(mostJoinBytes / 2 - around) });
  assert.equal(isRefused(world, half()), undefined);
  leaves(world);
  world.nowMs += 60_000;
  const more = join({ keyPackage: new Uint8Array(mostJoinBytes / 2 - around + 1) });
  assert.equal(isRefused(world, more), "call.tooManyJoins");
  assert.equal(isRefused(world, half()), undefined, "to the byte");
  leaves(world);
  world.nowMs += 60_000;
  assert.equal(isRefused(world, join()), "call.tooManyJoins", "for the rest of the call");
});

test("who was refused three times within ten minutes is refused by the server; the committer hears nothing more", () => {
  const world = standing();
  for (let i = 0; i < mostRefusals; i++) {
    assert.equal(isRefused(world, join()), undefined);
    refusals(world, "bob");
    assert.equal(world.memberState("bob"), "refused");
    world.nowMs += 60_000;
  }
  assert.equal(isRefused(world, join()), "call.tooManyJoins");
  world.nowMs = startMs + refusalsCountMs - 1;
  assert.equal(isRefused(world, join()), "call.tooManyJoins");
  world.nowMs = startMs + refusalsCountMs;
  assert.equal(isRefused(world, join()), undefined);
});

test("all whom the committer refuses of a task are refused by one message", () => {
  const world = new ServerWorld().join("bob").join("cyd");
  refusals(world, "bob", "cyd", "bob", "dan");
  assert.deepEqual([world.memberState("bob"), world.memberState("cyd")], ["refused", "refused"]);
  assert.equal(
    world.state.members.get(from("bob").userId)?.refusedAtMs?.length,
    1,
    "named twice, counted once",
  );
  const { state } = world;
  assert.equal(refusals(world, "bob").state, state, "there is nothing to refuse any more");
});

test("a leaf key is used once in a call, by whomever", () => {
  const world = standing();
  const leafKey = bytes("the leaf key");
  assert.equal(isRefused(world, join({ leafKey })), undefined);
  leaves(world);
  assert.equal(isRefused(world, join({ leafKey })), "call.joinUsed");
  assert.equal(isRefused(world, join({ leafKey, proof: proof("another") })), "call.joinUsed");
  const cyds = { ...joinInput("cyd", "cyd-2"), leafKey };
  assert.equal(isRefused(world, cyds), "call.joinUsed");
  assert.equal(isRefused(world, join()), undefined);
});
