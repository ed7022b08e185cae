/** A running call goes over to another terminal of the same person: at the server, and at that terminal. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { moveMs, startMover, stepCallMember, takesPart, elsewhere } from "@signet/protocol";
import type { CallMemberInput, CallMemberStep, CallServerInput, ProofIn } from "@signet/protocol";

import { bytes, callId, entry, from, leaf, proof, reachable, terminalId, userId } from "../fixtures.ts";
import { ServerWorld } from "./call-server-world.ts";

/** ada, and these in the group at epoch 1. */
function group(...names: readonly string[]): ServerWorld {
  const world = new ServerWorld([...new Set([...names, "eve"])].map((name) => reachable(name)));
  for (const name of names) world.join(name);
  return names.length === 0 ? world : world.commit("ada", names);
}

let keys = 0;
const moveInput = (name: string, terminal: string, said: ProofIn): CallServerInput => ({
  type: "move",
  ...from(name, terminal),
  entry: entry(name),
  proof: said,
  leafKey: bytes(`moved key ${++keys}`),
});
const move = (world: ServerWorld, name: string, terminal: string, said = proof(`move ${terminal}`)) =>
  world.step(moveInput(name, terminal, said));
const moveEnd = (world: ServerWorld, name: string, terminal: string) =>
  world.step({ type: "moveEnd", ...from(name, terminal) });
function comeIn(world: ServerWorld, name: string, terminal: string, said = proof(`move ${terminal}`)) {
  const { delivery, members } = world.state;
  return world.step({
    type: "rejoin",
    ...from(name, terminal),
    body: {
      callId: callId(),
      epoch: delivery.epoch,
      proof: said,
      commit: bytes(`external ${delivery.epoch} ${terminal}`),
      leaf: { userId: userId(name), leaf: members.get(userId(name))?.leaf ?? leaf(7) },
    },
  });
}
/** With which bob and ada are signed in. */
const device = entry("bob").deviceId;
const member = (world: ServerWorld, name: string) => world.state.members.get(userId(name))!;
const mediaLeft = ({ effects }: ServerWorld) =>
  effects.flatMap((effect) => (effect.type === "mediaLeave" ? [effect.terminalId] : []));
/** Who is heard in the place of each whose media is closed. */
const successors = ({ effects }: ServerWorld) =>
  effects.flatMap((effect) => (effect.type === "mediaLeave" ? [effect.successor] : []));

