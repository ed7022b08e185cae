import assert from "node:assert/strict";
import { before, test } from "node:test";

import type { GroupMember } from "@signet/e2ee";
import { encodeProof } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import { CallMemories, CallMemory } from "../../src/call/call-memory.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const callId = randomId();
const answeredAtMs = 1_000_000;
let ann: TestPerson;
let ben: TestPerson;
let cleo: TestPerson;

before(async () => {
  [ann, ben, cleo] = await Promise.all([person("ann"), person("ben"), person("cleo")]);
});

/** A leaf with a `join` proof of that time. */
async function leafOf(someone: TestPerson, leaf: number, issuedAtMs = answeredAtMs): Promise<GroupMember> {
  const { userId, device } = someone;
  const leafKey = randomBytes(32);
  const proof = await device.sign({
    purpose: "join",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs,
    callId,
    callProofDigest: new Uint8Array(32),
    leafKey,
    head: new Uint8Array(32),
    checkpoint: new Uint8Array(),
    invitation: new Uint8Array(32),
  });
  return { leaf, userId, identity: encodeProof(proof), leafPublicKey: leafKey, proves: true };
}

const objectionTo = (memory: CallMemory, { userId, leafPublicKey }: GroupMember, signedAtMs: number) =>
  memory.objection(userId, leafPublicKey, signedAtMs);

test("an answer has to be younger than the person's word that they leave", async () => {
  const memory = new CallMemory();
  const [anns, bens, again] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1), leafOf(ben, 1)]);
  memory.advanced([anns, bens], answeredAtMs);
  memory.left(ben.userId, answeredAtMs + 10);
  memory.advanced([anns], answeredAtMs + 20);
  assert.equal(objectionTo(memory, again, answeredAtMs + 9), "proof.beforeLeave");
  assert.equal(objectionTo(memory, again, answeredAtMs + 10), "proof.beforeLeave");
  assert.equal(objectionTo(memory, again, answeredAtMs + 11), undefined);
  // An earlier word of theirs, told late, takes nothing back.
  memory.left(ben.userId, answeredAtMs + 5);
  assert.equal(objectionTo(memory, again, answeredAtMs + 9), "proof.beforeLeave");
  assert.equal(objectionTo(memory, await leafOf(cleo, 2), answeredAtMs), undefined);
});

test("who left while the first Welcome was on the way waits for removal in its group, and was not brought back", async () => {
  const memory = new CallMemory();
  const [anns, bens] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1)]);
  memory.left(ann.userId, answeredAtMs + 10);
  assert.equal(memory.broughtBack([anns, bens]), undefined);
  memory.cameIn([anns, bens]);
  memory.advanced([bens], answeredAtMs + 20);
  assert.equal(memory.broughtBack([anns, bens]), ann.userId);
});

test("who is in the group still, and waits for removal, is no newcomer; with another key they are", async () => {
  const memory = new CallMemory();
  const [anns, bens, again] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1), leafOf(ben, 1)]);
  memory.advanced([anns, bens], answeredAtMs);
  memory.left(ben.userId, answeredAtMs + 10);
  assert.equal(objectionTo(memory, bens, answeredAtMs), undefined);
  assert.equal(objectionTo(memory, again, answeredAtMs), "proof.beforeLeave");
});

test("before its first epoch a terminal objects to nobody: who left may wait for removal", async () => {
  const memory = new CallMemory();
  memory.left(ben.userId, answeredAtMs + 10);
  assert.equal(objectionTo(memory, await leafOf(ben, 1), answeredAtMs), undefined);
});

test("a group to come back into may not hold a leaf that this terminal saw go", async () => {
  const memory = new CallMemory();
  const [anns, bens] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1)]);
  memory.advanced([anns, bens], answeredAtMs);
  assert.equal(memory.broughtBack([anns, bens]), undefined);
  memory.advanced([anns], answeredAtMs + 20);
  assert.equal(memory.broughtBack([anns, bens]), ben.userId);
  assert.equal(memory.broughtBack([anns]), undefined);
});

test("nor the person with another key, unless they answered after they went", async () => {
  const memory = new CallMemory();
  const [anns, bens] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1)]);
  memory.advanced([anns, bens], answeredAtMs);
  memory.advanced([anns], answeredAtMs + 20);
  for (const [issuedAtMs, isBack] of [
    [answeredAtMs + 19, true],
    [answeredAtMs + 20, true],
    [answeredAtMs + 21, false],
  ] as const)
    assert.equal(
      memory.broughtBack([anns, await leafOf(ben, 1, issuedAtMs)]),
      isBack ? ben.userId : undefined,
      String(issuedAtMs - answeredAtMs),
    );
  const nothing = { ...bens, identity: new Uint8Array(3), leafPublicKey: randomBytes(32) };
  assert.equal(memory.broughtBack([anns, nothing]), ben.userId, "what is no proof is of no time");
});

