/** One person at several terminals: where it rings, from where they take part, and what the others do to that. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { takesPart } from "@signet/protocol";

import { from, proof, reachable, terminalId } from "../fixtures.ts";
import { ServerWorld } from "./call-server-world.ts";

const bound = { proof: proof("p"), binding: proof("b") };

/** ada, bob and cyd in the group, at epoch 1. */
const standing = (): ServerWorld => new ServerWorld().join("bob").join("cyd").commit("ada", ["bob", "cyd"]);

test("a sign-in elsewhere takes the person out on the old terminal and moves the ringing", () => {
  const world = new ServerWorld().join("bob").commit("ada", ["bob"]);
  world.step({ type: "unbound", ...from("bob"), reason: "takenOver" });
  assert.equal(world.memberState("bob"), "left");
  assert.ok(
    world.effects.some((effect) => effect.type === "mediaLeave" && effect.terminalId === terminalId("bob-1")),
  );
  world.step({ type: "unbound", ...from("cyd"), reason: "takenOver" });
  assert.equal(world.memberState("cyd"), "ringing");
  assert.deepEqual(world.to("call.ringEnded"), ["cyd-1"]);
  world.step({ type: "connected", ...from("cyd", "cyd-2") });
  assert.deepEqual(world.to("call.ring"), ["cyd-2"]);
});

test("a released terminal stops ringing: offline", () => {
  const world = new ServerWorld().step({ type: "unbound", ...from("cyd"), reason: "released" });
  assert.equal(world.memberState("cyd"), "offline");
  assert.deepEqual(world.to("call.ringEnded"), ["cyd-1"]);
});

/** cyd has two terminals, each with a device of its own. */
const twoOfCyd = (): ServerWorld => new ServerWorld([reachable("bob"), reachable("cyd", "cyd-1", "cyd-2")]);

test("rings at each terminal of a person, and the first answer wins: at the other one it was answered elsewhere", () => {
  for (const [first, other] of [
    ["cyd-1", "cyd-2"],
    ["cyd-2", "cyd-1"],
  ] as const) {
    const world = twoOfCyd();
    assert.deepEqual(world.to("call.ring"), ["bob-1", "cyd-1", "cyd-2"]);
    world.join("cyd", first);
    assert.deepEqual(
      world.sent("call.ringEnded").map(({ to, body }) => [to, body.reason]),
      [[other, "answeredElsewhere"]],
    );
    assert.ok(takesPart(world.state, terminalId(first)) && !takesPart(world.state, terminalId(other)));
    const { state } = world;
    assert.equal(world.join("cyd", other).refusal(), "call.atAnotherTerminal");
    world.commit("ada", ["cyd"]);
    assert.deepEqual(world.to("call.welcome"), [first]);
    assert.equal(world.join("cyd", other).refusal(), "call.atAnotherTerminal");
    // Nothing that the other one does concerns this call.
    const standingState = world.state;
    const words = { proof: proof("p"), binding: proof("b") };
    for (const type of ["connected", "disconnected"] as const) world.step({ type, ...from("cyd", other) });
    for (const reason of ["released", "expired", "takenOver", "revoked"] as const)
      world.step({ type: "unbound", ...from("cyd", other), reason });
    world.step({ type: "leave", ...from("cyd", other), reason: "left", ...words });
    world.step({ type: "decline", ...from("cyd", other), reason: "declined", ...words });
    world.step({ type: "ringRefused", ...from("cyd", other), code: "proof.time" });
    assert.equal(world.state, standingState);
    assert.notEqual(world.state, state);
  }
});

test("a decline at one terminal is the person's: it ends at the other one", () => {
  const world = twoOfCyd();
  world.step({ type: "decline", ...from("cyd", "cyd-2"), reason: "declined", ...bound });
  assert.equal(world.memberState("cyd"), "declined");
  assert.deepEqual(
    world.sent("call.ringEnded").map(({ to, body }) => [to, body.reason]),
    [["cyd-1", "declinedElsewhere"]],
  );
});

test("one terminal of two that signs out or cannot verify the call leaves it ringing at the other one", () => {
  const world = twoOfCyd().step({ type: "unbound", ...from("cyd", "cyd-1"), reason: "expired" });
  assert.deepEqual(world.to("call.ringEnded"), ["cyd-1"]);
  assert.equal(world.memberState("cyd"), "ringing");
  world.step({ type: "unbound", ...from("cyd", "cyd-2"), reason: "released" });
  assert.equal(world.memberState("cyd"), "offline");

  const refusing = twoOfCyd().step({ type: "ringRefused", ...from("cyd", "cyd-1"), code: "proof.time" });
  assert.deepEqual([refusing.memberState("cyd"), refusing.to("call.member")], ["ringing", []]);
  // Said once more, it is no news for anybody's log.
  const { state } = refusing;
  refusing.step({ type: "ringRefused", ...from("cyd", "cyd-1"), code: "proof.time" });
  refusing.step({ type: "connected", ...from("cyd", "cyd-1") });
  assert.equal(refusing.state, state);
  refusing.step({ type: "ringRefused", ...from("cyd", "cyd-2"), code: "proof.signature" });
  assert.equal(refusing.sent("call.member")[0]?.body.member.refusal, "proof.signature");
});

test("a terminal that comes while it rings is rung, too; who gives up stops it everywhere", () => {
  const world = new ServerWorld().step({ type: "connected", ...from("cyd", "cyd-2") });
  assert.deepEqual(world.to("call.ring"), ["cyd-2"]);
  world.leave("ada");
  assert.deepEqual(world.to("call.ringEnded").toSorted(), ["bob-1", "cyd-1", "cyd-2"]);
});

test("who lost the connection there joins with another terminal, which replaces the first one", () => {
  const world = standing()
    .step({ type: "disconnected", ...from("bob") })
    .join("bob", "bob-2");
  assert.equal(world.memberState("bob"), "joining");
  assert.deepEqual(world.sent("call.commitNeeded")[0]?.body.remove, [{ ...from("bob"), leaf: 1 }]);
  world.commit("ada", ["bob"], ["bob"]);
  assert.deepEqual(world.to("call.welcome"), ["bob-2"]);
  assert.deepEqual(world.to("call.committed"), ["cyd-1"]);
});
