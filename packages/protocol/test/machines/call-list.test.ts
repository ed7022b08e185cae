/** The call list at the server: what is said, by whom, and how it comes into the group. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { elsewhere, mostPeople } from "@signet/protocol";
import type { Bytes, ProofIn } from "@signet/protocol";

import { bytes, callDigest, callId, entry, from, userId } from "../fixtures.ts";
import { saying } from "./call-list-inputs.ts";
import { answering, binding, bring, head, invite, ofTwo, remove } from "./call-list-said.ts";
import { joinInput, ServerWorld } from "./call-server-world.ts";

test("an invitation rings at once, for people who are shown each other, and the next Commit brings it", () => {
  const world = ofTwo();
  const invitation = invite(world, "bob", ["dan", "eve"]);
  assert.deepEqual(world.to("call.ring"), ["dan-1", "eve-1"]);
  const [ring] = world.sent("call.ring");
  assert.deepEqual(
    ring?.body.members.map((member) => member.userId),
    ["ada", "bob", "cyd", "dan", "eve"],
  );
  assert.equal(ring?.body.statements?.length, 1);
  const [task] = world.sent("call.commitNeeded");
  assert.deepEqual([task?.to, task?.body.statements?.length], ["ada-1", 1]);
  bring(world, "ada");
  assert.ok(world.replied());
  assert.equal(world.sent("call.committed")[0]?.body.statements?.length, 1);
  assert.deepEqual([world.state.pending, world.state.list.people.length], [[], 5]);
  world.join("dan");
  assert.equal(world.refusal(), "call.notInvited", "it answers the call itself");
  world.step({ ...joinInput("dan"), proof: answering("dan", invitation) });
  bring(world, "ada", ["dan"]);
  const [welcome] = world.sent("call.welcome");
  assert.equal(welcome?.body.statements?.length, 1, "the whole list");
  assert.deepEqual(world.ask({ type: "list", ...from("bob"), epoch: 1 }).effects, [
    { type: "reply", body: {} },
  ]);
});

test("what was said goes with the call that another terminal of the person is offered, from the very start", () => {
  const world = ofTwo();
  const offered = () => {
    const call = elsewhere(world.state, from("bob", "bob-2"))?.call;
    return [call?.statements?.length, call?.members.map((member) => member.userId)];
  };
  const named = ["ada", "bob", "cyd", "dan"];
  assert.deepEqual(offered(), [undefined, named.slice(0, 3)]);
  const invitation = invite(world, "bob", ["dan"]);
  assert.deepEqual(offered(), [1, named], "on its way into the list");
  bring(world, "ada");
  remove(world, "ada", ["dan"], [invitation]);
  assert.deepEqual(offered(), [2, named]);
});

test("said again it is answered, and nothing else; nobody outside says anything, and there is room for so many", () => {
  const world = ofTwo();
  invite(world, "bob", ["dan"]);
  const { state } = world;
  invite(world, "bob", ["dan"]);
  assert.ok(world.replied());
  assert.equal(world.state, state);
  invite(world, "cyd", ["eve"]);
  assert.equal(world.refusal(), "call.notMember");
  invite(world, "ada", ["ada"]);
  assert.equal(world.refusal(), "callList.userIds");
  const crowd = Array.from({ length: mostPeople - 4 }, (_, i) => `m${i}`);
  invite(world, "ada", [...crowd, "one-more"], 1);
  assert.equal(world.refusal(), "call.tooManyMembers");
  invite(world, "ada", crowd, 1);
  assert.equal(world.state.members.size, mostPeople);
});

test("who is removed is out at once, stays out, and is told by whom; who rings rings no more", () => {
  const world = ofTwo().join("cyd").commit("ada", ["cyd"]);
  const invitation = invite(world, "bob", ["dan"]);
  bring(world, "ada");
  remove(world, "bob", ["cyd"], [callDigest]);
  assert.equal(world.refusal(), "callList.notHost");
  remove(world, "ada", ["cyd", "dan"], [callDigest, invitation]);
  assert.deepEqual(world.to("call.removed"), ["cyd-1"]);
  assert.deepEqual(world.to("call.ringEnded"), ["dan-1"]);
  assert.deepEqual([world.memberState("cyd"), world.memberState("dan")], ["removed", "removed"]);
  assert.ok(world.effects.some(({ type }) => type === "mediaLeave"));
  const [task] = world.sent("call.commitNeeded");
  assert.deepEqual([task?.body.remove.map((one) => one.userId), task?.body.statements?.length], [["cyd"], 1]);
  for (const name of ["cyd", "dan"]) {
    world.join(name);
    assert.ok(world.refusal() === "callList.removed" || world.refusal() === "call.notInvited");
  }
  assert.equal(
    world.ask({ type: "sync", ...from("cyd"), epoch: 2, number: 2 }).refusal(),
    "callList.removed",
  );
  bring(world, "ada", [], ["cyd"]);
  assert.deepEqual(world.state.removals, []);
  invite(world, "bob", ["cyd"], 5);
  assert.deepEqual(world.to("call.ring"), ["cyd-1"]);
});

let keys = 0;

test("who goes on at another terminal answers an invitation that holds, from the move to its Commit; else nobody is asked to take it", () => {
  const said = (world: ServerWorld, answer: ProofIn): ServerWorld =>
    world.step({
      type: "move",
      ...from("bob", "bob-2"),
      entry: entry("bob"),
      proof: answer,
      leafKey: bytes(`moved key ${++keys}`),
    });
  const comesIn = (world: ServerWorld, answer: ProofIn, terminal = "bob-2") =>
    world.step({
      type: "rejoin",
      ...from("bob", terminal),
      body: {
        callId: callId(),
        epoch: world.state.delivery.epoch,
        proof: answer,
        commit: bytes("external"),
        leaf: { userId: userId("bob"), leaf: world.state.members.get(userId("bob"))!.leaf! },
      },
    });
  const answer = (digest: Bytes) => answering("bob", digest);
  for (const name of ["bob-1", "bob-2"]) {
    const world = ofTwo();
    assert.equal(said(world, answer(head)).refusal(), "call.notInvited");
    const second = invite(world, "ada", ["bob"]);
    assert.ok(said(world, answer(second)).replied());
    assert.equal(comesIn(world, answer(second), name).refusal(), "call.notInvited", "no Commit brought it");
    bring(world, "ada");
    remove(world, "ada", ["bob"], [second]);
    assert.equal(world.memberState("bob"), "joined", "they answered the call");
    const { state } = world;
    assert.equal(comesIn(world, answer(second), name).refusal(), "callList.removed");
    world.step({ type: "moveEnd", ...from("bob", "bob-2") });
    assert.equal(said(world, answer(second)).refusal(), "callList.removed");
    assert.equal(world.state.delivery, state.delivery);
    assert.ok(said(world, answer(callDigest)).replied());
    assert.ok(comesIn(world, answer(callDigest), name).replied());
  }
});

test("who was put out for a Commit is not called by an invitation", () => {
  const world = ofTwo().leave("bob");
  const bob = world.state.members.get(userId("bob"))!;
  const members = new Map(world.state.members).set(userId("bob"), { ...bob, barred: true });
  world.state = { ...world.state, members };
  invite(world, "ada", ["bob", "dan"]);
  assert.deepEqual(world.to("call.ring"), ["dan-1"]);
  assert.equal(world.memberState("bob"), "left");
});

test("what two members do not take is dropped, and so is what cannot be said any more", () => {
  const world = ofTwo().join("cyd").commit("ada", ["cyd"]);
  const digest = invite(world, "bob", ["dan"]);
  const refuse = (name: string) =>
    world.step({
      type: "refuse",
      ...from(name),
      body: { callId: callId(), joiners: [], statements: [{ digest, code: "proof.signature" }] },
    });
  refuse("bob");
  assert.equal(world.refusal(), "delivery.notCommitter", "nobody asked");
  refuse("ada");
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
  refuse("bob");
  assert.deepEqual([world.state.pending, world.state.said.people.includes("dan")], [[], false]);
  world.join("dan");
  assert.equal(world.refusal(), "call.notInvited");
  // Of who was in the group, and is not after a Commit that leaves it out.
  invite(world, "cyd", ["eve"]);
  world.leave("cyd");
  world.commit("ada", [], ["cyd"]);
  assert.deepEqual(world.state.pending, []);
});

test("a Commit names what it was asked to bring, each once; what a voided one brought is to be brought again", () => {
  const world = ofTwo().join("cyd").commit("ada", ["cyd"]);
  const digest = invite(world, "bob", ["dan"]);
  for (const statements of [[digest, digest], [head]]) {
    world.commit("ada", [], [], { statements });
    assert.equal(world.refusal(), "delivery.notCommitter");
  }
  world.commit("ada", [], [], { statements: [digest], task: world.state.tasks - 1 });
  assert.equal(world.refusal(), "delivery.notCommitter", "an earlier task");
  world.commit("ada", [], [], { statements: [digest] });
  const { number } = world.state.delivery;
  for (const name of ["bob", "cyd"])
    world.step({
      type: "judge",
      ...from(name),
      body: { callId: callId(), number, code: "callList.notHost" },
    });
  assert.equal(world.state.members.get(userId("ada"))?.barred, true);
  assert.equal(world.state.list.statements.length, 0);
  assert.deepEqual(
    world.state.pending.map(({ statement }) => statement.digest),
    [digest],
  );
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
});

const revoked = (world: ServerWorld, name: string) =>
  world.step({
    type: "deviceEnded",
    userId: userId(name),
    deviceId: entry(name).deviceId,
    reason: "revoked",
  });

test("what a device said that is revoked is brought by no Commit that was made without knowing, and nobody rings for it", () => {
  const world = new ServerWorld().step({ ...joinInput("bob"), proof: answering("bob", callDigest) });
  world.commit("ada", ["bob"]).join("cyd").commit("ada", ["cyd"]);
  const [theirs, other] = [invite(world, "bob", ["dan"]), invite(world, "cyd", ["eve"])];
  // Asked to bring both, the committer has made it.
  const { tasks: task } = world.state;
  revoked(world, "bob");
  assert.deepEqual(world.to("call.ringEnded"), ["dan-1"]);
  assert.deepEqual(
    world.sent("call.commitNeeded").map(({ body }) => [body.remove.length, body.statements?.length]),
    [[1, 1]],
  );
  world.commit("ada", [], [], { task, statements: [theirs, other] });
  assert.equal(world.refusal(), "delivery.notCommitter");
  world.step({ ...joinInput("dan"), proof: answering("dan", theirs) });
  assert.equal(world.refusal(), "call.notInvited");
  invite(world, "bob", ["dan"], 7);
  assert.equal(world.refusal(), "call.notMember");
  world.commit("ada", [], ["bob"], { statements: [other] });
  assert.ok(world.replied());
  assert.deepEqual(world.state.pending, []);
});

test("what it said of who is out, or host, is dropped as well; and it is not said again where the Commit that brought it is voided", () => {
  const world = ofTwo().join("cyd").commit("ada", ["cyd"]);
  const digest = invite(world, "ada", ["dan"]);
  bring(world, "ada");
  const { number } = world.state.delivery;
  const later = saying("host", "ada", 1, { previousHost: callDigest, nextHost: "bob" });
  world.step({ type: "host", ...from("ada"), statement: { ...later, binding } });
  assert.equal(world.state.pending.length, 1);
  revoked(world, "ada");
  assert.deepEqual([world.state.pending, world.state.said.statements.length], [[], 1]);
  for (const name of ["bob", "cyd"])
    world.step({
      type: "judge",
      ...from(name),
      body: { callId: callId(), number, code: "callList.notHost" },
    });
  assert.ok(!world.state.list.statements.some((one) => one.digest === digest), "voided");
  assert.deepEqual(world.state.pending, []);
});

test("what was verified before a device was revoked, and comes to the call after it, is refused", () => {
  const world = ofTwo().join("cyd").commit("ada", ["cyd"]);
  // bob came in with another device than the one that is revoked.
  const bob = world.state.members.get(userId("bob"))!;
  const members = new Map(world.state.members).set(userId("bob"), {
    ...bob,
    answered: { ...bob.answered!, deviceId: "other" },
  });
  world.state = { ...world.state, members };
  revoked(world, "bob");
  assert.equal(world.memberState("bob"), "joined");
  invite(world, "bob", ["dan"]);
  assert.equal(world.refusal(), "history.deviceRevoked");
  const moving = { ...from("bob", "bob-2"), entry: entry("bob"), proof: answering("bob", callDigest) };
  world.step({ type: "move", ...moving, leafKey: bytes("moved") });
  assert.equal(world.refusal(), "history.deviceRevoked");
  world.leave("bob");
  world.step({ ...joinInput("bob"), proof: answering("bob", callDigest) });
  assert.equal(world.refusal(), "history.deviceRevoked");
});

test("who waits to be let in, or to move, with a device that is revoked waits no more, and is let in by no Commit", () => {
  const world = ofTwo();
  world.step({ ...joinInput("cyd"), proof: answering("cyd", callDigest) });
  const { tasks: task } = world.state;
  revoked(world, "cyd");
  assert.equal(world.memberState("cyd"), "refused");
  assert.deepEqual(world.to("call.member"), ["ada-1", "bob-1", "cyd-1"]);
  world.commit("ada", ["cyd"], [], { task });
  assert.equal(world.refusal(), "delivery.notAdmitted");
  const bob = world.state.members.get(userId("bob"))!;
  const answered = { ...bob.answered!, deviceId: "other" };
  world.state = {
    ...world.state,
    members: new Map(world.state.members).set(userId("bob"), { ...bob, answered }),
  };
  const moving = { ...from("bob", "bob-2"), entry: entry("bob"), proof: answering("bob", callDigest) };
  assert.ok(world.step({ type: "move", ...moving, leafKey: bytes("moved") }).replied());
  revoked(world, "bob");
  assert.deepEqual(
    [world.memberState("bob"), world.state.members.get(userId("bob"))?.move],
    ["joined", undefined],
  );
});
