/** What a terminal must not be able to do to a call, each refused with its own code and without any lasting change. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { LeafIndex, LeaveReason, utf8 } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import { callOfTwo, commitFor, people } from "../support/group.ts";
import { changesNothing } from "../support/snapshot.ts";
import { startTestServer } from "../support/test-server.ts";
import { keyPackageFor } from "../support/key-package.ts";
import { newCallId, user } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";

const server = await startTestServer({ after }, { limits: { openRings: 2 } });
const [alice, bob, carol, dave] = await people(server, "alice", "bob", "carol", "dave");

async function refused(run: () => Promise<ErrorCode>): Promise<ErrorCode> {
  let code: ErrorCode | undefined;
  await changesNothing(server, async () => {
    code = await run();
  });
  return code ?? assert.fail();
}

async function hangUp(terminal: TestTerminal, callId: string): Promise<void> {
  await terminal.request("call.end", { proof: await terminal.statement("end", callId, "ended") });
}

test("only invited people join, with a proof for this very call", async () => {
  const { callId } = await alice.call(["bob"]);
  const ring = await bob.event("call.ring", (found) => found.callId === callId);
  const keyPackage = Uint8Array.of(1);
  const join = async (terminal: TestTerminal, proof: Awaited<ReturnType<TestTerminal["joinProof"]>>) =>
    refused(() => terminal.refusal("call.join", { proof, keyPackage }));

  assert.equal(await join(carol, await carol.joinProof(ring)), "call.notInvited");
  assert.equal(await join(bob, await bob.joinProof({ ...ring, callId: newCallId() })), "call.notFound");
  const otherProof = await alice.callProof(callId, ["bob"]);
  assert.equal(await join(bob, await bob.joinProof({ ...ring, proof: otherProof })), "proof.call");
  assert.equal(
    await join(bob, await bob.joinProof(ring, (transcript) => ({ ...transcript, userId: "alice" }))),
    "proof.user",
  );
  assert.equal(
    await join(bob, await bob.joinProof(ring, (transcript) => ({ ...transcript, issuedAtMs: 1 }))),
    "proof.time",
  );
  // Of somebody else's call, and what is the answer to nothing.
  assert.equal(await join(bob, await alice.callProof(callId, ["bob"])), "proof.call");
  assert.equal(await join(bob, await bob.signInProof()), "proof.purpose");
  assert.equal(
    await join(bob, await carol.joinProof(ring, (transcript) => ({ ...transcript, userId: "bob" }))),
    "history.deviceUnknown",
  );
  await hangUp(alice, callId);
});

test("declining, leaving and ending take the terminal key, a reason, and this call", async () => {
  const { callId } = await alice.call(["bob"]);
  await bob.event("call.ring", (found) => found.callId === callId);
  const stolen = await alice.statement("decline", callId, "declined");
  assert.equal(await refused(() => bob.refusal("call.decline", { proof: stolen })), "proof.user");
  const otherReason = await bob.statement("decline", callId, "noReason");
  assert.equal(await refused(() => bob.refusal("call.decline", { proof: otherReason })), "proof.call");
  const leave = await bob.statement("leave", callId, "left");
  assert.equal(await refused(() => bob.refusal("call.decline", { proof: leave })), "proof.purpose");
  const own = new Set<string>(["left", "unsafe", "deviceRemoved", "pageGone"]);
  for (const reason of ["", "Left", ...LeaveReason.options].filter((text) => !own.has(text))) {
    const foreign = await alice.statement("leave", callId, reason);
    assert.equal(await refused(() => alice.refusal("call.leave", { proof: foreign })), "proof.call", reason);
  }
  const uninvited = await carol.statement("decline", callId, "declined");
  assert.equal(await refused(() => carol.refusal("call.decline", { proof: uninvited })), "call.notInvited");
  await hangUp(alice, callId);
});

test("one Commit for each epoch, by whoever was asked, admitting only who waits", async () => {
  const { callId } = await alice.call(["bob", "carol"]);
  const ring = await bob.event("call.ring", (found) => found.callId === callId);
  await bob.join(ring);
  const needed = await alice.event("call.commitNeeded", (found) => found.callId === callId);
  const good = commitFor(needed, 1);
  const commit = async (terminal: TestTerminal, body: typeof good) =>
    refused(() => terminal.refusal("call.commit", body));

  assert.equal(await commit(dave, good), "call.notMember");
  assert.equal(await commit(bob, good), "call.notMember");
  assert.equal(await commit(alice, { ...good, epoch: 1 }), "delivery.futureEpoch");
  const uninvited = { ...good, admitted: [{ userId: user("dave"), leaf: LeafIndex.parse(1) }] };
  assert.equal(await commit(alice, uninvited), "delivery.notAdmitted");
  const notWaiting = { ...good, admitted: [{ userId: user("carol"), leaf: LeafIndex.parse(1) }] };
  assert.equal(await commit(alice, notWaiting), "delivery.notAdmitted");
  assert.equal(await commit(alice, { ...good, removed: [user("bob")] }), "delivery.notCommitter");
  assert.equal(bob.countOf("call.welcome"), 0);

  await alice.request("call.commit", good);
  await bob.event("call.welcome");
  // The first answer may have been lost: the same Commit again is the same answer.
  assert.deepEqual(await alice.request("call.commit", good), { epoch: 1, number: 1 });
  assert.equal(await commit(alice, { ...good, commit: utf8("another") }), "delivery.epochTaken");
  await carol.join(await carol.event("call.ring", (found) => found.callId === callId));
  const next = await alice.event("call.commitNeeded", (found) => found.epoch === 1);
  await alice.request("call.commit", commitFor(next, 2));
  assert.equal(await commit(alice, { ...good, commit: utf8("another") }), "delivery.staleEpoch");
  await hangUp(alice, callId);
});

test("who is not in the call learns nothing of it and gets no audio", async () => {
  const callId = await callOfTwo(alice, bob);
  assert.equal(
    await refused(() => dave.refusal("call.sync", { callId, epoch: 0, number: 0 })),
    "call.notMember",
  );
  assert.equal(await refused(() => dave.refusal("call.groupInfo", { callId })), "call.notMember");
  assert.equal(
    await refused(() => dave.refusal("media.offer", { callId, sdp: "v=0\r\n" })),
    "call.notMember",
  );
  assert.equal(
    await refused(() => alice.refusal("media.offer", { callId, sdp: "v=0\r\n" })),
    "media.badOffer",
  );
  assert.equal(
    await refused(() => alice.refusal("media.offer", { callId: newCallId(), sdp: "v=0\r\n" })),
    "call.notFound",
  );
  const proof = await dave.joinProof({ callId, proof: await alice.callProof(callId, ["dave"]) });
  const rejoin = {
    callId,
    epoch: 1,
    proof,
    commit: utf8("c"),
    leaf: { userId: user("dave"), leaf: LeafIndex.parse(2) },
  };
  assert.equal(await refused(() => dave.refusal("call.rejoin", rejoin)), "call.notInvited");
  const refusal = {
    callId,
    joiners: [{ userId: user("bob"), terminalId: bob.terminalId, code: "proof.signature" }],
  };
  assert.equal(await refused(() => dave.refusal("call.refuse", refusal)), "delivery.notCommitter");
  await hangUp(alice, callId);
});

test("one call at a time, one call for each ID, and not more rings than allowed", async () => {
  const callId = await callOfTwo(alice, bob);
  const again = await alice.callProof(newCallId(), ["carol"]);
  assert.equal(await refused(() => alice.refusal("call.request", { proof: again })), "call.inCall");
  const taken = await carol.callProof(callId, ["dave"]);
  assert.equal(await refused(() => carol.refusal("call.request", { proof: taken })), "call.exists");

  const other = await carol.call(["bob", "dave"]);
  const ring = await dave.event("call.ring", (found) => found.callId === other.callId);
  assert.equal(other.members.find(({ userId }) => userId === "bob")?.waiting, true);
  await dave.join(ring);
  const inCarols = await bob.joinProof(ring);
  assert.equal(
    await refused(() => bob.refusal("call.join", { proof: inCarols, keyPackage: Uint8Array.of(1) })),
    "call.inCall",
  );
  await hangUp(alice, callId);
  await hangUp(carol, other.callId);
});

test("a person for whom two calls ring is busy for a third, and who has two calls ringing starts none", async () => {
  const [erin, frank, grace, heidi] = await people(server, "erin", "frank", "grace", "heidi");
  // Each caller leaves a call that goes on without them and still rings for heidi.
  const callId = await callOfTwo(erin, frank, ["heidi"]);
  await erin.request("call.leave", { proof: await erin.statement("leave", callId, "left") });
  const second = await callOfTwo(erin, grace, ["heidi"]);
  await erin.request("call.leave", { proof: await erin.statement("leave", second, "left") });
  const third = await erin.callProof(newCallId(), ["heidi"]);
  assert.equal(await refused(() => erin.refusal("call.request", { proof: third })), "call.tooManyRings");
  const { members } = await alice.call(["heidi"]);
  assert.equal(members.find(({ userId }) => userId === "heidi")?.state, "busy");
  assert.equal(heidi.countOf("call.ring"), 2);
});

test("a ring that a terminal could not verify goes to the server's log, and why to the caller", async () => {
  const { callId } = await alice.call(["bob"]);
  await bob.event("call.ring", (found) => found.callId === callId);
  await bob.request("call.ringRefused", { callId, code: "proof.signature" });
  const { member } = await alice.event("call.member", (found) => found.callId === callId);
  assert.deepEqual([member.state, member.refusal], ["failed", "proof.signature"]);
  assert.equal((await alice.event("call.ended", (found) => found.callId === callId)).reason, "noAnswer");
  const line =
    server
      .log()
      .split("\n")
      .find((text) => text.includes("could not verify")) ?? assert.fail();
  const { level, reason, userId } = JSON.parse(line) as Record<string, string>;
  assert.deepEqual([level, reason, userId], ["error", "proof.signature", "bob"]);
});

test("an answer of before one left does not count again; a new one does", async () => {
  const { callId } = await alice.call(["bob", "carol"]);
  const ring = await bob.event("call.ring", (found) => found.callId === callId);
  const proof = await bob.joinProof(ring);
  const keyPackage = keyPackageFor(proof);
  await bob.request("call.join", { proof, keyPackage });
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  assert.equal(await refused(() => bob.refusal("call.join", { proof, keyPackage })), "proof.beforeLeave");
  const younger = await bob.joinProof(ring);
  await bob.request("call.join", { proof: younger, keyPackage: keyPackageFor(younger) });
  await hangUp(alice, callId);
});

test("what cannot be a joiner's KeyPackage, or was used before, is neither stored nor passed on", async () => {
  const { callId } = await alice.call(["bob", "carol"]);
  const ring = await bob.event("call.ring", (found) => found.callId === callId);
  const proof = await bob.joinProof(ring);
  const keyPackage = keyPackageFor(proof);
  const join = (said: typeof proof, sent = keyPackageFor(said)) =>
    refused(() => bob.refusal("call.join", { proof: said, keyPackage: sent }));
  const another = await bob.joinProof(ring);
  assert.equal(await join(another, keyPackage), "proof.leafKey", "a KeyPackage with another leaf key");
  assert.equal(await join(another, Uint8Array.of(1)), "proof.leafKey");

  await bob.request("call.join", { proof, keyPackage });
  const { admit } = await alice.event("call.commitNeeded", (task) => task.callId === callId);
  const joiners = admit.map(({ userId, terminalId }) => ({ userId, terminalId, code: "proof.signature" }));
  await alice.request("call.refuse", { callId, joiners });
  assert.equal(await join(proof), "call.joinUsed", "what the committer refused");
  assert.equal(await join(proof, Uint8Array.of(7, ...keyPackage)), "call.joinUsed", "in another KeyPackage");

  await hangUp(alice, callId);
});

test("what is said again and again, or of what does not ring, fills no log", async () => {
  const lines = (text: string): number => server.log().split(text).length - 1;
  const [rings, commits] = ["could not verify a ring", "a Commit is refused"];
  const before = lines(rings);
  const { callId } = await alice.call(["bob", "carol"]);
  await bob.event("call.ring", (found) => found.callId === callId);
  for (let i = 0; i < 3; i++) {
    await bob.request("call.ringRefused", { callId, code: "proof.signature" });
    await dave.request("call.ringRefused", { callId, code: "proof.signature" });
  }
  assert.equal(lines(rings), before + 1);
  await hangUp(alice, callId);
  const [nora, otto] = await people(server, "nora", "otto");
  const standing = await callOfTwo(nora, otto);
  for (let i = 0; i < 3; i++) {
    await otto.request("call.judgeCommit", { callId: standing, number: 1, code: "mls.refused" });
    await nora.request("call.judgeCommit", { callId: standing, number: 99, code: "mls.refused" });
  }
  assert.equal(lines(commits), 0, "nobody has to process it but who says so");
  const refusal = { callId: standing, giver: user("nora"), code: "mls.refused" };
  for (let i = 0; i < 3; i++) assert.equal(await dave.refusal("call.refuseGiver", refusal), "call.notMember");
  assert.equal(lines("a Welcome or GroupInfo is refused"), 0, "by somebody outside of the call");
  await hangUp(nora, standing);
});
