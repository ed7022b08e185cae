/** Those in a call say whether they can be heard: passed on to the others in the group, kept in memory alone. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallId, ProofIn } from "@signet/protocol";

import { callOfTwo, commitFor, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestTerminal } from "../support/test-terminal.ts";

const word = (terminal: TestTerminal, callId: CallId, state: string): Promise<ProofIn> =>
  terminal.key.sign({ purpose: "microphone", ...terminal.common(), callId, state });

test("the word goes to the others in the group, and its latest to who comes in later; who left is not among them", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  await bob.request("call.microphone", { proof: await word(bob, callId, "none") });
  const proof = await word(bob, callId, "muted");
  await bob.request("call.microphone", { proof });
  const heard = await alice.event(
    "call.memberMicrophone",
    (said) => said.proof.signature.kind === "terminal",
  );
  assert.equal(heard.userId, "bob");
  await alice.event("call.memberMicrophone");
  // Who is only called hears nothing of it, and may not ask.
  assert.equal(carol.countOf("call.memberMicrophone"), 0);
  assert.equal(await carol.refusal("call.microphones", { callId }), "call.notMember");
  assert.equal(
    await carol.refusal("call.microphone", { proof: await word(carol, callId, "on") }),
    "call.notMember",
  );
  await carol.join(await carol.event("call.ring"));
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 2));
  await carol.event("call.welcome");
  const { said } = await carol.request("call.microphones", { callId });
  assert.deepEqual(
    said.map(({ userId, proof: { transcript } }) => [userId, transcript]),
    [["bob", proof.transcript]],
  );
  assert.deepEqual((await bob.request("call.microphones", { callId })).said, [], "not one's own");
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  assert.deepEqual((await carol.request("call.microphones", { callId })).said, []);
});

test("only a word of the own terminal for this call counts, and not more of one person than two a second", async (t) => {
  const nowMs = Date.now();
  // Nothing of the share comes back meanwhile.
  const server = await startTestServer(t, { clock: () => nowMs });
  const [alice, bob, carol, dave] = await people(server, "alice", "bob", "carol", "dave");
  const callId = await callOfTwo(alice, bob);
  const other = await callOfTwo(carol, dave);
  const refusal = async (proof: ProofIn) => bob.refusal("call.microphone", { proof });
  assert.equal(await refusal(await word(alice, callId, "muted")), "proof.user");
  assert.equal(await refusal(await word(bob, other, "muted")), "call.notMember");
  assert.equal(await refusal(await word(bob, callId, "loud")), "proof.call");
  assert.equal(await refusal(await bob.statement("leave", callId, "left")), "proof.purpose");
  assert.equal(alice.countOf("call.memberMicrophone"), 0);
  const proof = await word(bob, callId, "muted");
  // Those above count as well.
  for (let i = 4; i < 120; i++) await bob.request("call.microphone", { proof });
  assert.equal(await refusal(proof), "call.tooManyWords");
  assert.equal(await bob.refusal("call.microphones", { callId }), "call.tooManyWords");
  await alice.request("call.microphones", { callId });
});
