import assert from "node:assert/strict";
import { test } from "node:test";

import { inviteFor, isEngaged, isRinging, takesPart } from "@signet/protocol";

import { bytes, from, leaf, proof, reachable, terminalId, userId } from "../fixtures.ts";
import { ServerWorld, startMs } from "./call-server-world.ts";

const bound = { proof: proof("p"), binding: proof("b") };

/** ada, bob and cyd in the group, at epoch 1. */
const standing = (): ServerWorld => new ServerWorld().join("bob").join("cyd").commit("ada", ["bob", "cyd"]);

test("rings whoever is reachable and says what became of each", () => {
  const world = new ServerWorld([
    reachable("bob"),
    { userId: userId("cyd"), outcome: "offline" },
    { userId: userId("dan"), outcome: "unknown" },
    { userId: userId("eve"), outcome: "busy" },
  ]);
  const [reply] = world.effects;
  assert.equal(reply?.type, "reply");
  assert.deepEqual(
    Array.from(world.state.members.values(), ({ userId: id, state }) => [id, state]),
    [
      ["ada", "joined"],
      ["bob", "ringing"],
      ["cyd", "offline"],
      ["dan", "unknown"],
      ["eve", "busy"],
    ],
  );
  assert.deepEqual(world.to("call.ring"), ["bob-1"]);
  assert.equal(world.sent("call.ring")[0]?.body.expiresAtMs, startMs + 45_000);
  assert.equal(world.wakeMs, startMs + 45_000);
  assert.ok(isRinging(world.state, userId("bob")) && isEngaged(world.state, userId("ada")));
});

test("nobody reachable: answered first, then over", () => {
  const world = new ServerWorld([{ userId: userId("bob"), outcome: "offline" }]);
  assert.deepEqual(
    world.effects.map(({ type }) => type),
    ["reply", "whereabouts", "send", "ended"],
  );
  assert.equal(world.state.ended, "noAnswer");
});

test("a joiner waits for the committer, who is told whom to admit", () => {
  const world = new ServerWorld().join("bob");
  assert.equal(world.memberState("bob"), "joining");
  assert.deepEqual(world.to("call.member"), ["ada-1"]);
  const [needed] = world.sent("call.commitNeeded");
  assert.equal(needed?.to, "ada-1");
  assert.deepEqual(
    needed?.body.admit.map(({ userId: id }) => id),
    ["bob"],
  );
  assert.ok(takesPart(world.state, terminalId("bob-1")));
  assert.ok(!takesPart(world.state, terminalId("cyd-1")));
});

test("the Commit goes to those in the group, the Welcome to the joiners and to nobody else", () => {
  const world = new ServerWorld().join("bob").commit("ada", ["bob"]);
  assert.deepEqual(world.to("call.welcome"), ["bob-1"]);
  assert.deepEqual(world.to("call.committed"), []);
  assert.equal(world.memberState("bob"), "joined");
  world.join("cyd").commit("ada", ["cyd"]);
  assert.deepEqual(world.to("call.welcome"), ["cyd-1"]);
  assert.deepEqual(world.to("call.committed"), ["bob-1"]);
  assert.equal(world.sent("call.committed")[0]?.body.epoch, 1);
});

