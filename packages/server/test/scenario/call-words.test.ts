/** Sealed words in a call: in one order, to those in the group alone, the latest kept for who comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mostWordBytes, mostWords, mostWordsBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { callOfTwo, commitFor, people } from "../support/group.ts";
import { helloOf } from "../support/hello.ts";
import { startTestServer } from "../support/test-server.ts";

const sealed = (first: number, length = 4): Bytes => new Uint8Array(length).fill(1).with(0, first);

test("words go to the others in the group in one order, and what was said since is given to who asks", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  assert.deepEqual(await bob.request("call.say", { callId, sealed: sealed(1) }), { number: 1, unread: [] });
  assert.equal((await alice.request("call.say", { callId, sealed: sealed(2) })).number, 2);
  assert.deepEqual(await alice.event("call.said"), { callId, number: 1, sealed: sealed(1) });
  assert.deepEqual(await bob.event("call.said"), { callId, number: 2, sealed: sealed(2) });
  // The same again, since its sender did not hear that it was taken; by another terminal it is another one.
  assert.equal((await bob.request("call.say", { callId, sealed: sealed(1) })).number, 1);
  assert.equal((await alice.request("call.say", { callId, sealed: sealed(1) })).number, 3);
  assert.equal((await bob.event("call.said")).number, 3);
  assert.equal(alice.countOf("call.said"), 1, "not twice");
  assert.equal(carol.countOf("call.said"), 0);
  assert.equal(await carol.refusal("call.say", { callId, sealed: sealed(1) }), "call.notMember");
  assert.equal(await carol.refusal("call.saidSince", { callId, after: 0 }), "call.notMember");
  await carol.join(await carol.event("call.ring"));
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 2));
  await carol.event("call.welcome");
  const since = await carol.request("call.saidSince", { callId, after: 1 });
  assert.deepEqual(since, {
    said: [
      { number: 2, sealed: sealed(2) },
      { number: 3, sealed: sealed(1) },
    ],
    last: 3,
    unread: [],
  });
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  assert.equal(await bob.refusal("call.saidSince", { callId, after: 0 }), "call.notMember");
});

test("the latest are kept: so many, and so many bytes of them", async (t) => {
  const server = await startTestServer(t, { limits: { messagesPerSecond: 10_000, messageBurst: 10_000 } });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  for (let i = 0; i < 10; i++) await alice.request("call.say", { callId, sealed: sealed(i, mostWordBytes) });
  const { last, said } = await bob.request("call.saidSince", { callId, after: 0 });
  assert.equal(last, 10);
  assert.deepEqual(
    said.map(({ number }) => number),
    [3, 4, 5, 6, 7, 8, 9, 10],
  );
  assert.equal(mostWordsBytes, 8 * mostWordBytes);
  for (const one of [alice, bob])
    for (let i = 0; i < 200; i++) await one.request("call.say", { callId, sealed: sealed(i) });
  const many = await bob.request("call.saidSince", { callId, after: 0 });
  assert.equal(many.said.length, mostWords);
});

test("one person says no more than so much, and asks no more", async (t) => {
  const nowMs = Date.now();
  const server = await startTestServer(t, {
    clock: () => nowMs,
    limits: { messagesPerSecond: 10_000, messageBurst: 10_000 },
  });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  for (let i = 0; i < 240; i++) await alice.request("call.say", { callId, sealed: sealed(i) });
  assert.equal(await alice.refusal("call.say", { callId, sealed: sealed(1) }), "word.tooMany");
  assert.equal(await alice.refusal("call.saidSince", { callId, after: 0 }), "word.tooMany");
  let bytes = 0;
  for (; bytes < 2 * 1024 * 1024; bytes += mostWordBytes)
    await bob.request("call.say", {
      callId,
      sealed: sealed(1, mostWordBytes).with(1, bytes / mostWordBytes),
    });
  assert.equal(await bob.refusal("call.say", { callId, sealed: sealed(9) }), "word.tooMany");
  assert.equal(
    await bob.refusal("call.say", { callId, sealed: sealed(1, mostWordBytes + 1) }),
    "protocol.badMessage",
  );
});

test("a terminal that knows no words gets none, and who has one is named", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const { terminalId, key } = bob;
  const hello = helloOf({ terminalId, terminalKey: key.publicKey });
  const features = hello.features.filter((feature) => feature !== "words");
  bob.hello = async () => bob.request("session.hello", { ...hello, features });
  await bob.reconnect();
  await bob.resume();
  const { unread } = await alice.request("call.say", { callId, sealed: sealed(1) });
  assert.deepEqual(unread, ["bob"]);
  assert.deepEqual((await alice.request("call.saidSince", { callId, after: 1 })).unread, ["bob"]);
  await bob.request("session.ping", {});
  assert.equal(bob.countOf("call.said"), 0);
});
