/** Who is outside of a call that goes on asks whether somebody is in it: who is asked, whose answer is passed on, and that nothing is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { verifyBinding, foldHistory, verifyTerminalProof } from "@signet/device";
import { neededFeatures, presentBurst, toBase64Url } from "@signet/protocol";
import type { Bytes, CallId, ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import { asksOfOneBurst } from "../../src/call/present-words.ts";
import { callOfTwo, commitFor, people } from "../support/group.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import { newCallId, TestTerminal } from "../support/test-terminal.ts";

const nonceOf = (seed: number): Bytes => new Uint8Array(32).fill(seed);

function presentProof(
  terminal: TestTerminal,
  callId: string,
  nonce: Bytes,
  change: Partial<Transcript<"present">> = {},
): Promise<ProofIn> {
  return terminal.key.sign({ purpose: "present", ...terminal.common(), callId, nonce, ...change });
}

/** Brings one more of the invited into the call that the first of them began. */
async function bringIn(initiator: TestTerminal, callId: CallId, joiner: TestTerminal): Promise<void> {
  await joiner.join(await joiner.event("call.ring", (ring) => ring.callId === callId));
  const needed = await initiator.event("call.commitNeeded", ({ admit }) => admit.length > 0);
  await initiator.request("call.commit", commitFor(needed, needed.epoch + 1));
  await joiner.event("call.welcome");
}

test("the question goes to those in the call, and the answer with all that it takes to verify it to who asked", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  const nonce = nonceOf(1);
  await changesNothing(server, async () => {
    assert.deepEqual(await carol.request("call.askPresent", { callId, nonce }), { asked: 2 });
    const needed = await bob.event("call.presentNeeded");
    assert.deepEqual(needed, { callId, nonce, terminalId: carol.terminalId });
    assert.deepEqual(await alice.event("call.presentNeeded"), needed);
    const proof = await presentProof(bob, callId, nonce);
    assert.deepEqual(await bob.request("call.present", { terminalId: needed.terminalId, proof }), {});
    const word = await carol.event("call.memberPresent");
    assert.equal(word.callId, callId);
    const serverOrigin = server.origin;
    const folded = await foldHistory(word.entry, {
      serverOrigin,
      administratorDevices: async () => undefined,
    });
    assert.ok(folded.ok && folded.person.userId === "bob");
    const { person } = folded;
    const bound = await verifyBinding(word.binding, { serverOrigin, person, nowMs: Date.now() });
    assert.ok(bound.ok && bound.binding.terminalId === bob.terminalId);
    const said = await verifyTerminalProof(word.proof, {
      purpose: "present",
      serverOrigin,
      binding: bound.binding,
      time: { nowMs: Date.now() },
      fields: { callId, nonce },
    });
    assert.ok(said.ok);
  });
  assert.equal(alice.countOf("call.memberPresent") + bob.countOf("call.memberPresent"), 0);
});

test("three are asked, whoever they are by the nonce; nobody who is away, and not oneself", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol, dave, erin] = await people(server, "alice", "bob", "carol", "dave", "erin");
  const callId = await callOfTwo(alice, bob, ["carol", "dave", "erin"]);
  const ask = async (asker: TestTerminal, nonce = nonceOf(0)): Promise<number> =>
    (await asker.request("call.askPresent", { callId, nonce })).asked;
  assert.equal(await ask(erin), 2);
  await bringIn(alice, callId, carol);
  assert.equal(await ask(erin), 3);
  await bringIn(alice, callId, dave);
  assert.equal(await ask(erin), 3, "of four");
  const inside = [alice, bob, carol, dave];
  // Who is asked shows when all that was sent before has come.
  const counts = async (): Promise<number[]> => {
    for (const terminal of inside) await terminal.request("session.ping", {});
    return inside.map((terminal) => terminal.countOf("call.presentNeeded"));
  };
  assert.deepEqual(await counts(), [3, 3, 2, 0]);
  const later = nonceOf(0);
  later[1] = 2;
  assert.equal(await ask(erin, later), 3);
  assert.deepEqual(await counts(), [4, 3, 3, 1], "begins with the third");
  assert.equal(await ask(bob), 3, "the others");
  assert.equal(bob.countOf("call.presentNeeded"), 3);
  await bob.close();
  await dave.close();
  // The server hears of it by itself, before what comes later.
  while ((await ask(erin)) !== 2) await alice.request("session.ping", {});
});

