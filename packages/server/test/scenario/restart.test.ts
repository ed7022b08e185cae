/** What outlives the server: registrations, bindings and running calls, also when it is killed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { utf8 } from "@signet/protocol";

import { callOfTwo, commitFor, people } from "../support/group.ts";
import { kill, spawnServer } from "../support/child-server.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

test("a registration that was acknowledged is there after the server was killed", async (t) => {
  const dataDir = tempDir(t);
  const first = await spawnServer(t, dataDir);
  const device = await softwareDevice();
  const terminal = await TestTerminal.connect(first);
  const { entry } = await terminal.register("alice", device);
  await kill(first);
  assert.equal(await terminal.closed(), 1006);

  // On the same port, since the origin that was signed names it.
  const second = await spawnServer(t, dataDir, first.port);
  const other = await TestTerminal.connect(second);
  assert.deepEqual((await other.signIn("alice", device)).entry, entry);
});

test("binding and call outlive a killed server: the terminal key alone takes them up again", async (t) => {
  const dataDir = tempDir(t);
  const first = await spawnServer(t, dataDir);
  const [alice, bob] = await people(first, "alice", "bob");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  await kill(first);

  await spawnServer(t, dataDir, first.port);
  await Promise.all([alice.closed(), bob.closed()]);
  await alice.reconnect();
  await alice.resume();
  await bob.reconnect();
  await bob.resume();
  const synced = await bob.request("call.sync", { callId, epoch: 0, number: 0 });
  assert.deepEqual(
    synced.commits.map(({ epoch, by, commit }) => [epoch, by, commit]),
    [[0, "alice", utf8("commit 0")]],
  );
  assert.deepEqual(
    synced.members.map(({ userId, state }) => [userId, state]),
    [
      ["alice", "joined"],
      ["bob", "joined"],
      ["carol", "unknown"],
    ],
  );
  // And it goes on: bob leaves, alice is asked to remove him.
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  const needed = await alice.event("call.commitNeeded", ({ remove }) => remove.length > 0);
  assert.deepEqual(await alice.request("call.commit", commitFor(needed, 2)), { epoch: 2, number: 2 });
});

test("a graceful stop tells the terminals, and their sessions go on afterwards", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  const [alice, bob] = await people(first, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const closed = alice.closed();
  await first.close();
  assert.equal(await closed, 4010);
  assert.deepEqual(alice.faults, ["server.stopping"]);

  const second = await startTestServer(t, { dataDir, port: first.port });
  assert.equal(second.instanceId, first.instanceId);
  await alice.reconnect();
  const resumed = await alice.resume();
  assert.deepEqual(resumed.calls, []);
  assert.equal((await alice.request("call.sync", { callId, epoch: 1, number: 1 })).epoch, 1);
  // Bob does not come back: 30 s later he has left, and alice commits his removal.
  second.setClock(31_000);
  const left = await alice.event(
    "call.member",
    ({ member }) => member.userId === "bob" && member.state === "left",
  );
  assert.equal(left.reason, "lost");
});

test("a call whose time ran out while the server was down is over when it is back", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  const [alice] = await people(first, "alice", "bob");
  const { callId } = await alice.call(["bob"]);
  await first.close();
  const second = await startTestServer(t, { dataDir, port: first.port, clock: () => Date.now() + 60_000 });
  assert.match(second.log(), /"reason":"noAnswer","msg":"call ended"/);
  await alice.reconnect();
  alice.clock = () => Date.now() + 60_000;
  await alice.resume();
  assert.equal(await alice.refusal("call.sync", { callId, epoch: 0, number: 0 }), "call.notFound");
  const { people: found } = await alice.request("directory.lookup", { userIds: [user("bob")] });
  assert.equal(found[0]?.reachable, false);
});
