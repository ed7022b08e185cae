/** What members may make the server store: external Commits, GroupInfos, and how much of all. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mostRejoinsPerMinute, mostStoredBytes, mostSyncBytes } from "@signet/protocol";
import type { ReplyBody, RequestBody } from "@signet/protocol";

import { bytes, callId, from, leaf, proof, userId } from "../fixtures.ts";
import { ServerWorld, startMs } from "./call-server-world.ts";

/** ada, bob and cyd in the group, at epoch 1. */
const standing = (): ServerWorld => new ServerWorld().join("bob").join("cyd").commit("ada", ["bob", "cyd"]);

test("rejoin: an external Commit by a member, for the current epoch only, moves the leaf", () => {
  const world = standing();
  const body = {
    callId: world.state.callId,
    epoch: 1,
    proof: proof("join bob"),
    commit: bytes("external"),
    leaf: { userId: userId("bob"), leaf: leaf(3) },
  };
  const foreign = { ...body, leaf: { userId: userId("ada"), leaf: leaf(3) } };
  assert.equal(world.step({ type: "rejoin", ...from("bob"), body: foreign }).refusal(), "call.notMember");
  assert.equal(
    world.step({ type: "rejoin", ...from("bob"), body: { ...body, epoch: 0 } }).refusal(),
    "delivery.epochTaken",
  );
  world.step({ type: "rejoin", ...from("bob"), body });
  assert.deepEqual(world.to("call.committed"), ["ada-1", "cyd-1"]);
  assert.equal(world.leave("bob").state.removals[0]?.leaf, 3);
});

/** An external Commit of this member for the current epoch, by which it keeps its leaf. */
function rejoin(world: ServerWorld, name: string): ServerWorld {
  const { epoch } = world.state.delivery;
  const held = world.state.members.get(userId(name))?.leaf ?? leaf(0);
  const body = {
    callId: world.state.callId,
    epoch,
    proof: proof(`join ${name}`),
    commit: bytes(`external ${epoch}`),
    leaf: { userId: userId(name), leaf: held },
  };
  return world.step({ type: "rejoin", ...from(name), body });
}

test("three rejoins within a minute, for each member; the next one after it", () => {
  const world = standing();
  for (let i = 0; i < mostRejoinsPerMinute; i++) {
    assert.equal(rejoin(world, "bob").refusal(), undefined);
    world.nowMs += 1000;
  }
  assert.equal(rejoin(world, "bob").refusal(), "delivery.tooMuch");
  assert.equal(rejoin(world, "cyd").refusal(), undefined);
  // Leaving and joining again does not begin a new count.
  world.leave("bob").commit("ada", [], ["bob"]).join("bob").commit("ada", ["bob"]);
  assert.equal(rejoin(world, "bob").refusal(), "delivery.tooMuch");
  world.nowMs = startMs + 59_999;
  assert.equal(rejoin(world, "bob").refusal(), "delivery.tooMuch");
  world.nowMs += 1;
  assert.equal(rejoin(world, "bob").refusal(), undefined);
  assert.equal(rejoin(world, "bob").refusal(), "delivery.tooMuch");
});

test("a call that holds all it may lets nobody in any more, and whoever leaves out", () => {
  const world = standing().leave("cyd");
  const external = bytes("external 1").length + proof("join bob").transcript.length;
  const keep = (free: number): void => {
    world.state = { ...world.state, storedBytes: mostStoredBytes - free };
  };
  keep(external - 1);
  assert.equal(rejoin(world, "bob").refusal(), "delivery.tooMuch");
  assert.equal(world.join("cyd").refusal(), "delivery.tooMuch");
  const offer = { callId: callId(), epoch: 1, groupInfo: new Uint8Array(external), digest: bytes("digest") };
  assert.equal(
    world.step({ type: "offerGroupInfo", ...from("bob"), body: offer }).refusal(),
    "delivery.tooMuch",
  );
  keep(external);
  assert.equal(rejoin(world, "bob").refusal(), undefined);
  assert.equal(world.state.storedBytes, mostStoredBytes);
  world.commit("ada", [], ["cyd"]);
  assert.deepEqual(world.to("call.committed"), ["bob-1"]);
});

