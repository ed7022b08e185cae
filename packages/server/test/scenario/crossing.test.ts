/** Calls that cross: two people call each other, and somebody is called while they call. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { CallId, ErrorCode, EventBody, ProofIn } from "@signet/protocol";

import { commitFor, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import { keyPackageFor } from "../support/key-package.ts";
import { newCallId } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";

type Ring = EventBody<"call.ring">;

type Members = EventBody<"call.ring">["members"];
/** `waiting`: rings for somebody who is in another call. */
const stateIn = (members: Members, userId: string): string | undefined => {
  const found = members.find((member) => member.userId === userId);
  return found?.waiting === true ? "waiting" : found?.state;
};
/** What the caller hears of somebody who is called. */
const heardOf = (caller: TestTerminal, userId: string, waiting: true | undefined) =>
  caller.event("call.member", ({ member }) => member.userId === userId && member.waiting === waiting);

const ringOf = (terminal: TestTerminal, callId: CallId): Promise<Ring> =>
  terminal.event("call.ring", (ring) => ring.callId === callId);

async function joinRefusal(terminal: TestTerminal, ring: Ring): Promise<ErrorCode> {
  const proof = await terminal.joinProof(ring);
  return terminal.refusal("call.join", { proof, keyPackage: keyPackageFor(proof) });
}

async function admit(initiator: TestTerminal): Promise<void> {
  await initiator.request("call.commit", commitFor(await initiator.event("call.commitNeeded"), 1));
}

/** alice and bob call each other; carol is called by both. */
async function crossing(t: TestContext) {
  const server = await startTestServer(t);
  const [alice, bob, carol, dave] = await people(server, "alice", "bob", "carol", "dave");
  const ofAlice = await alice.call(["bob", "carol"]);
  const ofBob = await bob.call(["alice", "carol"]);
  return { alice, bob, carol, dave, ofAlice, ofBob };
}

test("who calls somebody rings when they call back, and one answer brings both into one call", async (t) => {
  const { alice, bob, ofAlice, ofBob } = await crossing(t);
  assert.equal(stateIn(ofAlice.members, "bob"), "ringing");
  assert.equal(stateIn(ofBob.members, "alice"), "ringing");
  await ringOf(bob, ofAlice.callId);
  await alice.join(await ringOf(alice, ofBob.callId));
  await admit(bob);
  await alice.event("call.welcome");
  await alice.request("call.leave", { proof: await alice.statement("leave", ofAlice.callId, "left") });
  const ended = await bob.event("call.ringEnded", ({ callId }) => callId === ofAlice.callId);
  assert.equal(ended.reason, "cancelled");
});

test("of two who answer each other at once the first one counts, on the way into the call and in it", async (t) => {
  const { alice, bob, ofAlice, ofBob } = await crossing(t);
  const ring = await ringOf(bob, ofAlice.callId);
  await alice.join(await ringOf(alice, ofBob.callId));
  assert.equal(await joinRefusal(bob, ring), "call.answeredYours");
  await admit(bob);
  assert.equal(await joinRefusal(bob, ring), "call.answeredYours");
});

test("who called, and is on the way into another call, is joined by nobody until that is refused", async (t) => {
  const { alice, bob, carol, ofAlice, ofBob } = await crossing(t);
  const ring = await ringOf(carol, ofAlice.callId);
  await alice.join(await ringOf(alice, ofBob.callId));
  assert.equal(await joinRefusal(carol, ring), "call.callerElsewhere");
  const needed = await bob.event("call.commitNeeded");
  const joiners = needed.admit.map(({ userId, terminalId }) => ({ userId, terminalId, code: "proof.time" }));
  await bob.request("call.refuse", { callId: ofBob.callId, joiners });
  await carol.join(ring);
});

test("who is answered is in that call, and cannot answer another: who calls waits", async (t) => {
  const { alice, bob, carol, dave, ofAlice, ofBob } = await crossing(t);
  const ring = await ringOf(alice, ofBob.callId);
  await carol.join(await ringOf(carol, ofAlice.callId));
  assert.equal(await joinRefusal(alice, ring), "call.inCall", "carol is on the way");
  await admit(alice);
  assert.equal(await joinRefusal(alice, ring), "call.inCall");
  // Bob, too, whose call rang for her before.
  assert.equal((await heardOf(bob, "alice", true)).member.state, "ringing");
  assert.equal(stateIn((await dave.call(["alice"])).members, "alice"), "waiting");
  // Whom she calls as well.
  await bob.request("call.end", { proof: await bob.statement("end", ofBob.callId, "ended") });
  assert.equal(stateIn((await bob.call(["alice", "dave"])).members, "alice"), "waiting");
});

