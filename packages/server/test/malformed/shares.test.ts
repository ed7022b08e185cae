/** What one signed-in person may have of what is everybody's: audio connections, and bytes of replies. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeMessage } from "@signet/protocol";

import { callOfTwo, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import { user } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";

/** By what the server says, so that no time passes but as a test wants it. */
function still() {
  const startMs = Date.now();
  let laterMs = 0;
  return { clock: () => startMs + laterMs, later: (ms: number) => void (laterMs += ms) };
}

test("audio connections of a call are bounded for each person and minute, on whichever connection", async (t) => {
  const { clock, later } = still();
  const server = await startTestServer(t, { clock, limits: { offersPerMinute: 2 } });
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob);
  const offer = (terminal: TestTerminal) => terminal.refusal("media.offer", { callId, sdp: "v=0\r\n" });
  // Who is in no call takes nothing of it.
  for (let i = 0; i < 3; i++) assert.equal(await offer(carol), "call.notMember");
  for (let i = 0; i < 2; i++) assert.equal(await offer(bob), "media.badOffer");
  assert.equal(await offer(bob), "media.tooManyOffers");
  await bob.reconnect();
  await bob.resume();
  assert.equal(await offer(bob), "media.tooManyOffers");
  assert.equal(await offer(alice), "media.badOffer");
  later(29_999);
  assert.equal(await offer(bob), "media.tooManyOffers");
  later(2);
  assert.equal(await offer(bob), "media.badOffer");
});

test("who had their share of bytes is refused what has large replies, and nobody else, and nothing that leads out", async (t) => {
  const { clock, later } = still();
  const replyBytes = 40_000;
  const limits = { replyBytes, replyBytesPerMinute: 60_000, messageBurst: 10_000 };
  const server = await startTestServer(t, { clock, limits });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const sync = { callId, epoch: 0, number: 0 };
  const lookup = { userIds: [user("alice")] };
  const size = encodeMessage({ id: 1, body: await bob.request("call.sync", sync) }).length;
  /** @returns how often it was answered before nothing is left */
  const spendAll = async (): Promise<number> => {
    for (let answered = 0; ; answered += 1) {
      const answer = await bob.ask("call.sync", sync);
      if (answer.kind === "reply") continue;
      assert.equal(answer.kind === "error" && answer.code, "protocol.askedTooMuch");
      return answered;
    }
  };
  const asked = 1 + (await spendAll());
  assert.ok(asked * size <= replyBytes + size, "no more than the share, but for the last one");
  assert.ok(
    (asked + 8) * size > replyBytes,
    "and nearly all of it: registration and ring have taken the rest",
  );
  for (const [type, body] of [
    ["call.sync", sync],
    ["call.groupInfo", { callId }],
    ["directory.lookup", lookup],
    ["presence.watch", lookup],
    ["call.request", { proof: await bob.callProof(callId, ["alice"]) }],
  ] as const)
    assert.equal(await bob.refusal(type, body), "protocol.askedTooMuch", type);
  await alice.request("call.sync", sync);
  await alice.request("directory.lookup", { userIds: [user("bob")] });
  // Another connection is no other person; and nobody is kept from coming back.
  await bob.reconnect();
  const heard = bob.events.length;
  assert.deepEqual((await bob.resume()).calls, []);
  assert.equal(await bob.refusal("call.sync", sync), "protocol.askedTooMuch");
  assert.deepEqual(
    bob.events.slice(heard).filter(({ type }) => type === "call.welcome"),
    [],
    "nor is the Welcome sent again",
  );
  later(60_000);
  await bob.request("call.sync", sync);
  await bob.reconnect();
  await bob.resume();
  await bob.event("call.welcome", (found) => found.callId === callId);
  await spendAll();
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
});