describe("at the server", () => {
  test("until the Commit everything goes on where it was; from then on the person is at the new terminal", () => {
    const world = group("bob", "cyd");
    const { effects } = move(world, "bob", "bob-2");
    assert.ok(world.replied());
    assert.deepEqual(
      effects.filter(({ type }) => type === "send"),
      [],
      "nobody is told of what may come to nothing",
    );
    assert.equal(member(world, "bob").terminalId, terminalId("bob-1"));
    // Media at both, and nothing else at the new one.
    assert.ok(takesPart(world.state, terminalId("bob-1")) && takesPart(world.state, terminalId("bob-2")));
    assert.equal(world.commit("bob", [], ["cyd"]).refusal(), "delivery.notCommitter");
    comeIn(world, "bob", "bob-2");
    assert.ok(world.replied());
    assert.equal(member(world, "bob").terminalId, terminalId("bob-2"));
    assert.equal(member(world, "bob").stay, 2);
    assert.deepEqual(world.to("call.committed").toSorted(), ["ada-1", "bob-1", "cyd-1"]);
    assert.deepEqual(mediaLeft(world), [terminalId("bob-1")]);
    assert.deepEqual(successors(world), [terminalId("bob-2")], "heard where the old one was");
    assert.ok(!takesPart(world.state, terminalId("bob-1")));
    assert.ok(world.effects.some(({ type }) => type === "whereabouts"));
    // What the old one missed it can still ask; and it is nobody in the call beyond that.
    const ask = { epoch: 0, number: 0, ...from("bob", "bob-1") };
    assert.equal(world.ask({ type: "sync", ...ask }).refusal(), undefined);
    assert.equal(world.ask({ type: "groupInfo", ...ask }).refusal(), "call.notMember");
    assert.equal(
      world
        .step({
          type: "leave",
          ...from("bob", "bob-1"),
          reason: "left",
          proof: proof("l"),
          binding: proof("b"),
        })
        .state.members.get(userId("bob"))?.state,
      "joined",
    );
  });

  test("who is not in the group at another terminal has nothing to move", () => {
    const world = group("bob");
    assert.equal(move(world, "bob", "bob-1").replied(), true, "its own reply was lost");
    assert.equal(move(world, "eve", "eve-2").refusal(), "call.notElsewhere");
    assert.equal(move(world, "fay", "fay-1").refusal(), "call.notInvited");
    world.join("eve");
    assert.equal(move(world, "eve", "eve-2").refusal(), "call.notElsewhere", "not in the group yet");
    world.leave("bob");
    assert.equal(move(world, "bob", "bob-2").refusal(), "call.notElsewhere");
  });

  test("one move at a time: a second terminal waits, the same one may try again, and nobody comes in without having asked", () => {
    const world = group("bob", "cyd");
    assert.equal(comeIn(world, "bob", "bob-2").refusal(), "call.notMember");
    move(world, "bob", "bob-2");
    const { state } = world;
    assert.ok(move(world, "bob", "bob-2").replied());
    assert.equal(world.state, state, "the same again");
    assert.equal(move(world, "bob", "bob-3").refusal(), "call.moveUnderWay");
    assert.equal(comeIn(world, "bob", "bob-3").refusal(), "call.notMember");
    // Another proof than the one that was looked at.
    assert.equal(comeIn(world, "bob", "bob-2", proof("another")).refusal(), "proof.call");
    assert.ok(move(world, "bob", "bob-2", proof("anew")).replied());
    assert.equal(comeIn(world, "bob", "bob-2").refusal(), "proof.call");
    assert.ok(comeIn(world, "bob", "bob-2", proof("anew")).replied());
    // The reply was lost: it asks again, and comes in once more, in place of its own leaf.
    assert.ok(move(world, "bob", "bob-2", proof("anew")).replied());
  });

  test("what ends a move leaves the old terminal as it was", () => {
    const world = group("bob", "cyd");
    const ends: readonly (readonly [string, () => ServerWorld])[] = [
      ["given up", () => moveEnd(world, "bob", "bob-2")],
      ["signed out", () => world.step({ type: "unbound", ...from("bob", "bob-2"), reason: "revoked" })],
      ["too late", () => world.step({ type: "tick" }, moveMs)],
    ];
    for (const [what, end] of ends) {
      const before = member(move(world, "bob", "bob-2", proof(what)), "bob");
      assert.notEqual(before.move, undefined, what);
      end();
      const { move: _over, ...rest } = before;
      assert.deepEqual(member(world, "bob"), rest, what);
      assert.deepEqual(mediaLeft(world), [terminalId("bob-2")], what);
      const told = world.sent("call.member").filter(({ body }) => body.reason === "moveOver");
      assert.deepEqual(
        told.map(({ to }) => to),
        ["bob-2"],
        what,
      );
      assert.equal(comeIn(world, "bob", "bob-2", proof(what)).refusal(), "call.notMember", what);
    }
    const last = move(world, "bob", "bob-2", proof("again"));
    assert.equal(last.wakeMs, world.nowMs + moveMs);
    world.step({ type: "tick" }, moveMs - 1);
    assert.notEqual(member(world, "bob").move, undefined);
  });

  test("who leaves while a move is under way has left, and the new terminal hears of it", () => {
    const world = group("bob", "cyd");
    move(world, "bob", "bob-2");
    world.leave("bob");
    assert.equal(world.memberState("bob"), "left");
    assert.deepEqual(mediaLeft(world).toSorted(), [terminalId("bob-1"), terminalId("bob-2")].toSorted());
    const told = world.sent("call.member").find(({ to }) => to === "bob-2");
    assert.equal(told?.body.reason, "moveOver");
    assert.equal(comeIn(world, "bob", "bob-2").refusal(), "call.notMember");
  });

  test("the other terminal gives what there is where nobody else is in the group", () => {
    const world = group();
    move(world, "ada", "ada-2");
    world.ask({ type: "groupInfo", ...from("ada", "ada-2") });
    assert.deepEqual(world.to("call.groupInfoNeeded"), ["ada-1"]);
    const company = group("bob", "cyd");
    move(company, "bob", "bob-2");
    company.ask({ type: "groupInfo", ...from("bob", "bob-2") });
    assert.deepEqual(company.to("call.groupInfoNeeded"), ["ada-1"]);
    assert.ok(comeIn(world, "ada", "ada-2").replied());
    assert.equal(member(world, "ada").terminalId, terminalId("ada-2"));
    assert.equal(world.state.ended, undefined);
  });

  test("a terminal whose device is bound elsewhere goes on, is asked for nothing, and for so long", () => {
    const world = group("bob", "cyd");
    const takenOver = { type: "unbound", ...from("ada", "ada-1"), reason: "takenOver" } as const;
    world.step({ ...takenOver, goesOn: device });
    assert.equal(world.memberState("ada"), "joined");
    assert.deepEqual(mediaLeft(world), []);
    world.join("eve");
    assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"], "who is first in the group cannot commit now");
    world.step({ type: "tick" }, moveMs - 1);
    assert.equal(world.memberState("ada"), "joined");
    world.step({ type: "tick" }, 1);
    assert.equal(world.memberState("ada"), "left");
    assert.ok(world.sent("call.member").some(({ body }) => body.reason === "takenOver"));
    // Where it does not go on, or something else ended it, it has left at once.
    const others = group("bob", "cyd");
    others.step(takenOver);
    assert.equal(others.memberState("ada"), "left");
    const revoked = group("bob");
    revoked.step({ ...takenOver, reason: "revoked", goesOn: device });
    assert.equal(revoked.memberState("ada"), "left");
  });

  test("where the device is pulled, released or revoked that is bound elsewhere, it ends at once, and the terminal hears why", () => {
    const held = (): ServerWorld =>
      group("bob").step({ type: "unbound", ...from("bob"), reason: "takenOver", goesOn: device });
    const world = held();
    const other = entry("eve").deviceId;
    world.step({ type: "deviceEnded", userId: userId("bob"), deviceId: other, reason: "revoked" });
    world.step({ type: "deviceEnded", userId: userId("ada"), deviceId: device, reason: "revoked" });
    assert.equal(world.memberState("bob"), "joined");
    world.step({ type: "deviceEnded", userId: userId("bob"), deviceId: device, reason: "revoked" });
    assert.equal(world.memberState("bob"), "left");
    assert.deepEqual(world.to("binding.ended"), ["bob-1"]);
    assert.ok(world.sent("call.member").some(({ body }) => body.reason === "revoked"));
    // Also while it is on its way; who is bound where they are is not concerned.
    const moving = held();
    move(moving, "bob", "bob-2");
    moving.step({ type: "deviceEnded", userId: userId("bob"), deviceId: device, reason: "released" });
    assert.equal(moving.memberState("bob"), "left");
    const back = held().step({ type: "connected", ...from("bob") });
    back.step({ type: "deviceEnded", userId: userId("bob"), deviceId: device, reason: "released" });
    assert.equal(back.memberState("bob"), "joined");
  });

  test("who came in with a device that is revoked is out, though another one of theirs is bound there; nobody else is, for nothing less", () => {
    const world = group("bob", "cyd");
    const deviceId = member(world, "bob").answered!.deviceId!;
    const ends = (name: string, id: string, reason: "revoked" | "released"): string | undefined => {
      world.step({ type: "deviceEnded", userId: userId(name), deviceId: id as typeof device, reason });
      return world.memberState("bob");
    };
    assert.equal(ends("bob", deviceId, "released"), "joined");
    assert.equal(ends("bob", entry("eve").deviceId, "revoked"), "joined");
    assert.equal(ends("cyd", `${deviceId}x`, "revoked"), "joined");
    assert.equal(ends("bob", deviceId, "revoked"), "left");
    assert.ok(world.sent("call.member").some(({ body }) => body.reason === "revoked"));
    assert.deepEqual(world.to("binding.ended"), []);
    assert.deepEqual(
      world
        .sent("call.commitNeeded")
        .at(-1)
        ?.body.remove.map((one) => one.userId),
      ["bob"],
    );
    assert.equal(ends("ada", member(world, "ada").answered!.deviceId!, "revoked"), "left");
    assert.equal(world.memberState("ada"), "left");
  });

  test("a move that is under way is waited for; what is moved is held no longer; and who comes back goes on", () => {
    const held = (): ServerWorld =>
      group("bob").step({ type: "unbound", ...from("bob"), reason: "takenOver", goesOn: device });
    const world = held();
    world.step({ type: "tick" }, moveMs - 1_000);
    move(world, "bob", "bob-2");
    world.step({ type: "tick" }, 2_000);
    assert.equal(world.memberState("bob"), "joined");
    comeIn(world, "bob", "bob-2");
    world.step({ type: "tick" }, moveMs);
    assert.equal(world.memberState("bob"), "joined");
    assert.ok(member(world, "bob").connected);

    const back = held().step({ type: "connected", ...from("bob") });
    back.step({ type: "tick" }, moveMs);
    assert.equal(back.memberState("bob"), "joined");

    const given = moveEnd(held(), "bob", "bob-1");
    assert.equal(given.memberState("bob"), "left");
  });

  test("a Commit of a move that the others refuse puts out who sent it, and takes back what it did", () => {
    const world = group("bob", "cyd");
    move(world, "bob", "bob-2");
    comeIn(world, "bob", "bob-2");
    const { number } = world.state.delivery;
    for (const name of ["ada", "cyd"])
      world.step({
        type: "judge",
        ...from(name),
        body: { callId: callId(), number, code: "proof.beforeStay" },
      });
    assert.equal(world.memberState("bob"), "left");
    assert.equal(world.state.delivery.epoch, 1);
    assert.deepEqual(
      world.state.removals.map(({ terminalId: at }) => at),
      [terminalId("bob-1")],
    );
  });

  test("others than who is in it are told where the call is, and only while they are in it", () => {
    const world = group("bob");
    const found = elsewhere(world.state, from("bob", "bob-2"));
    assert.equal(found?.terminalId, terminalId("bob-1"));
    assert.equal(found?.call.callId, callId());
    assert.equal(elsewhere(world.state, from("bob", "bob-1")), undefined);
    assert.equal(elsewhere(world.state, from("eve", "eve-1")), undefined);
    world.join("eve");
    assert.equal(elsewhere(world.state, from("eve", "eve-2")), undefined, "not in the group yet");
    world.leave("bob");
    assert.equal(elsewhere(world.state, from("bob", "bob-2")), undefined);
  });
});