test("who calls is in a call for all whom that call does not ring for", async (t) => {
  const { bob, dave, ofAlice, ofBob } = await crossing(t);
  assert.equal(stateIn((await dave.call(["alice"])).members, "alice"), "waiting");
  await bob.request("call.end", { proof: await bob.statement("end", ofBob.callId, "ended") });
  await bob.request("call.decline", { proof: await bob.statement("decline", ofAlice.callId, "declined") });
  assert.equal(stateIn((await bob.call(["alice"])).members, "alice"), "waiting");
});

test("who waits is told when it rings: at the end of the other call, and by whoever leaves it", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol, dave] = await people(server, "alice", "bob", "carol", "dave");
  const { callId } = await alice.call(["bob"]);
  await bob.join(await ringOf(bob, callId));
  await admit(alice);
  const ofCarol = await carol.call(["bob"]);
  const ofDave = await dave.call(["alice"]);
  assert.equal(stateIn(ofCarol.members, "bob"), "waiting");
  assert.equal(stateIn(ofDave.members, "alice"), "waiting");
  const first = await ringOf(bob, ofCarol.callId);
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  const again = await bob.event("call.ring", (ring) => ring.callId === ofCarol.callId && ring !== first);
  assert.equal((await heardOf(carol, "bob", undefined)).member.state, "ringing");
  assert.equal(stateIn(again.members, "bob"), "ringing");
  // Alice is in her call still, alone.
  assert.equal(dave.countOf("call.member"), 0);
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  await heardOf(dave, "alice", undefined);
  // And comes into no call while she rings: answered by one touch, as any other.
  await alice.join(await ringOf(alice, ofDave.callId));
});

test("who was alone in a call again does not only call: nobody else is answered from there", async (t) => {
  const { alice, bob, carol, ofAlice, ofBob } = await crossing(t);
  const ring = await ringOf(alice, ofBob.callId);
  await carol.join(await ringOf(carol, ofAlice.callId));
  await admit(alice);
  await carol.request("call.leave", { proof: await carol.statement("leave", ofAlice.callId, "left") });
  assert.equal(await joinRefusal(alice, ring), "call.inCall");
  assert.equal(bob.countOf("call.commitNeeded"), 0);
});

test("of two who call each other alone, one comes into the call of the other with what they signed for their own", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const proofOf = (who: TestTerminal, ...members: readonly string[]) => who.callProof(newCallId(), members);
  const enter = (who: TestTerminal, proof: ProofIn): Promise<ErrorCode> =>
    who.refusal("call.join", { proof, keyPackage: keyPackageFor(proof) });
  const ofAlice = await proofOf(alice, "bob");
  const { callId } = await alice.request("call.request", { proof: ofAlice });
  const ring = await ringOf(bob, callId);
  const ofBob = await proofOf(bob, "alice");
  assert.equal(await enter(bob, ofBob), "proof.call", "bob does not call");
  await bob.request("call.request", { proof: ofBob });
  assert.equal(await enter(bob, await proofOf(bob, "alice")), "proof.call", "another call of his");
  assert.equal(await enter(alice, ofBob), "proof.call", "by alice's terminal");
  assert.equal(await enter(carol, await proofOf(carol, "alice")), "proof.call", "nobody called carol");
  const spoiled = { ...ofBob, signature: ofAlice.signature };
  assert.equal(await enter(bob, spoiled), "proof.signature");
  const otherKey = keyPackageFor(await bob.joinProof(ring));
  assert.equal(await bob.refusal("call.join", { proof: ofBob, keyPackage: otherKey }), "proof.leafKey");
  const joined = await bob.request("call.join", { proof: ofBob, keyPackage: keyPackageFor(ofBob) });
  assert.equal(joined.callId, callId);
  await admit(alice);
  await bob.event("call.welcome");
  // What counted once does not bring him back: nothing rings for him that it would answer.
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  assert.equal(await enter(bob, ofBob), "proof.call");
});

test("who called more than the one who calls them answers by a touch", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob", "carol");
  const [ofAlice, ofBob] = [
    await alice.callProof(newCallId(), ["bob", "carol"]),
    await bob.callProof(newCallId(), ["alice"]),
  ];
  await alice.request("call.request", { proof: ofAlice });
  await bob.request("call.request", { proof: ofBob });
  for (const [who, proof] of [
    [alice, ofAlice],
    [bob, ofBob],
  ] as const)
    assert.equal(await who.refusal("call.join", { proof, keyPackage: keyPackageFor(proof) }), "proof.call");
});
