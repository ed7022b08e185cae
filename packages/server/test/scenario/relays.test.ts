/** What a terminal is told of what carries its audio where UDP does not get through. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { callOfTwo, people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { newCallId, TestTerminal } from "../support/test-terminal.ts";

const urls = ["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:443?transport=tcp"];

function secretFile(t: TestContext, secret: string): string {
  const path = join(tempDir(t), "turn-secret");
  writeFileSync(path, `${secret}\n`);
  return path;
}

test("TURN servers of others are named with credentials of this moment, which say nothing of who has them", async (t) => {
  const nowMs = Date.now();
  const server = await startTestServer(t, {
    clock: () => nowMs,
    turnUrls: urls,
    turnSecretFile: secretFile(t, "north"),
  });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const [first, second] = [
    await alice.request("media.relays", { callId }),
    await bob.request("media.relays", { callId }),
  ].map(({ relays }) => relays.find((relay) => relay.urls.includes(urls[0]!)) ?? assert.fail());
  for (const { urls: named, username, credential, expiresAtMs } of [first!, second!]) {
    assert.deepEqual(named, urls);
    assert.match(username, /^\d+:[\w-]{16}$/);
    assert.equal(Number(username.split(":")[0]) * 1000, expiresAtMs);
    assert.equal(expiresAtMs, Math.floor((nowMs + 12 * 3_600_000) / 1000) * 1000);
    assert.equal(credential, createHmac("sha1", "north").update(username).digest("base64"));
    assert.ok(!server.log().includes(credential));
  }
  assert.notEqual(first!.username, second!.username);
});

test("relays are told to who takes part in the call, or would make a probe", async (t) => {
  const server = await startTestServer(t, { turnUrls: urls, turnSecretFile: secretFile(t, "north") });
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const stranger = await TestTerminal.connect(server);
  t.after(() => stranger.close());
  const callId = await callOfTwo(alice, bob);
  assert.equal(await stranger.refusal("media.relays", {}), "auth.signInRequired");
  assert.equal(await carol.refusal("media.relays", { callId }), "call.notMember");
  assert.equal(await carol.refusal("media.relays", { callId: newCallId() }), "call.notFound");
  assert.equal(await alice.refusal("media.relays", {}), "call.inCall");
  assert.ok((await carol.request("media.relays", {})).relays.length > 0);
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  assert.notEqual(await bob.refusal("media.relays", { callId }), undefined);
});

test("what came and went on a media connection is told to who has it, and nobody else", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const stranger = await TestTerminal.connect(server);
  t.after(() => stranger.close());
  const callId = await callOfTwo(alice, bob);
  assert.equal(await stranger.refusal("media.flow", { callId }), "auth.signInRequired");
  assert.equal(await carol.refusal("media.flow", { callId }), "call.notMember");
  assert.equal(await carol.refusal("media.flow", { callId: newCallId() }), "call.notFound");
  assert.deepEqual(await alice.request("media.flow", { callId }), { connected: false });
});

test("a server with half of what TURN servers of others need does not start", async (t) => {
  const refusal = (options: Parameters<typeof startTestServer>[1]) => startTestServer(t, options);
  await assert.rejects(refusal({ turnUrls: urls }), /belong together/);
  await assert.rejects(refusal({ turnSecretFile: secretFile(t, "north") }), /belong together/);
  await assert.rejects(
    refusal({ turnUrls: urls, turnSecretFile: secretFile(t, "") }),
    /holds no secret of these TURN servers/,
  );
});
