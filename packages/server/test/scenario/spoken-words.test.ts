/** What terminals sign of what they say: passed on unread to the others in the group while it is heard, bounded, and from nobody else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes, CallId, CallServerState, TerminalId, UserId } from "@signet/protocol";

import { SpokenWords } from "../../src/call/spoken-words.ts";
import { callOfTwo, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";

const word = (content: number): Bytes => new Uint8Array(92).fill(content);

test("a word goes to the others in the group and to nobody else, and from nobody else", async (t) => {
  let nowMs = Date.now();
  const server = await startTestServer(t, { clock: () => nowMs });
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  await bob.request("call.spoke", { callId, word: word(1) });
  assert.deepEqual(await alice.event("call.memberSpoke"), { callId, word: word(1) });
  assert.equal(await carol.refusal("call.spoke", { callId, word: word(2) }), "call.notMember");
  const other = "A".repeat(22) as CallId;
  assert.equal(await bob.refusal("call.spoke", { callId: other, word: word(2) }), "call.notFound");
  for (const size of [91, 1_117])
    assert.equal(
      await bob.refusal("call.spoke", { callId, word: new Uint8Array(size) }),
      "protocol.badMessage",
    );
  await Promise.all([bob, carol].map((one) => one.request("session.ping", {})));
  assert.equal(bob.countOf("call.memberSpoke") + carol.countOf("call.memberSpoke"), 0);

  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  await bob.request("call.spoke", { callId, word: word(3) });
  assert.deepEqual((await alice.event("call.memberSpoke")).word, word(3), "for what was sealed last");
  nowMs += 3_100;
  assert.equal(await bob.refusal("call.spoke", { callId, word: word(4) }), "call.notMember");
});

test("of one person no more than four a second, and sixty at once", async (t) => {
  const nowMs = Date.now();
  const server = await startTestServer(t, { clock: () => nowMs });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  for (let n = 0; n < 60; n++) await bob.request("call.spoke", { callId, word: word(n) });
  assert.equal(await bob.refusal("call.spoke", { callId, word: word(60) }), "call.tooManyWords");
  await alice.request("call.spoke", { callId, word: word(1) });
});

test("in a call of many the words of those alone are passed on who are forwarded, or were a moment ago", () => {
  const callId = "call" as CallId;
  const ids = Array.from({ length: 20 }, (_, n) => `t${n}` as TerminalId);
  const members = new Map(
    ids.map((terminalId, n) => {
      const userId = `u${n}` as UserId;
      return [userId, { userId, terminalId, connected: true, state: "joined", leaf: n }];
    }),
  );
  const state = { callId, members } as unknown as CallServerState;
  let nowMs = 0;
  let received = 0;
  const endpoint = { hasFeature: () => true, sendText: () => received++ };
  const ofBefore = { hasFeature: () => false, sendText: () => assert.fail("it does not know what that is") };
  const words = new SpokenWords(
    { endpointAt: (terminalId) => (terminalId === ids[19] ? ofBefore : endpoint) as never },
    { size: 1, stateOf: (id) => (id === callId ? state : undefined) },
    () => nowMs,
  );
  const allSay = (): number => {
    received = 0;
    for (const [n, terminalId] of ids.entries())
      assert.ok(words.say(state, { userId: `u${n}` as UserId, terminalId }, word(n)));
    return received;
  };
  assert.equal(allSay(), 19 * 18 + 19, "nothing is known of it yet");
  words.voices("another" as CallId, []);
  assert.equal(allSay(), 19 * 18 + 19);
  words.voices(callId, ids.slice(0, 8));
  assert.equal(allSay(), 8 * 18);
  words.voices(callId, ids.slice(1, 9));
  nowMs = 5_000;
  assert.equal(allSay(), 9 * 18, "what was heard last is still to be proven");
  nowMs = 5_001;
  assert.equal(allSay(), 8 * 18);
  words.voices(callId, ids.slice(1, 9));
  assert.equal(allSay(), 8 * 18);
});
