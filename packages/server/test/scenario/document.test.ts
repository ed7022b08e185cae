/** The sealed document of a person: kept as it came, for them alone, and never replaced unseen. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import {
  encodeMessage,
  maxMessageBytes,
  mostSealedBytes,
  mostWrappedBytes,
  mostWrappedKeys,
} from "@signet/protocol";
import type { Bytes, RequestBody } from "@signet/protocol";

import { people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal } from "../support/test-terminal.ts";
import { resumed } from "../support/two-terminals.ts";

const bytes = (length: number): Bytes => new Uint8Array(randomBytes(length));
const put = (version: number, replaces: number): RequestBody<"document.put"> => ({
  version,
  replaces,
  sealed: bytes(4_096),
  wrappedKeys: [bytes(200)],
});
const got = async (terminal: TestTerminal) => (await terminal.request("document.get", {})).document;

test("a document is got as it was put, by its person alone, also after a restart", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir });
  const [alice, bob] = await people(server, "alice", "bob");
  assert.equal(await got(alice), undefined);
  const { replaces, ...document } = put(3, 0);
  await alice.request("document.put", { ...document, replaces });
  assert.deepEqual(await got(alice), document);
  assert.equal(await got(bob), undefined);
  const theirs = put(1, 0);
  await bob.request("document.put", theirs);
  assert.deepEqual(await got(alice), document);
  const stranger = await TestTerminal.connect(server);
  assert.equal(await stranger.refusal("document.get", {}), "auth.signInRequired");
  assert.equal(await stranger.refusal("document.put", put(4, 3)), "auth.signInRequired");
  assert.equal(server.log().includes(Buffer.from(document.sealed).toString("base64url").slice(0, 40)), false);
  await alice.close();
  await server.close();
  await startTestServer(t, { dataDir, port: server.port });
  await resumed(alice);
  assert.deepEqual(await got(alice), document);
});

test("of two that replace the same one is kept, and the other is told", async (t) => {
  const [alice] = await people(await startTestServer(t), "alice");
  await alice.request("document.put", put(1, 0));
  const both = await Promise.all([
    alice.ask("document.put", put(2, 1)),
    alice.ask("document.put", put(2, 1)),
  ]);
  assert.deepEqual(
    both.map((answer) => (answer.kind === "error" ? answer.code : answer.kind)),
    ["reply", "document.outrun"],
  );
  for (const [version, replaces] of [
    [9, 0],
    [9, 1],
    [9, 3],
  ] as const)
    assert.equal(await alice.refusal("document.put", put(version, replaces)), "document.outrun");
  for (const version of [1, 2])
    assert.equal(await alice.refusal("document.put", put(version, 2)), "protocol.badMessage");
  assert.equal((await got(alice))?.version, 2);
  await alice.request("document.put", put(40, 2));
  assert.equal((await got(alice))?.version, 40);
});

test("what is put is bounded, and all that is allowed fits into a message", async (t) => {
  const [alice] = await people(await startTestServer(t), "alice");
  const keys = (count: number, length: number) => Array.from({ length: count }, () => bytes(length));
  const largest = {
    ...put(1, 0),
    sealed: bytes(mostSealedBytes),
    wrappedKeys: keys(mostWrappedKeys, mostWrappedBytes),
  };
  assert.equal(encodeMessage({ id: 1, type: "document.put", body: largest }).length < maxMessageBytes, true);
  await alice.request("document.put", largest);
  assert.deepEqual((await got(alice))?.sealed, largest.sealed);
  const next = put(2, 1);
  for (const more of [
    { ...next, sealed: bytes(mostSealedBytes + 1) },
    { ...next, sealed: bytes(0) },
    { ...next, wrappedKeys: keys(mostWrappedKeys + 1, 1) },
    { ...next, wrappedKeys: [bytes(mostWrappedBytes + 1)] },
    { ...next, wrappedKeys: [bytes(0)] },
    { ...next, version: 0, replaces: -1 },
  ])
    assert.equal(await alice.refusal("document.put", more), "protocol.badMessage");
  assert.equal((await got(alice))?.version, 1);
});

test("how often somebody puts is bounded for each person and minute, on whichever connection", async (t) => {
  const startMs = Date.now();
  let laterMs = 0;
  const limits = { documentBurst: 3, documentsPerMinute: 2 };
  const server = await startTestServer(t, { clock: () => startMs + laterMs, limits });
  const [alice, bob] = await people(server, "alice", "bob");
  for (let i = 0; i < 3; i++) await alice.request("document.put", put(i + 1, i));
  assert.equal(await alice.refusal("document.put", put(4, 3)), "protocol.askedTooMuch");
  await alice.reconnect();
  await alice.resume();
  assert.equal(await alice.refusal("document.put", put(4, 3)), "protocol.askedTooMuch");
  await bob.request("document.put", put(1, 0));
  laterMs = 29_999;
  assert.equal(await alice.refusal("document.put", put(4, 3)), "protocol.askedTooMuch");
  laterMs = 30_001;
  await alice.request("document.put", put(4, 3));
  assert.equal((await got(alice))?.version, 4);
});