const refusedCommits: readonly [string, (world: ServerWorld) => ServerWorld, string][] = [
  ["by somebody who is not in the group", (world) => world.commit("cyd", []), "call.notMember"],
  [
    "by a member who was not asked",
    (world) => world.join("cyd").commit("bob", ["cyd"]),
    "delivery.notCommitter",
  ],
  [
    "for an old epoch",
    (world) => world.commit("ada", [], [], { epoch: 0, commit: bytes("late") }),
    "delivery.epochTaken",
  ],
  ["for an epoch to come", (world) => world.commit("ada", [], [], { epoch: 5 }), "delivery.futureEpoch"],
  [
    "that admits somebody who is not joining",
    (world) => world.commit("ada", ["cyd"]),
    "delivery.notAdmitted",
  ],
  [
    "that admits somebody who is not invited",
    (world) => world.commit("ada", ["dan"]),
    "delivery.notAdmitted",
  ],
  [
    "that admits somebody twice",
    (world) => world.join("cyd").commit("ada", ["cyd", "cyd"]),
    "delivery.notAdmitted",
  ],
  [
    "with a Welcome to nobody",
    (world) => world.join("cyd").commit("ada", [], [], { welcome: bytes("welcome") }),
    "delivery.notAdmitted",
  ],
  ["that admits and removes nobody, unasked", (world) => world.commit("ada", []), "delivery.notCommitter"],
  [
    "that admits and removes nobody, by the asked",
    (world) => world.join("cyd").commit("ada", []),
    "delivery.notCommitter",
  ],
  [
    "for a task that was not given yet",
    (world) => world.join("cyd").commit("ada", ["cyd"], [], { task: world.state.tasks + 1 }),
    "delivery.notCommitter",
  ],
  ["that removes a member who stays", (world) => world.commit("ada", [], ["bob"]), "delivery.notCommitter"],
  [
    "for a task of before the one whom it removes left",
    (world) => world.leave("bob").commit("ada", [], ["bob"], { task: world.state.tasks - 1 }),
    "delivery.notCommitter",
  ],
  [
    "made before the joiner's KeyPackage came",
    (world) =>
      world
        .join("cyd")
        .leave("cyd")
        .join("cyd")
        .commit("ada", ["cyd"], [], { task: world.state.tasks - 1 }),
    "delivery.notAdmitted",
  ],
  [
    "that admits somebody whose former leaf is still in",
    (world) => world.leave("bob").join("bob").commit("ada", ["bob"]),
    "delivery.notAdmitted",
  ],
];

for (const [name, act, code] of refusedCommits) {
  test(`refuses a Commit ${name}: ${code}`, () => {
    const world = act(new ServerWorld().join("bob").commit("ada", ["bob"]));
    assert.equal(world.refusal(), code);
    assert.equal(world.state.delivery.epoch, 1);
    assert.deepEqual(world.to("call.welcome"), []);
  });
}

test("the same Commit again gets the same answer and is not relayed again", () => {
  const world = standing();
  const { delivery } = world.state;
  world.commit("ada", ["bob", "cyd"], [], { epoch: 0, commit: bytes("commit 0 ada") });
  assert.deepEqual(world.effects[0], { type: "reply", body: { epoch: 1, number: 1 } });
  assert.deepEqual(world.to("call.committed"), []);
  assert.equal(world.state.delivery, delivery);
});

test("whoever leaves is removed by the lowest leaf that is there", () => {
  const world = standing().leave("ada");
  assert.equal(world.memberState("ada"), "left");
  const [needed] = world.sent("call.commitNeeded");
  assert.equal(needed?.to, "bob-1");
  assert.deepEqual(needed?.body.remove, [{ ...from("ada"), leaf: 0 }]);
  world.commit("bob", [], ["ada"]);
  assert.deepEqual(world.to("call.committed"), ["cyd-1"]);
  assert.deepEqual(world.state.removals, []);
});

test("a member without connection has left after a minute", () => {
  const world = standing().step({ type: "disconnected", ...from("cyd") });
  assert.equal(world.wakeMs, startMs + 60_000);
  assert.equal(world.step({ type: "tick" }, 59_999).memberState("cyd"), "joined");
  world.step({ type: "tick" }, 1);
  assert.equal(world.memberState("cyd"), "left");
  assert.deepEqual(world.sent("call.member")[0]?.body.reason, "lost");
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
});

test("a member who comes back in time gets the Welcome again, in case it was lost", () => {
  const world = standing()
    .step({ type: "disconnected", ...from("cyd") })
    .step({ type: "connected", ...from("cyd") }, 59_000);
  assert.deepEqual(world.to("call.welcome"), ["cyd-1"]);
  assert.equal(world.step({ type: "tick" }, 60_000).memberState("cyd"), "joined");
});