test("nor anybody with an answer from before their signed leave, whom this terminal saw neither come nor go", async () => {
  const memory = new CallMemory();
  const anns = await leafOf(ann, 0);
  memory.advanced([anns], answeredAtMs);
  memory.left(ben.userId, answeredAtMs + 10);
  assert.equal(memory.broughtBack([anns, await leafOf(ben, 1, answeredAtMs + 10)]), ben.userId);
  assert.equal(memory.broughtBack([anns, await leafOf(ben, 1, answeredAtMs + 11)]), undefined);
});

test("who came back as they may is like everybody else", async () => {
  const memory = new CallMemory();
  const [anns, bens, again] = await Promise.all([
    leafOf(ann, 0),
    leafOf(ben, 1),
    leafOf(ben, 1, answeredAtMs + 30),
  ]);
  memory.advanced([anns, bens], answeredAtMs);
  memory.advanced([anns], answeredAtMs + 20);
  memory.advanced([anns, again], answeredAtMs + 40);
  assert.equal(memory.broughtBack([anns, again]), undefined);
  assert.equal(memory.broughtBack([anns, bens]), ben.userId, "the key of before is spent");
});

test("who moved, or came back, may go on with any answer that is younger than theirs, whatever this terminal's clock says", async () => {
  const [anns, bens, second] = await Promise.all([
    leafOf(ann, 0),
    leafOf(ben, 1),
    leafOf(ben, 1, answeredAtMs + 30),
  ]);
  const [older, third] = await Promise.all([30, 31].map((afterMs) => leafOf(ben, 1, answeredAtMs + afterMs)));
  const fastMs = answeredAtMs + 60_000;
  for (const epochs of [[[anns, second]], [[anns], [anns, second]]]) {
    const memory = new CallMemory();
    memory.advanced([anns, bens], fastMs);
    for (const members of epochs) memory.advanced(members, fastMs + 1);
    assert.equal(memory.broughtBack([anns, third!]), undefined);
    assert.equal(memory.broughtBack([anns, older!]), ben.userId);
    assert.equal(memory.broughtBack([anns, bens]), ben.userId);
    // Then they are gone altogether.
    memory.advanced([anns], fastMs + 2);
    assert.equal(memory.broughtBack([anns, third!]), ben.userId);
  }
});

test("the own leaf that gave way to one elsewhere is spent: a group that has it still is an old one", async () => {
  const memory = new CallMemory();
  const [anns, bens] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1)]);
  memory.advanced([anns, bens], answeredAtMs);
  memory.replaced(bens.leafPublicKey);
  assert.ok(memory.spentKeys.has(bens.leafPublicKey));
  memory.cameIn([anns]);
  assert.equal(memory.broughtBack([anns, bens]), ben.userId);
});

test("what changed is told by person, a new key as coming and going", async () => {
  const [anns, bens, again, cleos] = await Promise.all([
    leafOf(ann, 0),
    leafOf(ben, 1),
    leafOf(ben, 1),
    leafOf(cleo, 2),
  ]);
  const memory = new CallMemory();
  assert.equal(memory.cameIn([anns, bens]), undefined, "the first time");
  assert.equal(memory.cameIn([bens, anns]), undefined);
  assert.deepEqual(memory.cameIn([anns, cleos]), { entered: [cleo.userId], gone: [ben.userId] });
  assert.deepEqual(memory.cameIn([anns, again]), { entered: [ben.userId], gone: [cleo.userId] });
  assert.deepEqual(memory.cameIn([anns, bens]), { entered: [ben.userId], gone: [ben.userId] });
});

test("who is missing in a group that this terminal came back into was not seen to go", async () => {
  const memory = new CallMemory();
  const [anns, bens] = await Promise.all([leafOf(ann, 0), leafOf(ben, 1)]);
  memory.advanced([anns, bens], answeredAtMs);
  memory.cameIn([anns]);
  assert.equal(memory.broughtBack([anns, bens]), undefined);
  assert.ok(!memory.spentKeys.has(bens.leafPublicKey));
});

test("a few calls are remembered, the latest ones", () => {
  const memories = new CallMemories();
  const [first, second] = [randomId(), randomId()] as CallId[] as [CallId, CallId];
  const kept = memories.of(first);
  const lost = memories.of(second);
  for (let i = 0; i < 15; i++) {
    memories.of(randomId() as CallId);
    assert.equal(memories.of(first), kept);
  }
  assert.notEqual(memories.of(second), lost);
});
