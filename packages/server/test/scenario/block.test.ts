/** Whoever was blocked cannot tell it from terminals that are away, and whoever blocked them is told nothing. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { mostBlocked } from "@signet/protocol";

import { databasePath } from "../../src/index.ts";
import { commitFor, inviting, people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { user } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";
import { resumed } from "../support/two-terminals.ts";
import { reaching, serviceFor, subscribed } from "../support/waking.ts";

const block = (terminal: TestTerminal, userId: string, isBlocked = true) =>
  terminal.request("block.set", { userId: user(userId), isBlocked });
const release = async (terminal: TestTerminal): Promise<void> =>
  void (await terminal.request("binding.release", { proof: await terminal.releaseProof() }));
const stateOf = (call: Awaited<ReturnType<TestTerminal["call"]>>, userId: string): string | undefined =>
  call.members.find((member) => member.userId === userId)?.state;
const hangUp = async (terminal: TestTerminal, callId: Parameters<TestTerminal["statement"]>[1]) =>
  terminal.request("call.end", { proof: await terminal.statement("end", callId, "cancelled") });
/** What a terminal was told of calls, after all that was on its way. */
async function heardOfCalls(terminal: TestTerminal): Promise<readonly string[]> {
  await terminal.request("session.ping", {});
  return terminal.events.map(({ type }) => type).filter((type) => type.startsWith("call."));
}

test("a caller who was blocked is told the same of who is there as of who is away, and that one nothing", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben, cleo, dan] = await people(server, "ann", "ben", "cleo", "dan");
  await block(ben, "ann");
  await release(cleo);
  const { people: found } = await ann.request("directory.lookup", { userIds: [user("ben"), user("cleo")] });
  assert.deepEqual(
    found.map(({ reachable, entry }) => [reachable, entry?.userId]),
    [
      [false, "ben"],
      [false, "cleo"],
    ],
  );
  const called = await ann.call(["ben", "cleo", "dan"]);
  const [ofBen, ofCleo] = called.members.slice(1).map(({ entry: _entry, userId: _userId, ...rest }) => rest);
  assert.deepEqual(ofBen, ofCleo);
  assert.equal(stateOf(called, "ben"), "offline");
  await dan.join(await dan.event("call.ring"));
  await ann.request("call.commit", commitFor(await ann.event("call.commitNeeded"), 1));
  await dan.event("call.welcome");
  // Nor of a call that goes on, when a terminal comes back; of no end of it; and nothing was kept of it.
  const { calls } = await resumed(ben);
  assert.deepEqual(calls ?? [], []);
  await hangUp(ann, called.callId);
  await dan.event("call.ended");
  assert.deepEqual(await heardOfCalls(ben), []);
  assert.deepEqual((await ben.request("missed.get", { after: 0 })).calls, []);
  // Others reach ben, and so does ann when it is over.
  assert.equal(stateOf(await dan.call(["ben"]), "ben"), "ringing");
  await block(ben, "ann", false);
  assert.equal(stateOf(await ann.call(["ben"]), "ben"), "ringing");
  await ben.event("call.ring", ({ callId }) => callId !== called.callId);
});

test("where a browser would be woken it rings to the caller for the whole time; nobody is woken, and no terminal that comes rings", async (t) => {
  const service = await serviceFor(t);
  const limits = { ringMs: 1_500, openRings: 1 };
  const server = await startTestServer(t, { push: reaching(service), limits });
  const [ann, ben, dan] = await people(server, "ann", "ben", "dan");
  await subscribed(ben, service);
  await block(ben, "ann");
  await ben.close();
  const called = await ann.call(["ben"]);
  assert.equal(stateOf(called, "ben"), "ringing");
  await resumed(ben);
  // It makes ben busy for nobody else.
  const other = await dan.call(["ben"]);
  assert.equal(stateOf(other, "ben"), "ringing");
  const { callId } = await ben.event("call.ring");
  assert.equal(callId, other.callId);
  const { member } = await ann.event("call.member", ({ member: { userId } }) => userId === "ben");
  assert.deepEqual([member.state, member.waiting], ["noAnswer", undefined]);
  await dan.event("call.member", ({ member: { userId } }) => userId === "ben");
  assert.equal(service.pushed.length, 0);
  assert.equal(ben.countOf("call.ring"), 1);
  assert.deepEqual((await ben.request("missed.get", { after: 0 })).calls, []);
});

test("somebody in a call is told to nobody whom they blocked, who could be woken to them all the same", async (t) => {
  const service = await serviceFor(t);
  const server = await startTestServer(t, { push: reaching(service) });
  const [ann, ben, dan] = await people(server, "ann", "ben", "dan");
  await subscribed(ben, service);
  await block(ben, "ann");
  await dan.call(["ben"]);
  const ring = await ben.event("call.ring");
  const before = await ann.call(["ben"]);
  // It rings for ann before ben comes into the call, and after it, as it does where nobody is.
  await ben.join(ring);
  await ann.request("session.ping", {});
  assert.equal(ann.countOf("call.member"), 0);
  await hangUp(ann, before.callId);
  const after = (await ann.call(["ben"])).members.find(({ userId }) => userId === "ben");
  assert.deepEqual([after?.state, after?.waiting], ["ringing", undefined]);
});

