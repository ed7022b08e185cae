/** What a server that starts again on the same data makes of it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { databasePath, openSqliteStore, StartError } from "../../src/index.ts";
import { callOfTwo, people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

test("after an orderly restart the terminals in a call are told at once to offer their audio again", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  const [alice, bob] = await people(first, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  await first.close();
  await startTestServer(t, { dataDir, port: first.port });
  for (const terminal of [alice, bob]) {
    await terminal.reconnect();
    await terminal.resume();
    assert.deepEqual(await terminal.event("media.restarted"), { callId });
  }
});

test("the log of a call that cannot be read is dropped, and keeps neither server nor other calls from going on", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  const [alice, bob, carol, dave] = await people(first, "alice", "bob", "carol", "dave");
  const broken = await callOfTwo(alice, bob);
  const sound = await callOfTwo(carol, dave);
  await first.close();
  const store = openSqliteStore(databasePath(dataDir));
  await store.appendCallInputs(broken, [{ atMs: Date.now(), input: "{" }]);
  await store.close();
  const second = await startTestServer(t, { dataDir, port: first.port });
  assert.match(second.log(), /the log of a call cannot be read/);
  await carol.reconnect();
  await carol.resume();
  assert.equal((await carol.request("call.sync", { callId: sound, epoch: 0, number: 0 })).epoch, 1);
  await alice.reconnect();
  await alice.resume();
  assert.equal(await alice.refusal("call.sync", { callId: broken, epoch: 0, number: 0 }), "call.notFound");
});

test("data of another origin is not served: nobody in it would be recognised, and nothing in it is taken up", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  const [alice, bob] = await people(first, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  await first.close();
  let logged = "";
  const logStream = { write: (line: string) => void (logged += line) };
  const other = { port: first.port, origin: "http://127.0.0.1.example" };
  const administrators = ["bob" as UserId];
  await assert.rejects(startTestServer(t, { dataDir, ...other, administrators, logStream }), (error) => {
    assert.ok(error instanceof StartError);
    assert.match(error.message, new RegExp(`signed for ${first.origin}`));
    assert.match(error.hint, new RegExp(`--origin ${first.origin}`));
    return true;
  });
  assert.equal(logged, "");
  const store = openSqliteStore(databasePath(dataDir));
  const named = await store.nameAdministrators([]);
  await store.close();
  assert.deepEqual(named, [], "nobody is an administrator by a start that was refused");
  const again = await startTestServer(t, { dataDir, port: first.port });
  assert.equal(again.origin, first.origin);
  await alice.reconnect();
  await alice.resume();
  assert.deepEqual(await alice.event("media.restarted"), { callId });
});

test("the request of a call that has ended does not start it again, until the proof is too old anyway", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const request = { proof: await alice.callProof(randomBytes(16).toString("base64url"), ["bob"]) };
  const { callId } = await alice.request("call.request", request);
  await bob.event("call.ring");
  await alice.request("call.leave", { proof: await alice.statement("leave", callId, "left") });
  await bob.event("call.ringEnded");
  assert.equal(await alice.refusal("call.request", request), "call.notFound");
  server.setClock(4 * 60_000 + 1_000);
  assert.equal(await alice.refusal("call.request", request), "proof.time");
});
