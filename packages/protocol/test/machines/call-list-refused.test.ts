/** What is said of a call's list and not taken: by some, by all but one, or left out. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes } from "@signet/protocol";

import { callDigest, callId, from } from "../fixtures.ts";
import { saying } from "./call-list-inputs.ts";
import { answering, binding, bring, invite, ofTwo, remove } from "./call-list-said.ts";
import { joinInput } from "./call-server-world.ts";
import type { ServerWorld } from "./call-server-world.ts";

const refusing = (world: ServerWorld, name: string, ...digests: readonly Bytes[]) =>
  world.step({
    type: "refuse",
    ...from(name),
    body: {
      callId: callId(),
      joiners: [],
      statements: digests.map((digest) => ({ digest, code: "proof.signature" })),
    },
  });
/** ada, bob and cyd; eve, who came later, is host by ada's word. */
function hostedByEve(): ServerWorld {
  const world = ofTwo().join("cyd").commit("ada", ["cyd"]);
  const digest = invite(world, "ada", ["eve"]);
  bring(world, "ada");
  bring(world.step({ ...joinInput("eve"), proof: answering("eve", digest) }), "ada", ["eve"]);
  const handing = saying("host", "ada", 1, { previousHost: callDigest, nextHost: "eve" });
  return bring(world.step({ type: "host", ...from("ada"), statement: { ...handing, binding } }), "ada");
}

test("what the host said to put somebody out is dropped by no two members: it is brought by whoever takes it", () => {
  const world = hostedByEve();
  const removal = remove(world, "eve", ["cyd"], [callDigest]);
  assert.equal(world.memberState("cyd"), "removed");
  refusing(world, "ada", removal);
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
  world.commit("ada", [], ["cyd"]);
  assert.equal(world.refusal(), "delivery.notCommitter", "nor does it do the rest without it");
  refusing(world, "bob", removal);
  assert.deepEqual(world.to("call.commitNeeded"), ["eve-1"]);
  assert.equal(world.join("cyd").refusal(), "callList.removed");
  bring(world, "eve", [], ["cyd"]);
  assert.deepEqual([world.state.pending, world.state.list.people.includes("cyd")], [[], false]);
});

test("whoever leaves it out of a Commit is not asked again, and nobody makes it impossible to be said", () => {
  const world = hostedByEve();
  const removal = remove(world, "eve", ["cyd"], [callDigest]);
  assert.ok(world.commit("ada", [], ["cyd"]).replied());
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
  const handing = saying("host", "eve", 2, { previousHost: world.state.list.lastHost, nextHost: "bob" });
  world.step({ type: "host", ...from("eve"), statement: { ...handing, binding } });
  world.commit("bob", [], [], { statements: [handing.digest] });
  assert.equal(world.refusal(), "delivery.notCommitter", "eve would be host no more");
  world.leave("eve");
  world.commit("bob", [], ["eve"]);
  assert.equal(world.refusal(), "delivery.notCommitter", "nor in the group");
  bring(world, "bob", [], ["eve"]);
  assert.ok(world.replied() && world.state.list.statements.some(({ digest }) => digest === removal));
});

test("whoever would take what nobody else takes, and commits nothing, is waited for once: the others do the rest without it", () => {
  const world = hostedByEve();
  const removal = remove(world, "eve", ["cyd"], [callDigest]);
  for (const name of ["ada", "bob"]) refusing(world, name, removal);
  assert.deepEqual(world.to("call.commitNeeded"), ["eve-1"]);
  world.step({ type: "tick" }, 10_000);
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
  assert.ok(world.commit("ada", [], ["cyd"]).replied());
  assert.deepEqual(
    world.state.pending.map(({ statement }) => statement.digest),
    [removal],
    "it can be said still",
  );

  const other = hostedByEve();
  const last = remove(other, "eve", ["cyd"], [callDigest]);
  refusing(other, "ada", last);
  other.leave("eve");
  assert.deepEqual(other.to("call.commitNeeded"), ["bob-1"]);
  other.step({ type: "tick" }, 10_000);
  assert.deepEqual(other.to("call.commitNeeded"), ["ada-1"]);
  assert.ok(other.commit("ada", [], ["cyd", "eve"]).replied(), "who is out leaves the group, too");
  assert.deepEqual([other.state.pending, other.state.removals], [[], []]);
});

test("an invitation that is put out of force is not dropped before what does so, and all together can drop it", () => {
  const world = hostedByEve();
  const theirs = invite(world, "bob", ["cyd"], 9);
  const removal = remove(world, "eve", ["cyd"], [callDigest, theirs]);
  refusing(world, "ada", theirs).step({ type: "tick" }, 10_000);
  assert.ok(refusing(world, "bob", theirs).replied());
  assert.equal(world.state.pending.length, 2);
  assert.equal(world.join("cyd").refusal(), "callList.removed");
  for (const name of ["ada", "bob", "eve"]) refusing(world, name, theirs, removal);
  assert.deepEqual(world.state.pending, []);
});