test("whoever is not blocked brings them into the call of one who is, also while it seems to ring there", async (t) => {
  const service = await serviceFor(t);
  const server = await startTestServer(t, { push: reaching(service) });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await subscribed(ben, service);
  await block(ben, "ann");
  const { callId } = await ann.call(["ben", "cleo"]);
  const ring = await cleo.event("call.ring");
  await cleo.join(ring);
  await ann.request("call.commit", commitFor(await ann.event("call.commitNeeded"), 1));
  await cleo.event("call.welcome");
  assert.deepEqual(await heardOfCalls(ben), []);
  // One who is blocked cannot do so either.
  await ann.request("call.invite", { proof: await inviting(ann, callId, ring.proof, ["ben"]) });
  assert.deepEqual(await heardOfCalls(ben), []);
  // It rings already, as far as anybody can tell: that is not begun anew.
  await cleo.request("session.ping", {});
  assert.ok(!cleo.events.some(({ type, body }) => type === "call.member" && body.member.userId === "ben"));
  const proof = await inviting(cleo, callId, ring.proof, ["ben"]);
  const { members } = await cleo.request("call.invite", { proof });
  assert.equal(members.find(({ userId }) => userId === "ben")?.state, "ringing");
  assert.equal((await ben.event("call.ring")).callId, callId);
  // Now it is a ring as any other: a terminal that comes back hears of it.
  await resumed(ben);
  assert.equal((await ben.event("call.ring")).callId, callId);
});

test("to whom somebody blocks they go, and come back when that is over; what they do meanwhile is not told", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben, dan] = await people(server, "ann", "ben", "dan");
  for (const watcher of [ann, dan]) await watcher.request("presence.watch", { userIds: [user("ben")] });
  await block(ben, "ann");
  assert.deepEqual(await ann.event("presence.changed"), { userId: "ben", reachable: false });
  const watched = await ann.request("presence.watch", { userIds: [user("ben")] });
  assert.deepEqual(watched.people, [{ userId: "ben", reachable: false }]);
  const device = ben.device ?? assert.fail();
  await release(ben);
  await ben.signIn("ben", device);
  await dan.event("presence.changed", ({ reachable }) => reachable);
  await ann.request("session.ping", {});
  assert.equal(ann.countOf("presence.changed"), 1);
  // Once more changes nothing.
  await block(ben, "ann");
  await block(ben, "ann", false);
  await block(ben, "ann", false);
  assert.deepEqual(await ann.event("presence.changed"), { userId: "ben", reachable: true });
  await ann.request("session.ping", {});
  assert.equal(ann.countOf("presence.changed"), 2);
  assert.equal(dan.countOf("presence.changed"), 2);
});

test("whom one blocks is kept for oneself alone, in its order, up to a number; and not changed all the time", async (t) => {
  const dataDir = tempDir(t);
  const limits = { blocksPerMinute: 4 };
  const first = await startTestServer(t, { dataDir, limits });
  const [ann, ben] = await people(first, "ann", "ben");
  for (const userId of ["zoe", "ben", "nobody"]) await block(ann, userId);
  await block(ann, "ben", false);
  assert.equal(
    await ann.refusal("block.set", { userId: user("ben"), isBlocked: true }),
    "protocol.askedTooMuch",
  );
  assert.deepEqual(await ann.request("block.get", {}), { userIds: ["zoe", "nobody"] });
  assert.deepEqual(await ben.request("block.get", {}), { userIds: [] });
  await release(ben);
  assert.equal(await ben.refusal("block.get", {}), "auth.signInRequired");
  assert.equal(
    await ben.refusal("block.set", { userId: user("ann"), isBlocked: true }),
    "auth.signInRequired",
  );
  await ann.close();
  await first.close();

  const database = new DatabaseSync(databasePath(dataDir));
  const add = database.prepare("INSERT INTO blocks (user_id, blocked_id) VALUES ('ann', ?)");
  for (let i = 2; i < mostBlocked - 1; i += 1) add.run(`one${i}`);
  database.close();
  await startTestServer(t, { dataDir, port: first.port, limits });
  await resumed(ann);
  await block(ann, "last");
  assert.equal(await ann.refusal("block.set", { userId: user("more"), isBlocked: true }), "block.tooMany");
  await block(ann, "last");
  const { userIds } = await ann.request("block.get", {});
  assert.deepEqual([userIds.length, userIds[0], userIds.at(-1)], [mostBlocked, "zoe", "last"]);
});