test("a committer who does not commit is passed over, and the round begins again", () => {
  const world = standing();
  world.leave("cyd");
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
  const asked = [1, 2, 3, 4].map(() => world.step({ type: "tick" }, 3000).to("call.commitNeeded"));
  assert.deepEqual(asked, [["bob-1"], ["ada-1"], ["bob-1"], ["ada-1"]]);
});

test("new work does not keep a silent committer in office", () => {
  const world = new ServerWorld([reachable("bob"), reachable("cyd"), reachable("dan")])
    .join("bob")
    .commit("ada", ["bob"]);
  world.join("cyd");
  world.nowMs += 2999;
  world.join("dan");
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
  assert.deepEqual(world.step({ type: "tick" }, 1).to("call.commitNeeded"), ["bob-1"]);
});

test("a committer without connection is not waited for", () => {
  const world = standing()
    .leave("cyd")
    .step({ type: "disconnected", ...from("ada") });
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
});

test("decline carries the signature to those in the call; all declined: no answer", () => {
  const world = new ServerWorld().step({ type: "decline", ...from("bob"), reason: "declined", ...bound });
  const [news] = world.sent("call.member");
  assert.equal(news?.to, "ada-1");
  assert.deepEqual(news?.body.proof, bound.proof);
  assert.equal(news?.body.member.state, "declined");
  world.step({ type: "decline", ...from("cyd"), reason: "busy", ...bound });
  assert.equal(world.state.ended, "noAnswer");
  assert.deepEqual(world.to("call.ended"), ["ada-1"]);
});

test("nobody answers for 45 s: the ringing stops and the call is over", () => {
  const world = new ServerWorld().step({ type: "tick" }, 45_000);
  assert.deepEqual(world.to("call.ringEnded"), ["bob-1", "cyd-1"]);
  assert.equal(world.state.ended, "noAnswer");
});

test("the initiator gives up: cancelled everywhere, also for whoever was joining", () => {
  const world = new ServerWorld().join("bob").leave("ada");
  assert.equal(world.state.ended, "cancelled");
  assert.deepEqual(world.to("call.ringEnded"), ["cyd-1"]);
  assert.deepEqual(world.to("call.ended"), ["bob-1"]);
});

test("the call goes on without the initiator and ends with the last one", () => {
  const world = standing().leave("ada").commit("bob", [], ["ada"]).leave("cyd");
  assert.equal(world.state.ended, undefined);
  assert.equal(world.leave("bob").state.ended, "lastLeft");
});

test("with nobody left in the group, those who wait are not kept waiting", () => {
  const world = new ServerWorld().join("bob").commit("ada", ["bob"]).join("cyd").leave("ada").leave("bob");
  assert.equal(world.state.ended, "lastLeft");
  assert.deepEqual(world.to("call.ended"), ["cyd-1"]);
});

test("only the initiator, while in the call, ends it for all", () => {
  const world = standing();
  assert.equal(
    world.step({ type: "end", ...from("bob"), proof: proof("end") }).refusal(),
    "call.notInitiator",
  );
  assert.equal(
    world.step({ type: "end", ...from("ada", "ada-2"), proof: proof("end") }).refusal(),
    "call.notMember",
  );
  world.step({ type: "end", ...from("ada"), proof: proof("end") });
  assert.equal(world.state.ended, "ended");
  assert.deepEqual(world.to("call.ended"), ["ada-1", "bob-1", "cyd-1"]);
  assert.deepEqual(world.sent("call.ended")[0]?.body.proof, proof("end"));
});

test("the same join again gets the same reply and asks nobody", () => {
  const world = new ServerWorld().join("bob").join("bob");
  assert.ok(world.replied());
  assert.deepEqual(world.to("call.commitNeeded"), []);
});