describe("at the new terminal", () => {
  const self = { userId: userId("bob"), terminalId: terminalId("bob-2") };
  const run = (...inputs: readonly CallMemberInput[]): CallMemberStep => {
    let step = startMover(callId(), self, []);
    for (const input of inputs) step = stepCallMember(step.state, input);
    return step;
  };
  const taken = { type: "joinAccepted", members: [] } as const;
  const ready = { type: "mediaReady" } as const;

  test("media comes first, then the Commit", () => {
    assert.deepEqual(run().effects, [{ type: "sendMove" }]);
    assert.deepEqual(run(taken).effects, []);
    assert.deepEqual(run(taken, ready).effects, [
      { type: "rejoin", leastEpoch: 0, isAwaited: false, isMove: true },
    ]);
    assert.deepEqual(run(taken, ready, ready).effects, [], "once");
    const { state } = run(taken, ready, { type: "advanced", epoch: 4, number: 4 });
    assert.deepEqual([state.phase, state.epoch, state.moving], ["active", 4, undefined]);
  });

  test("whatever it comes to before that, nothing is said of the person", () => {
    const ways: readonly CallMemberInput[] = [
      { type: "leave" },
      { type: "leave", reason: "deviceRemoved" },
      { type: "fail", code: "call.moveSilent" },
      { type: "startFailed", code: "call.moveUnderWay" },
    ];
    for (const way of ways) {
      const types = run(taken, way).effects.map(({ type }) => type);
      assert.deepEqual(types, ["sendMoveEnd", "ended"], way.type);
    }
    const gone = run(taken, {
      type: "event",
      event: {
        type: "call.member",
        body: { callId: callId(), member: { userId: userId("bob"), state: "left" }, reason: "moveOver" },
      },
    });
    assert.deepEqual(gone.state.end, { type: "failed", code: "call.notElsewhere" });
  });

  test("a connection that is lost on the way asks again; nobody is welcomed into a place that they have", () => {
    const lost = run(
      taken,
      ready,
      { type: "disconnected" },
      { type: "operationFailed", code: "connection.lost" },
    );
    const again = stepCallMember(lost.state, { type: "connected" });
    assert.deepEqual(
      again.effects.map(({ type }) => type),
      ["sendMove", "rejoin"],
    );
    const welcomed = run(taken, {
      type: "event",
      event: {
        type: "call.welcome",
        body: { callId: callId(), epoch: 1, number: 1, by: userId("ada"), welcome: bytes("w") },
      },
    });
    assert.deepEqual(welcomed.effects, []);
  });
});