test("a terminal that does not know the question is not asked", async (t) => {
  const server = await startTestServer(t);
  const [alice, carol] = await people(server, "alice", "carol");
  const bob = await TestTerminal.open(server);
  const { terminalId, key } = bob;
  const features = [...neededFeatures, "later"];
  const info = await bob.request("session.hello", {
    version: 1,
    terminalId,
    terminalKey: key.publicKey,
    features,
  });
  bob.origin = info.serverOrigin;
  await bob.prove();
  await bob.register("bob", await softwareDevice());
  const callId = await callOfTwo(alice, bob, ["carol"]);
  assert.deepEqual(await carol.request("call.askPresent", { callId, nonce: nonceOf(1) }), { asked: 1 });
  await alice.event("call.presentNeeded");
  await bob.request("session.ping", {});
  assert.equal(bob.countOf("call.presentNeeded"), 0);
});

test("only who may join may ask", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, mallory] = await people(server, "alice", "bob", "mallory");
  const callId = await callOfTwo(alice, bob, ["later"]);
  const [later] = await people(server, "later");
  const nonce = nonceOf(1);
  assert.equal(await mallory.refusal("call.askPresent", { callId, nonce }), "call.notInvited");
  assert.equal(await later.refusal("call.askPresent", { callId, nonce }), "call.notInvited");
  assert.equal(await bob.refusal("call.askPresent", { callId: newCallId(), nonce }), "call.notFound");
  await bob
    .request("call.end", { proof: await bob.statement("end", callId, "ended") })
    .catch(() => undefined);
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  assert.equal(await bob.refusal("call.askPresent", { callId, nonce }), "call.notFound");
  assert.equal(alice.countOf("call.presentNeeded"), 0);
});

test("only a word of this very terminal, which is in the call, goes to somebody who may ask", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol, mallory] = await people(server, "alice", "bob", "carol", "mallory");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  const nonce = nonceOf(1);
  const { terminalId } = carol;
  const say = async (terminal: TestTerminal, proof: Promise<ProofIn>, to = terminalId): Promise<ErrorCode> =>
    terminal.refusal("call.present", { terminalId: to, proof: await proof });
  const by = (terminal: TestTerminal, change: Partial<Transcript<"present">> = {}): Promise<ProofIn> =>
    presentProof(terminal, callId, nonce, change);
  await changesNothing(server, async () => {
    assert.equal(await say(mallory, by(mallory)), "call.notMember");
    assert.equal(await say(carol, by(carol)), "call.notMember");
    assert.equal(await say(mallory, by(bob)), "proof.user");
    assert.equal(await say(bob, by(bob, { callId: newCallId() })), "call.notFound");
    assert.equal(await say(bob, by(bob, { callId: "" })), "proof.call");
    assert.equal(await say(bob, by(bob, { issuedAtMs: Date.now() - 600_000 })), "proof.time");
    assert.equal(await say(bob, by(bob, { serverOrigin: "https://elsewhere.example" })), "proof.origin");
    assert.equal(await say(bob, bob.statement("leave", callId, "left")), "proof.purpose");
    const forged = by(bob).then(({ transcript, signature }) => ({
      transcript,
      signature: { ...signature, signature: new Uint8Array(64).fill(1) },
    }));
    assert.equal(await say(bob, forged), "proof.signature");
    assert.equal(await say(bob, by(bob), mallory.terminalId), "call.notInvited");
    const nobody = toBase64Url(nonce.subarray(0, 16)) as typeof terminalId;
    assert.equal(await say(bob, by(bob), nobody), "call.notInvited");
  });
  await carol.request("session.ping", {});
  await mallory.request("session.ping", {});
  assert.equal(carol.countOf("call.memberPresent") + mallory.countOf("call.memberPresent"), 0);
  await bob.request("call.present", { terminalId, proof: await by(bob) });
  await carol.event("call.memberPresent");
});

test("who asks or answers without end is refused, and stays connected", async (t) => {
  const limits = { messagesPerSecond: 10_000, messageBurst: 10_000 };
  const server = await startTestServer(t, { limits });
  const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  const { terminalId } = carol;
  const proof = await presentProof(bob, callId, nonceOf(1));
  // Eight a second are allowed on top: far from all of these, however long they take.
  const times = Array.from({ length: presentBurst * 4 });
  for (const [burst, ask] of [
    [asksOfOneBurst, () => carol.ask("call.askPresent", { callId, nonce: nonceOf(1) })],
    [presentBurst, () => bob.ask("call.present", { terminalId, proof })],
  ] as const) {
    const answers = await Promise.all(times.map(ask));
    const codes = answers.map((answer) => (answer.kind === "error" ? answer.code : answer.kind));
    assert.deepEqual(new Set(codes.slice(0, burst)), new Set(["reply"]));
    assert.ok(codes.includes("call.tooManyQuestions"));
    assert.deepEqual(new Set(codes), new Set(["reply", "call.tooManyQuestions"]));
  }
  await carol.request("session.ping", {});
  await bob.request("session.ping", {});
  assert.ok(carol.countOf("call.memberPresent") < times.length);
});
