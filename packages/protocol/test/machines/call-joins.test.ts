/** How often, and with how much, one person may ask to be let into a call. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  mostJoinBytes,
  mostJoinsPerMinute,
  mostRefusals,
  mostWelcomeBytes,
  refusalsCountMs,
} from "@signet/protocol";
import type { CallServerInput, ErrorCode } from "@signet/protocol";

import { bytes, from, proof, reachable } from "../fixtures.ts";
import { ServerWorld, joinInput, startMs } from "./call-server-world.ts";

type Join = Extract<CallServerInput, { type: "join" }>;

/** cyd is in the call, so that it goes on; bob joins. */
const standing = (): ServerWorld => new ServerWorld().join("cyd").commit("ada", ["cyd"]);
const join = (change: Partial<Join> = {}): Join => ({ ...joinInput("bob"), ...change });
const leaves = (world: ServerWorld): ServerWorld => world.leave("bob");
const refusals = (world: ServerWorld, ...names: readonly string[]): ServerWorld =>
  refusalsBy("ada", world, ...names);
const refusalsBy = (by: string, world: ServerWorld, ...names: readonly string[]): ServerWorld =>
  world.step({
    type: "refuse",
    ...from(by),
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
      .leave("cyd")
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

test("4 MiB of Welcomes for each person in a call, of those that let in several their part", () => {
  const memberAt = (world: ServerWorld, name: string) => world.state.members.get(from(name).userId)!;
  const world = new ServerWorld(["bob", "cyd", "dan", "eve"].map((name) => reachable(name)));
  world.join("cyd").commit("ada", ["cyd"]).join("bob").join("dan");
  world.commit("ada", ["bob", "dan"], [], { welcome: new Uint8Array(1_001) });
  assert.deepEqual([memberAt(world, "bob").welcomeBytes, memberAt(world, "dan").welcomeBytes], [501, 501]);
  leaves(world).commit("ada", [], ["bob"]).step(join());
  world.commit("ada", ["bob"], [], { welcome: new Uint8Array(700) });
  assert.equal(memberAt(world, "bob").welcomeBytes, 1_201, "of all stays");
  leaves(world);
  const after = (welcomeBytes: number): ServerWorld => {
    const other = standing();
    const members = new Map([
      ...world.state.members,
      [from("bob").userId, { ...memberAt(world, "bob"), welcomeBytes }],
    ]);
    other.state = { ...world.state, members };
    other.nowMs = world.nowMs + 60_000;
    return other;
  };
  assert.equal(isRefused(after(mostWelcomeBytes - 1), join()), undefined);
  assert.equal(isRefused(after(mostWelcomeBytes), join()), "call.tooManyJoins");
  assert.equal(after(mostWelcomeBytes).step(joinInput("eve")).refusal(), undefined, "another person");
});

test("who was refused three times within ten minutes is refused by the server; the committer hears nothing more", () => {
  const world = standing();
  for (let i = 0; i < mostRefusals; i++) {
    assert.equal(isRefused(world, join()), undefined);
    refusals(world, "bob");
    refusalsBy("cyd", world, "bob");
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
  const counted = world.state.members.get(from("bob").userId)?.refusals;
  assert.deepEqual(counted?.length, 1, "named twice, counted once");
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
  world.leave("cyd");
  const cyds = { ...joinInput("cyd", "cyd-2"), leafKey };
  assert.equal(isRefused(world, cyds), "call.joinUsed");
  assert.equal(isRefused(world, join()), undefined);
});

test("a joiner whom one member does not accept is looked at by the next, and let in", () => {
  const world = standing().join("bob");
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
  assert.equal(refusalsBy("cyd", world, "bob").refusal(), "delivery.notCommitter");
  refusals(world, "bob");
  assert.deepEqual([world.memberState("bob"), ...world.to("call.commitNeeded")], ["joining", "cyd-1"]);
  const { state } = world;
  assert.equal(refusals(world, "bob").state, state, "ada has no second word");
  assert.equal(world.commit("cyd", ["bob"]).refusal(), undefined);
  assert.equal(world.memberState("bob"), "joined");
  assert.equal(world.state.members.get(from("bob").userId)?.refusals, undefined);
});

test("a member who does not accept somebody goes on with the others, and is not asked about them again", () => {
  const world = new ServerWorld(["bob", "cyd", "dan"].map((name) => reachable(name))).join("cyd");
  world.commit("ada", ["cyd"]).join("bob").join("dan");
  refusals(world, "bob");
  const admits = (): unknown =>
    world.sent("call.commitNeeded").map(({ to, body }) => [to, body.admit.map(({ userId }) => userId)]);
  assert.deepEqual(admits(), [["ada-1", ["dan"]]]);
  world.commit("ada", ["dan"]);
  assert.deepEqual(admits(), [["cyd-1", ["bob"]]]);
  // Silent: then the others, but never ada.
  world.step({ type: "tick" }, 3_000);
  assert.deepEqual(admits(), [["dan-1", ["bob"]]]);
  world.step({ type: "tick" }, 3_000);
  assert.deepEqual(admits(), [["cyd-1", ["bob"]]]);
});

test("two members turn a joiner away, who hears who they are; so does one where nobody else is there", () => {
  const two = standing().join("bob");
  refusalsBy("cyd", refusals(two, "bob"), "bob");
  const heard = (world: ServerWorld): unknown =>
    world
      .sent("call.member")
      .flatMap(({ to, body }) =>
        to === "bob-1" && body.member.userId === "bob" ? [[body.member.state, body.by]] : [],
      );
  assert.deepEqual(heard(two), [["refused", ["ada", "cyd"]]]);

  const alone = new ServerWorld().join("bob");
  assert.deepEqual(heard(refusals(alone, "bob")), [["refused", ["ada"]]]);

  // While cyd may come back, bob waits for them.
  const left = standing()
    .join("bob")
    .step({ type: "disconnected", ...from("cyd") });
  assert.deepEqual(heard(refusals(left, "bob")), []);
  assert.equal(left.memberState("bob"), "joining");
  left.step({ type: "tick" }, 59_999);
  assert.equal(left.memberState("bob"), "joining");
  left.step({ type: "tick" }, 1);
  assert.deepEqual(heard(left), [["refused", ["ada"]]]);
});

test("what one member alone did not accept counts while the group has nobody else, and not afterwards", () => {
  const world = new ServerWorld();
  for (let i = 0; i < mostRefusals; i++) {
    assert.equal(isRefused(world, join()), undefined);
    refusals(world, "bob");
    world.nowMs += 10_000;
  }
  assert.equal(isRefused(world, join()), "call.tooManyJoins");
  world.join("cyd").commit("ada", ["cyd"]);
  assert.equal(isRefused(world, join()), undefined);
});
