/** What a server that starts again on the same data makes of it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

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

test("data of another origin is not served: nobody in it would be recognised", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  await people(first, "alice");
  await first.close();
  await assert.rejects(
    startTestServer(t, { dataDir, port: first.port, origin: "http://127.0.0.1.example" }),
    (error) => {
      assert.ok(error instanceof StartError);
      assert.match(error.message, new RegExp(`signed for ${first.origin}`));
      assert.match(error.hint, new RegExp(`--origin ${first.origin}`));
      return true;
    },
  );
  const again = await startTestServer(t, { dataDir, port: first.port });
  assert.equal(again.origin, first.origin);
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
