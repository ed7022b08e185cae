import assert from "node:assert/strict";
import { test } from "node:test";

import { LeafIndex, utf8 } from "@signet/protocol";

import { callOfTwo, commitFor, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import { keyPackageFor } from "../support/key-package.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

const states = (members: readonly { userId: string; state: string }[]) =>
  Object.fromEntries(members.map(({ userId, state }) => [userId, state]));

test("each invited person's outcome is told, and who joins is admitted by the initiator", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol, dave, erin, frank] = await people(
    server,
    "alice",
    "bob",
    "carol",
    "dave",
    "erin",
    "frank",
  );
  await callOfTwo(erin, frank);
  await dave.close();

  const called = await alice.call(["bob", "carol", "dave", "erin", "nobody"]);
  assert.deepEqual(states(called.members), {
    alice: "joined",
    bob: "ringing",
    carol: "ringing",
    dave: "offline",
    erin: "ringing",
    nobody: "unknown",
  });
  // In another call: hers waits there.
  const waiting = called.members.filter((member) => member.waiting === true);
  assert.deepEqual(
    waiting.map(({ userId }) => userId),
    ["erin"],
  );
  const ring = await bob.event("call.ring");
  assert.equal(ring.initiator.userId, "alice");
  assert.deepEqual(
    ring.members.map(({ userId }) => userId),
    called.members.map(({ userId }) => userId),
  );
  await bob.join(ring);
  const needed = await alice.event("call.commitNeeded");
  assert.deepEqual(
    needed.admit.map(({ userId }) => userId),
    ["bob"],
  );
  const [joiner] = needed.admit;
  assert.ok(joiner !== undefined);
  assert.deepEqual(joiner.keyPackage, keyPackageFor(joiner.proof));
  const joining = await alice.event("call.member", ({ member }) => member.state === "joining");
  assert.equal(joining.member.userId, "bob");
  assert(joining.proof !== undefined && joining.binding !== undefined);

  const { epoch } = await alice.request("call.commit", commitFor(needed, 1));
  assert.equal(epoch, 1);
  assert.deepEqual(await bob.event("call.welcome"), {
    callId: called.callId,
    epoch: 1,
    number: 1,
    by: "alice",
    welcome: utf8("welcome 1"),
  });

  await carol.event("call.ring");
  await carol.request("call.decline", { proof: await carol.statement("decline", called.callId, "declined") });
  const declined = await alice.event("call.member", ({ member }) => member.state === "declined");
  assert.deepEqual([declined.member.userId, declined.reason], ["carol", "declined"]);
  assert.equal(carol.countOf("call.welcome"), 0);
});

test("who leaves is removed by the next Commit; the last one out ends the call", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  await alice.request("call.leave", { proof: await alice.statement("leave", callId, "left") });
  const needed = await bob.event("call.commitNeeded");
  assert.deepEqual(
    needed.remove.map(({ userId, leaf }) => [userId, leaf]),
    [["alice", 0]],
  );
  await bob.request("call.commit", commitFor(needed, 2));
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  assert.equal(await bob.refusal("call.sync", { callId, epoch: 0, number: 0 }), "call.notFound");
});

test("who leaves because the device was removed says so, and the others get it with the signature", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const proof = await alice.statement("leave", callId, "deviceRemoved");
  await alice.request("call.leave", { proof });
  const left = await bob.event("call.member", ({ member }) => member.state === "left");
  assert.deepEqual([left.member.userId, left.reason], ["alice", "deviceRemoved"]);
  assert.deepEqual(left.proof, proof);
});

test("the initiator ends the call for all, and nobody else can", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  await carol.event("call.ring");
  const forged = await bob.statement("end", callId, "ended");
  assert.equal(await bob.refusal("call.end", { proof: forged }), "call.notInitiator");
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  assert.equal((await bob.event("call.ended")).reason, "ended");
  assert.deepEqual(await carol.event("call.ringEnded"), { callId, reason: "ended" });
});

test("nobody answers within the time: no answer; the initiator hangs up before: cancelled", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const { callId } = await alice.call(["bob"]);
  await bob.event("call.ring");
  server.setClock(46_000);
  assert.deepEqual(await bob.event("call.ringEnded"), { callId, reason: "noAnswer" });
  assert.equal((await alice.event("call.ended")).reason, "noAnswer");

  server.setClock(0);
  const second = await alice.call(["bob"]);
  await bob.event("call.ring", (ring) => ring.callId === second.callId);
  await alice.request("call.leave", { proof: await alice.statement("leave", second.callId, "left") });
  assert.deepEqual(await bob.event("call.ringEnded"), { callId: second.callId, reason: "cancelled" });
});