test("a joiner whom the committer refuses hears of it, and does not keep the clock busy", () => {
  const world = new ServerWorld().join("bob").step({ type: "disconnected", ...from("bob") });
  const refuse = { callId: world.state.callId, joiners: [{ ...from("bob"), code: "proof.signature" }] };
  assert.equal(
    world.step({ type: "refuse", ...from("cyd"), body: refuse }).refusal(),
    "delivery.notCommitter",
  );
  world.step({ type: "refuse", ...from("ada"), body: refuse });
  assert.equal(world.memberState("bob"), "refused");
  assert.deepEqual(world.to("call.member"), ["ada-1", "bob-1"]);
  assert.equal(world.wakeMs, startMs + 45_000);
  assert.equal(inviteFor(world.state, userId("bob"))?.callId, world.state.callId);
});

test("a terminal that could not verify the ring: failed", () => {
  const world = new ServerWorld().step({ type: "ringRefused", ...from("bob") });
  assert.equal(world.memberState("bob"), "failed");
});

test("sync gives every Commit since the epoch, to members only", () => {
  const world = standing().leave("cyd").commit("ada", [], ["cyd"]);
  world.ask({ type: "sync", ...from("bob"), epoch: 1, number: 1 });
  const [reply] = world.effects;
  assert.ok(reply?.type === "reply" && "commits" in reply.body);
  assert.deepEqual(reply.body.commits, [
    { epoch: 1, number: 2, by: "ada", commit: bytes("commit 1 ada"), admitted: [], removed: ["cyd"] },
  ]);
  assert.equal(world.ask({ type: "sync", ...from("cyd"), epoch: 0, number: 0 }).refusal(), "call.notMember");
});

test("after the end: leaving is done, everything else is for a call that is over", () => {
  const world = standing().step({ type: "end", ...from("ada"), proof: proof("end") });
  const { state } = world;
  assert.deepEqual(world.leave("bob").effects, [{ type: "reply", body: {} }]);
  assert.equal(world.join("bob").refusal(), "call.notFound");
  assert.deepEqual(world.step({ type: "tick" }, 1e6).effects, []);
  assert.equal(world.state, state);
  assert.equal(inviteFor(state, userId("bob")), undefined);
});

test("whoever takes an unknown user ID after the call began is neither offered the call nor let in", () => {
  const unknown = { userId: userId("eve"), outcome: "unknown" } as const;
  const world = new ServerWorld([reachable("bob"), unknown]).join("bob").commit("ada", ["bob"]);
  assert.equal(world.join("eve").refusal(), "call.notInvited");
  assert.equal(inviteFor(world.state, userId("eve")), undefined);
  assert.notEqual(inviteFor(world.leave("bob").state, userId("bob")), undefined);
});

const refuseAt = (world: ServerWorld, name: string, terminal: string): ServerWorld =>
  world.step({
    type: "refuse",
    ...from("ada"),
    body: { callId: world.state.callId, joiners: [{ ...from(name, terminal), code: "mls.refused" }] },
  });

test("only who waits can be refused, and only where they wait", () => {
  const world = new ServerWorld().join("bob").commit("ada", ["bob"]);
  assert.equal(refuseAt(world, "bob", "bob-1").memberState("bob"), "joined");
  world.join("cyd").leave("cyd").join("cyd", "cyd-2");
  assert.deepEqual(refuseAt(world, "cyd", "cyd-1").to("call.commitNeeded"), []);
  assert.deepEqual(refuseAt(world, "cyd", "cyd-2").to("call.commitNeeded"), ["bob-1"]);
});

test("who rejoins names a leaf of their own", () => {
  const rejoin = (name: string, at: number): string | undefined => {
    const world = standing();
    world.step({
      type: "rejoin",
      ...from("bob"),
      body: {
        callId: world.state.callId,
        epoch: 1,
        proof: proof("join bob"),
        commit: bytes("external"),
        leaf: { userId: userId(name), leaf: leaf(at) },
      },
    });
    return world.refusal();
  };
  assert.equal(rejoin("bob", 1), undefined, "the former one");
  assert.equal(rejoin("bob", 3), undefined, "a new one");
  assert.equal(rejoin("cyd", 3), "call.notMember");
});
