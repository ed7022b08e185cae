import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeMessage, fitsOneMessage, maxMessageBytes, mostMlsBytes } from "@signet/protocol";

import { bytes, from, proof, reachable, terminalId, userId } from "../fixtures.ts";
import { ServerWorld, joinInput, startMs } from "./call-server-world.ts";

// Among more than 16 people, what nobody signed is told together, and each task lists who waits once.

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `m${i}`);
const call = (invited: number): ServerWorld => new ServerWorld(names(invited).map((name) => reachable(name)));
const toAdmit = (world: ServerWorld): readonly string[] | undefined =>
  world.sent("call.commitNeeded")[0]?.body.admit.map(({ userId: id }) => id);
const told = (world: ServerWorld): readonly [string, string][] | undefined =>
  world.sent("call.members")[0]?.body.members.map(({ userId: id, state }) => [id, state]);

test("of 16 people each change is told by itself, of 17 those of one Commit are told together", () => {
  const few = call(15).join("m0").join("m1").commit("ada", ["m0", "m1"]);
  assert.equal(few.to("call.members").length, 0);
  // To ada, m0 and m1, of both.
  assert.equal(few.to("call.member").length, 6);

  const many = call(16).join("m0").join("m1").join("m2").commit("ada", ["m0"]).commit("ada", ["m1", "m2"]);
  assert.equal(many.to("call.member").length, 0);
  assert.deepEqual(many.to("call.members"), [
    "ada-1",
    ...["m0", "m1", "m2"].map((name) => terminalId(`${name}-1`)),
  ]);
  assert.deepEqual(told(many), [
    ["m1", "joined"],
    ["m2", "joined"],
  ]);
  assert.ok(
    many.sent("call.members").every(({ body }) => body.members.every((one) => one.entry === undefined)),
  );
});

test("the initiator hears of each joiner at once, with the proof; the others a second later, together", () => {
  const world = call(20).join("m0").commit("ada", ["m0"]).join("m1");
  assert.deepEqual(world.to("call.member"), ["ada-1"]);
  assert.deepEqual(world.sent("call.member")[0]?.body.proof, proof("join m1"));
  assert.deepEqual(world.to("call.members"), []);
  assert.equal(world.wakeMs, startMs + 1_000);
  world.join("m2").step({ type: "tick" }, 999);
  assert.deepEqual(world.to("call.members"), []);
  world.step({ type: "tick" }, 1);
  assert.deepEqual(told(world), [
    ["m1", "joining"],
    ["m2", "joining"],
  ]);
  world.step({ type: "tick" }, 1_000);
  assert.deepEqual(world.to("call.members"), []);
});

test("what somebody signed goes to everybody at once, and what was to be told of them before does not follow", () => {
  const world = call(20).join("m0").commit("ada", ["m0"]).join("m1").leave("m1");
  assert.deepEqual(world.to("call.member"), ["ada-1", terminalId("m0-1")]);
  assert.equal(world.sent("call.member")[0]?.body.member.state, "left");
  world.step({ type: "tick" }, 1_000);
  assert.deepEqual(world.to("call.members"), []);
  world.step({
    type: "decline",
    ...from("m2"),
    reason: "declined",
    proof: proof("d"),
    binding: proof("b"),
  });
  assert.deepEqual(world.to("call.member"), ["ada-1", terminalId("m0-1")]);
});

test("all who do not answer are told together", () => {
  const world = call(20).join("m0").commit("ada", ["m0"]).step({ type: "tick" }, 45_000);
  assert.deepEqual(
    told(world)?.map(([, state]) => state),
    Array.from({ length: 19 }, () => "noAnswer"),
  );
});

test("who joins while a Commit is made is in the next task, and the committer hears of each once", () => {
  const world = call(20).join("m0");
  assert.deepEqual(toAdmit(world), ["m0"]);
  world.join("m1");
  assert.equal(toAdmit(world), undefined);
  world.join("m2");
  assert.equal(toAdmit(world), undefined);
  world.commit("ada", ["m0"]);
  assert.deepEqual(toAdmit(world), ["m1", "m2"]);
});