test("ringing follows the person to another terminal", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const { callId } = await alice.call(["bob"]);
  await bob.event("call.ring");
  const other = await TestTerminal.connect(server);
  await other.signIn("bob", bob.device ?? assert.fail());
  assert.deepEqual(await bob.event("call.ringEnded"), { callId, reason: "movedElsewhere" });
  const ring = await other.event("call.ring");
  assert.equal(ring.callId, callId);
  await other.join(ring);
  await alice.event("call.commitNeeded");
});

test("somebody without connection for 30 s has left; a shorter gap is made up for", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  await bob.close();
  await bob.reconnect();
  await bob.resume();
  // The Welcome may have been lost with the connection, so it comes again.
  await bob.event("call.welcome");
  const synced = await bob.request("call.sync", { callId, epoch: 1, number: 1 });
  assert.deepEqual([synced.epoch, synced.commits.length], [1, 0]);
  await bob.close();
  await new Promise((resolve) => setImmediate(resolve));
  // The server has to see the closed socket before its clock moves.
  const watched = await alice.request("presence.watch", { userIds: [user("bob")] });
  if (watched.people[0]?.reachable === true)
    await alice.event("presence.changed", ({ reachable }) => !reachable);
  server.setClock(31_000);
  const left = await alice.event("call.member", ({ member }) => member.state === "left");
  assert.equal(left.reason, "lost");
});

test("a call that goes on can be joined later by who was invited", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const device = carol.device ?? assert.fail();
  await carol.request("binding.release", { proof: await carol.releaseProof() });
  const callId = await callOfTwo(alice, bob, ["carol"]);
  const back = await TestTerminal.connect(server);
  const { calls } = await back.signIn("carol", device);
  assert.deepEqual(
    calls.map((call) => call.callId),
    [callId],
  );
  await back.join(calls[0] ?? assert.fail());
  const needed = await alice.event("call.commitNeeded", ({ admit }) =>
    admit.some(({ userId }) => userId === "carol"),
  );
  await alice.request("call.commit", commitFor(needed, 2));
  assert.equal((await bob.event("call.committed")).epoch, 1);
  assert.equal((await back.event("call.welcome")).epoch, 2);
});

test("a member whose group is broken reads the group info and commits itself in again", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const { callId } = await alice.call(["bob"]);
  const ring = await bob.event("call.ring");
  const proof = await bob.joinProof(ring);
  await bob.request("call.join", { proof, keyPackage: keyPackageFor(proof) });
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await bob.event("call.welcome");

  assert.deepEqual(await bob.request("call.groupInfo", { callId }), {
    type: "awaited",
    epoch: 1,
    giver: "alice",
  });
  const needed = await alice.event("call.groupInfoNeeded");
  assert.deepEqual(needed, { callId, epoch: 1 });
  const stale = { callId, epoch: 0, groupInfo: utf8("info 0"), digest: new Uint8Array(32) };
  assert.equal(await alice.refusal("call.offerGroupInfo", stale), "delivery.staleEpoch");
  const offered = { groupInfo: utf8("info 1"), digest: new Uint8Array(32).fill(1) };
  await alice.request("call.offerGroupInfo", { ...needed, ...offered });
  assert.deepEqual(await bob.request("call.groupInfo", { callId }), {
    type: "given",
    epoch: 1,
    by: "alice",
    ...offered,
  });
  const leaf = { userId: user("bob"), leaf: LeafIndex.parse(1) };
  const body = { callId, epoch: 1, proof, commit: utf8("external"), leaf };
  assert.deepEqual(await bob.request("call.rejoin", body), { epoch: 2, number: 2 });
  const committed = await alice.event("call.committed");
  assert.deepEqual([committed.epoch, committed.number, committed.by], [1, 2, "bob"]);
  assert.deepEqual(await bob.request("call.groupInfo", { callId }), {
    type: "awaited",
    epoch: 2,
    giver: "alice",
  });
});

test("who declined a call that went on is told when it is over", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  await carol.event("call.ring");
  await carol.request("call.decline", { proof: await carol.statement("decline", callId, "declined") });
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  assert.equal((await carol.event("call.ended")).callId, callId);
});
