import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeTranscript, fromBase64Url } from "@signet/protocol";
import type { ProofIn, Transcript } from "@signet/protocol";

import { answerRefusal, noAnswers, withLeave, withStay } from "../../src/machines/call-answers.ts";
import { mostJoinsPerMinute, mostStoredBytes } from "../../src/machines/call-server-state.ts";
import { bytes, callDigest, callId, entry, from, leaf, proof, reachable } from "../fixtures.ts";
import { joinInput, ServerWorld } from "./call-server-world.ts";

const { deviceId } = entry("bob");
const common = { serverOrigin: "https://signet.example", userId: "bob", deviceId, callId: callId() };

const proofOf = (transcript: Transcript): ProofIn => ({
  transcript: encodeTranscript(transcript),
  signature: proof("x").signature,
});
const joinAt = (issuedAtMs: number, key: number): ProofIn =>
  proofOf({
    purpose: "join",
    ...common,
    issuedAtMs,
    callProofDigest: new Uint8Array(32),
    leafKey: new Uint8Array(32).fill(key),
    head: new Uint8Array(32),
    checkpoint: new Uint8Array(),
    invitation: callDigest,
  });
const leaveAt = (issuedAtMs: number): ProofIn =>
  proofOf({ purpose: "leave", ...common, issuedAtMs, reason: "left" });

test("an answer counts when it is younger than the last leave, with a key that was not in the group", () => {
  const left = withLeave(withStay(noAnswers, joinAt(10, 1)), leaveAt(20));
  assert.equal(answerRefusal(noAnswers, joinAt(10, 1)), undefined);
  assert.equal(answerRefusal(left, joinAt(30, 1)), "mls.spentKey");
  assert.equal(answerRefusal(left, joinAt(19, 2)), "proof.beforeLeave");
  assert.equal(answerRefusal(left, joinAt(20, 2)), "proof.beforeLeave");
  assert.equal(answerRefusal(left, joinAt(21, 2)), undefined);
  // An earlier leave, told late, takes nothing back.
  assert.equal(answerRefusal(withLeave(left, leaveAt(5)), joinAt(20, 2)), "proof.beforeLeave");
});

const answer = (world: ServerWorld, given: ProofIn, terminal = "bob-1"): string | undefined =>
  world.step({ ...joinInput("bob", terminal), proof: given }).refusal();
const leave = (world: ServerWorld, given: ProofIn): ServerWorld =>
  world.step({ type: "leave", ...from("bob"), reason: "left", proof: given, binding: proof("b") });

test("who left comes back with a new answer, not with the one of before, which nobody is asked to admit", () => {
  const world = new ServerWorld();
  assert.equal(answer(world, joinAt(10, 1)), undefined);
  world.commit("ada", ["bob"]);
  leave(world, leaveAt(20));
  const before = world.state;
  for (const terminal of ["bob-1", "bob-2"])
    assert.equal(answer(world, joinAt(10, 1), terminal), "mls.spentKey");
  assert.equal(answer(world, joinAt(15, 2)), "proof.beforeLeave");
  assert.equal(world.state, before);
  assert.equal(answer(world, joinAt(30, 3)), undefined);
  assert.equal(world.memberState("bob"), "joining");
});

test("an answer that did not lead into the group can be given again, after a connection that was lost too long", () => {
  const world = new ServerWorld([reachable("bob"), reachable("cyd")]).join("cyd").commit("ada", ["cyd"]);
  assert.equal(answer(world, joinAt(10, 1)), undefined);
  world.step({ type: "disconnected", ...from("bob") });
  world.step({ type: "tick" }, world.state.times.lostMs);
  assert.equal(world.memberState("bob"), "left");
  assert.equal(answer(world, joinAt(10, 1)), undefined);
});

test("the same request again gets the same reply while one is in the call", () => {
  const world = new ServerWorld();
  answer(world, joinAt(10, 1));
  world.commit("ada", ["bob"]);
  assert.equal(answer(world, joinAt(10, 1)), undefined);
  assert.ok(world.replied());
  assert.equal(world.memberState("bob"), "joined");
});

/** bob is in the group with key 2, having left at 20 where he was with key 1. */
function backAgain(): ServerWorld {
  const world = new ServerWorld();
  answer(world, joinAt(10, 1));
  world.commit("ada", ["bob"]);
  leave(world, leaveAt(20));
  world.commit("ada", [], ["bob"]);
  answer(world, joinAt(30, 2));
  return world.commit("ada", ["bob"]);
}
let keys = 0;
const move = (world: ServerWorld, given: ProofIn, leafKey = bytes(`key ${++keys}`)): string | undefined =>
  world.step({ type: "move", ...from("bob", "bob-2"), entry: entry("bob"), proof: given, leafKey }).refusal();

test("an answer that moves the person to another terminal is held to the same, and counted with the others", () => {
  const world = backAgain();
  const { state } = world;
  assert.equal(move(world, joinAt(40, 2)), "mls.spentKey");
  assert.equal(move(world, joinAt(20, 3)), "proof.beforeLeave");
  const { leafKeys = [] } = [...state.members.values()].find((one) => one.userId === "bob")!;
  assert.equal(leafKeys.length, 2);
  assert.equal(move(world, joinAt(40, 3), fromBase64Url(leafKeys[0]!)), "call.joinUsed");
  const needed = joinAt(40, 3).transcript.length;
  world.state = { ...state, storedBytes: mostStoredBytes - needed + 1 };
  assert.equal(move(world, joinAt(40, 3)), "delivery.tooMuch");
  world.state = { ...state, storedBytes: mostStoredBytes - needed };
  assert.equal(move(world, joinAt(40, 3)), undefined);
  world.state = state;
  for (let count = 2; count < mostJoinsPerMinute; count++)
    assert.equal(move(world, joinAt(40, count + 1)), undefined);
  assert.equal(move(world, joinAt(40, 9)), "call.tooManyJoins");
  world.nowMs += 60_000;
  assert.equal(move(world, joinAt(40, 9)), undefined);
});

test("the key of a move is used with its Commit: who leaves where they moved to does not come back with it", () => {
  const world = backAgain();
  const given = joinAt(40, 3);
  assert.equal(move(world, given), undefined);
  const { epoch } = world.state.delivery;
  const body = { callId: callId(), epoch, proof: given, commit: bytes("external") };
  const own = { userId: from("bob").userId, leaf: leaf(1) };
  world.step({ type: "rejoin", ...from("bob", "bob-2"), body: { ...body, leaf: own } });
  assert.ok(world.replied());
  world.step({
    type: "leave",
    ...from("bob", "bob-2"),
    reason: "left",
    proof: leaveAt(35),
    binding: proof("b"),
  });
  assert.equal(world.memberState("bob"), "left");
  assert.equal(answer(world, given), "mls.spentKey");
  assert.equal(answer(world, joinAt(41, 4)), undefined);
});