test("a task that lost its joiner is given anew, with those who came meanwhile", () => {
  const world = call(20).join("m0").join("m1");
  world.step({
    type: "refuse",
    ...from("ada"),
    body: {
      callId: world.state.callId,
      joiners: [{ ...from("m0"), code: "proof.signature" }],
    },
  });
  assert.deepEqual(toAdmit(world), ["m1"]);
});

test("a committer has 3 s, and 40 ms more for each person beyond 16", () => {
  const waiting = (joined: number): ServerWorld => {
    const world = call(40).join("m0");
    for (const name of names(joined + 1).slice(1)) world.join(name);
    return world.commit("ada", ["m0"]);
  };
  const afterMs = (world: ServerWorld, ms: number): string[] =>
    world.step({ type: "tick" }, ms).to("call.commitNeeded");
  assert.deepEqual(afterMs(waiting(16), 2_999), []);
  assert.deepEqual(afterMs(waiting(16), 3_000), [terminalId("m0-1")]);
  assert.deepEqual(afterMs(waiting(20), 3_159), []);
  assert.deepEqual(afterMs(waiting(20), 3_160), [terminalId("m0-1")]);
});

test("one Commit admits as many as fit into a message with their Welcome; the others are in the next one", () => {
  const large = (name: string) => ({ ...joinInput(name), keyPackage: bytes("k".repeat(16_384)) });
  const world = call(20).join("m0");
  for (const name of names(14).slice(1)) world.step(large(name));
  world.commit("ada", ["m0"]);
  assert.deepEqual(toAdmit(world), names(12).slice(1));
  world.commit("ada", names(12).slice(1));
  // Those in the group are in the Welcome, too.
  assert.deepEqual(toAdmit(world), ["m12", "m13"]);
});

test("a Commit of 200 KeyPackages of 700 bytes fits, and however little room there is, one joiner is admitted", () => {
  const small = (name: string) => ({ ...joinInput(name), keyPackage: bytes("k".repeat(700)) });
  const world = call(201).join("m0");
  for (const name of names(201).slice(1)) world.step(small(name));
  world.commit("ada", ["m0"]);
  assert.equal(toAdmit(world)?.length, 200);
  assert.ok((200 * 700 * 2 * 4) / 3 < maxMessageBytes);

  const full = call(60).join("m0");
  const huge = (name: string) => ({ ...joinInput(name), keyPackage: bytes("k".repeat(16_384)) });
  for (const name of names(40).slice(1)) full.step(huge(name));
  full.commit("ada", ["m0"]);
  for (let admitted = toAdmit(full); admitted !== undefined; admitted = toAdmit(full)) {
    assert.ok(admitted.length > 0);
    full.commit("ada", admitted);
  }
  assert.equal(full.memberState("m39"), "joined");
});

test("a Commit and its Welcome fit as long as they leave room for the names of 200 in their message", () => {
  const [commit, rest] = [(mostBytes: number) => new Uint8Array(mostBytes), 368_640 - mostMlsBytes];
  assert.ok(fitsOneMessage(commit(mostMlsBytes)));
  assert.ok(!fitsOneMessage(commit(mostMlsBytes + 1)));
  assert.ok(fitsOneMessage(commit(rest), commit(mostMlsBytes)));
  assert.ok(!fitsOneMessage(commit(rest), commit(mostMlsBytes + 1)));
  assert.ok(!fitsOneMessage(commit(rest + 1), commit(mostMlsBytes)));
  const everybody = Array.from({ length: 199 }, (_, i) => userId(`${i}`.padStart(32, "u")));
  const body = {
    callId: call(1).state.callId,
    task: 2 ** 32 - 1,
    epoch: 2 ** 32 - 1,
    commit: commit(rest),
    welcome: commit(mostMlsBytes),
    removed: everybody,
    admitted: everybody.map((one) => ({ userId: one, leaf: 65_535 })),
  };
  assert.ok(encodeMessage({ id: 2 ** 32, type: "call.commit", body }).length < maxMessageBytes);
});