test("what members have stored is counted: KeyPackage, proofs, Commit, Welcome, GroupInfo", () => {
  const world = new ServerWorld();
  assert.equal(world.state.storedBytes, 0);
  const sizes: number[] = [];
  const add = (...texts: readonly string[]): void =>
    void sizes.push(...texts.map((text) => bytes(text).length));
  const sum = (): number => sizes.reduce((a, b) => a + b, 0);
  world.join("bob");
  add("key package of bob-1");
  sizes.push(proof("join bob").transcript.length, proof("binding bob").transcript.length);
  assert.equal(world.state.storedBytes, sum());
  world.join("bob");
  assert.equal(world.state.storedBytes, sum());
  world.commit("ada", ["bob"]);
  add("commit 0 ada", "welcome");
  assert.equal(world.state.storedBytes, sum());
  const body = { callId: callId(), epoch: 1, groupInfo: bytes("info"), digest: bytes("digest") };
  world.step({ type: "offerGroupInfo", ...from("bob"), body });
  add("info");
  assert.equal(world.state.storedBytes, sum());
  assert.equal(world.step({ type: "offerGroupInfo", ...from("bob"), body }).refusal(), "delivery.tooMuch");
  assert.equal(world.step({ type: "offerGroupInfo", ...from("ada"), body }).refusal(), undefined);
});

test("the GroupInfo of an epoch is asked of another member, kept while the epoch lasts, and gone with it", () => {
  const world = standing();
  const ask = (): ServerWorld => world.ask({ type: "groupInfo", ...from("ada") });
  const replies = (): unknown => world.effects.find((effect) => effect.type === "reply");
  ask();
  assert.deepEqual(replies(), { type: "reply", body: { type: "awaited", epoch: 1, giver: "bob" } });
  assert.deepEqual(world.to("call.groupInfoNeeded"), ["bob-1"]);
  const offer = (epoch: number): RequestBody<"call.offerGroupInfo"> => ({
    callId: callId(),
    epoch,
    groupInfo: bytes("info"),
    digest: bytes("digest"),
  });
  world.step({ type: "offerGroupInfo", ...from("bob"), body: offer(0) });
  assert.equal(world.refusal(), "delivery.staleEpoch");
  world.step({ type: "offerGroupInfo", ...from("eve"), body: offer(1) });
  assert.equal(world.refusal(), "call.notMember");
  world.step({ type: "offerGroupInfo", ...from("bob"), body: offer(1) });
  ask();
  const given = { type: "given", epoch: 1, groupInfo: bytes("info"), by: "bob", digest: bytes("digest") };
  assert.deepEqual(replies(), { type: "reply", body: given });
  assert.deepEqual(world.to("call.groupInfoNeeded"), []);
  world.leave("cyd").commit("ada", [], ["cyd"]);
  ask();
  assert.deepEqual(replies(), { type: "reply", body: { type: "awaited", epoch: 2, giver: "bob" } });
});

test("a sync gives as many Commits as go into one reply, one at least, and the rest to who asks again", () => {
  const third = Math.floor(mostSyncBytes / 3);
  for (const [sizes, given] of [
    [[third, third, mostSyncBytes - 2 * third, 1], 3],
    [[third, third, mostSyncBytes - 2 * third + 1, 1], 2],
    [[mostSyncBytes + 1, 1], 1],
    [[1, 1, 1, 1], 4],
  ] as const) {
    const world = standing();
    const commits = [1, ...sizes].map((size, epoch) => ({
      ...world.state.delivery.commits[0]!,
      epoch,
      number: epoch + 1,
      commit: new Uint8Array(size),
    }));
    world.state = { ...world.state, delivery: { epoch: commits.length, number: commits.length, commits } };
    const asked = (epoch: number): { readonly epoch: number; readonly epochs: readonly number[] } => {
      const reply = world
        .ask({ type: "sync", ...from("bob"), epoch, number: epoch })
        .effects.find((effect) => effect.type === "reply");
      const body = reply?.body as ReplyBody<"call.sync">;
      return { epoch: body.epoch, epochs: body.commits.map((commit) => commit.epoch) };
    };
    const all = sizes.map((_size, i) => i + 1);
    assert.deepEqual(asked(1), { epoch: commits.length, epochs: all.slice(0, given) });
    assert.deepEqual(asked(1 + given), { epoch: commits.length, epochs: all.slice(given) });
  }
});
