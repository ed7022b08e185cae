/** Sound that callers leave: kept unread for whom they called in vain, and for nobody else, within bounds that cost nobody else's. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { mostMailboxesOfDevice, mostMessages, mostMessageSteps, sealedSoundBytes } from "@signet/protocol";

import { databasePath, defaultLimits } from "../../src/index.ts";
import { people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { user } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";
import { callAndLeave, listOf, mailboxProof, messageFor, someBytes } from "../support/voice.ts";

const dayMs = 24 * 3_600_000;
const release = async (terminal: TestTerminal): Promise<void> =>
  void (await terminal.request("binding.release", { proof: await terminal.releaseProof() }));
const back = (terminal: TestTerminal) => terminal.signIn(terminal.userId ?? "", terminal.device!);
const mailboxesOf = async (asker: TestTerminal, userId: string) =>
  (await asker.request("mailbox.of", { userId: user(userId) })).mailboxes.map(({ proof }) => proof);
const rows = (dataDir: string, table: string): number => {
  const database = new DatabaseSync(databasePath(dataDir));
  const found = database.prepare(`SELECT 1 FROM ${table}`).all();
  database.close();
  return found.length;
};
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};
const forgetsLater = { messageLeaveBurst: 200, messagesPerMinute: 200 };

test("a message is kept as it was left, with the call, until the person deletes it", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await release(ben);
  const { callId } = await ann.call(["ben"]);
  const left = await messageFor(ann, "ben", { callId, steps: mostMessageSteps });
  assert.equal(await ben.refusal("message.list", {}), "auth.signInRequired");
  await ann.request("message.leave", left);
  await ann.close();
  await cleo.close();
  await server.close();

  await startTestServer(t, { dataDir, port: server.port });
  await ben.connectAgain();
  await back(ben);
  const { keptMs, messages } = await ben.request("message.list", {});
  assert.deepEqual([keptMs, messages.map((one) => one.callId)], [7 * dayMs, [callId]]);
  const position = messages[0]!.position;
  const { message } = await ben.request("message.get", { position });
  assert.deepEqual([message?.keys, message?.sealed, message?.proof], [left.keys, left.sealed, left.proof]);
  assert.deepEqual([message?.call.callId, message?.call.initiator.userId], [callId, "ann"]);
  // Nobody else's to have or to delete.
  await ann.connectAgain();
  await back(ann);
  assert.deepEqual(await ann.request("message.get", { position }), {});
  await ann.request("message.delete", { positions: [position], refused: [] });
  assert.deepEqual(await listOf(ben), [callId]);
  await ben.request("message.delete", { positions: [position], refused: [] });
  assert.deepEqual([await listOf(ben), await ben.request("message.get", { position })], [[], {}]);
  await ben.request("message.delete", { positions: [position], refused: [] });
});

test("a terminal that is there hears that one was left, also after a call that it rang for to the end", async (t) => {
  const server = await startTestServer(t, { limits: { ringMs: 1_000 } });
  const [ann, ben] = await people(server, "ann", "ben");
  const { callId } = await ann.call(["ben"]);
  await ben.event("call.ring");
  await ann.event("call.ended");
  const message = await messageFor(ann, "ben", { callId });
  await ann.request("message.leave", message);
  await ben.event("message.left");
  assert.deepEqual(await listOf(ben), [callId]);
  assert.deepEqual((await ben.request("missed.get", { after: 0 })).calls, []);
  // One for each call: the second one is taken, and nobody gets it.
  await ann.request("message.leave", await messageFor(ann, "ben", { callId }));
  assert.deepEqual(await listOf(ben), [callId]);
});

test("whoever was not called in vain gets none, and the caller is told nothing of that", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir });
  const [ann, ben, cleo, dan] = await people(server, "ann", "ben", "cleo", "dan");
  await release(cleo);
  const { callId } = await ann.call(["ben", "cleo"]);
  await ben.join(await ben.event("call.ring"));
  // Ben came, dan was never called, cleo was called by somebody else.
  const answers = [
    await ann.request("message.leave", await messageFor(ann, "ben", { callId })),
    await ann.request("message.leave", await messageFor(ann, "dan", { callId })),
    await dan.request("message.leave", await messageFor(dan, "cleo", { callId })),
  ];
  assert.deepEqual(answers, [{}, {}, {}]);
  await back(cleo);
  assert.deepEqual(await Promise.all([ben, cleo, dan].map(listOf)), [[], [], []]);
  assert.equal(rows(dataDir, "voice_messages"), 3, "as much is written");
  assert.equal(
    await ann.refusal("message.leave", await messageFor(ann, "nobody", { callId })),
    "user.unknown",
  );
});

test("who was blocked is answered the same, sees the places of before, and nobody gets what they leave", async (t) => {
  const dataDir = tempDir(t);
  let nowMs = Date.now();
  const clock = (): number => nowMs;
  const server = await startTestServer(t, { dataDir, clock });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  const before = await mailboxProof(ben);
  await ben.request("mailbox.put", { proof: before });
  const open = await cleo.call(["ben"]);
  await cleo.request("call.end", { proof: await cleo.statement("end", open.callId, "cancelled") });
  nowMs += 1;
  for (const userId of ["ann", "cleo"])
    await ben.request("block.set", { userId: user(userId), isBlocked: true });
  nowMs += 1;
  const later = await mailboxProof(ben);
  await ben.request("mailbox.put", { proof: later });
  assert.deepEqual(await mailboxesOf(ann, "ben"), [before]);
  assert.deepEqual(await mailboxesOf(ben, "ben"), [before, later]);
  const { callId } = await ann.call(["ben"]);
  assert.equal(
    rows(dataDir, "unanswered_calls"),
    1,
    "who called in vain is not written down for whom they blocked",
  );
  // Also after a call of before.
  for (const [caller, of] of [
    [ann, callId],
    [cleo, open.callId],
  ] as const)
    assert.deepEqual(
      await caller.request("message.leave", await messageFor(caller, "ben", { callId: of })),
      {},
    );
  await ben.request("session.ping", {});
  assert.deepEqual([await listOf(ben), ben.events.some(({ type }) => type === "message.left")], [[], false]);
  assert.equal(rows(dataDir, "voice_messages"), 2, "as much is written");
  await ben.request("block.set", { userId: user("ann"), isBlocked: false });
  assert.deepEqual(await mailboxesOf(ann, "ben"), [before, later]);
});

test("what nobody gets, and calls that no message followed, are forgotten soon; messages after the days that are said", async (t) => {
  const dataDir = tempDir(t);
  let nowMs = Date.now();
  const clock = (): number => nowMs;
  const server = await startTestServer(t, {
    dataDir,
    clock,
    limits: { keepMissedMs: 3 * dayMs, bindingMs: 12 * 3_600_000 },
  });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  for (const one of [ann, ben]) one.clock = clock;
  await release(ben);
  await release(cleo);
  const startMs = nowMs;
  const { callId } = await callAndLeave(ann, "ben");
  const { callId: other } = await ann.call(["cleo"]);
  await ann.call(["cleo"]);
  await ann.request("message.leave", await messageFor(ann, "cleo"));
  assert.deepEqual([rows(dataDir, "voice_messages"), rows(dataDir, "unanswered_calls")], [2, 2]);
  nowMs += defaultLimits.messageOpenMs;
  await ann.request("message.leave", await messageFor(ann, "cleo", { callId: other }));
  nowMs += 60_000;
  await until(() => rows(dataDir, "unanswered_calls") === 0);
  cleo.clock = clock;
  await back(cleo);
  assert.deepEqual(await listOf(cleo), [], "too late");
  nowMs = startMs + 3 * dayMs - 1;
  await back(ben);
  assert.deepEqual(await listOf(ben), [callId]);
  nowMs = startMs + 3 * dayMs;
  assert.deepEqual(await listOf(ben), []);
  // What is over is looked for once a minute.
  nowMs += 60_000;
  await until(() => rows(dataDir, "voice_messages") === 0);
});

test("a server that keeps no missed calls takes no message, and says so to everybody", async (t) => {
  const server = await startTestServer(t, { limits: { keepMissedMs: 0 } });
  const [ann, ben] = await people(server, "ann", "ben");
  await ben.request("mailbox.put", { proof: await mailboxProof(ben) });
  const ask = { userId: user("ben") };
  assert.deepEqual(await ann.request("mailbox.of", ask), { mailboxes: [], keptMs: 0 });
  assert.equal(await ann.refusal("message.leave", await messageFor(ann, "ben")), "message.off");
  assert.deepEqual(await ben.request("message.list", {}), { messages: [], keptMs: 0 });
});

test("one caller's many messages cost their own, and nobody else's; nor anybody's missed calls", async (t) => {
  const most = defaultLimits.messagesPerPair;
  const server = await startTestServer(t, { limits: forgetsLater });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await release(ben);
  const { callId: kept } = await callAndLeave(cleo, "ben");
  const left: string[] = [];
  for (let count = 0; count < most; count++) left.push((await callAndLeave(ann, "ben")).callId);
  await back(ben);
  assert.deepEqual(await listOf(ben), [kept, ...left]);
  await release(ben);
  left.push((await callAndLeave(ann, "ben")).callId);
  await back(ben);
  assert.deepEqual(await listOf(ben), [kept, ...left.slice(1)]);
  const missed = (await ben.request("missed.get", { after: 0 })).calls.map(({ callId }) => callId);
  assert.deepEqual(missed, [kept, ...left]);
});

test("a caller has so many in all, and a person; who left most makes room", async (t) => {
  const limits = { ...forgetsLater, messagesPerPair: mostMessages, messagesPerCaller: 3 };
  const server = await startTestServer(t, { limits });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  for (const one of [ben, cleo]) await release(one);
  const first = await callAndLeave(ann, "ben");
  for (let count = 0; count < 2; count++) await callAndLeave(ann, "cleo");
  await back(ben);
  assert.deepEqual(await listOf(ben), [first.callId]);
  await callAndLeave(ann, "cleo");
  assert.deepEqual(await listOf(ben), []);
  await back(cleo);
  assert.equal((await listOf(cleo)).length, 3);
});

test("a person is kept so many, and one more takes the place of the oldest of who left most", async (t) => {
  const limits = { ...forgetsLater, messagesPerPair: mostMessages, messagesPerCaller: mostMessages };
  const server = await startTestServer(t, { limits });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await release(ben);
  const first = await callAndLeave(cleo, "ben");
  const left: string[] = [];
  for (let count = 1; count < mostMessages; count++) left.push((await callAndLeave(ann, "ben")).callId);
  await back(ben);
  assert.deepEqual(await listOf(ben), [first.callId, ...left]);
  await release(ben);
  const { callId } = await callAndLeave(cleo, "ben");
  await back(ben);
  assert.deepEqual(await listOf(ben), [first.callId, ...left.slice(1), callId]);
});

test("whoever calls with the ID of somebody else's call takes neither their missed call nor their message away", async (t) => {
  let nowMs = Date.now();
  const clock = (): number => nowMs;
  const server = await startTestServer(t, { clock });
  const [ann, ben, mal] = await people(server, "ann", "ben", "mal");
  for (const one of [ann, ben, mal]) one.clock = clock;
  await release(ben);
  const { callId } = await ann.call(["ben", "mal"]);
  await mal.request("call.decline", { proof: await mal.statement("decline", callId, "declined") });
  await ann.event("call.ended");
  // The server takes the ID again some minutes later, while a message may be left, and the call is kept as missed.
  const again = async (): Promise<void> => {
    nowMs += 5 * 60_000;
    // What is over is looked for now and then.
    while ((await mal.call(["ben"], callId).catch(() => undefined)) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await again();
  await mal.event("call.ended");
  await back(ben);
  const callers = async () =>
    (await ben.request("missed.get", { after: 0 })).calls.map(({ initiator }) => initiator.userId);
  assert.deepEqual(await callers(), ["ann", "mal"]);
  // Nor where the person declines what is called so again.
  await again();
  await ben.event("call.ring");
  await ben.request("call.decline", { proof: await ben.statement("decline", callId, "declined") });
  assert.deepEqual(await callers(), ["ann", "mal"]);
  await ann.request("message.leave", await messageFor(ann, "ben", { callId }));
  assert.deepEqual(await listOf(ben), [callId]);
  const [listed] = (await ben.request("message.list", {})).messages;
  const { message } = await ben.request("message.get", { position: listed!.position });
  assert.equal(message?.call.initiator.userId, "ann");
  await ben.request("missed.taken", { callIds: [callId], refused: [] });
  assert.deepEqual(await callers(), []);
});

test("so many messages are taken of one person at once, whoever gets them", async (t) => {
  const server = await startTestServer(t);
  const [ann] = await people(server, "ann", "ben");
  for (let count = 0; count < defaultLimits.messageLeaveBurst; count++)
    await ann.request("message.leave", await messageFor(ann, "ben"));
  assert.equal(await ann.refusal("message.leave", await messageFor(ann, "ben")), "protocol.askedTooMuch");
});

test("a place is kept once, as it was said first, and so many of a device: the one that was used longest ago goes", async (t) => {
  let nowMs = Date.now();
  const server = await startTestServer(t, { clock: () => nowMs });
  const [ann, ben] = await people(server, "ann", "ben");
  const keys = Array.from({ length: mostMailboxesOfDevice }, () => someBytes(32));
  const proofs = [];
  for (const key of keys) {
    const proof = await mailboxProof(ben, key);
    await ben.request("mailbox.put", { proof });
    proofs.push(proof);
    nowMs += 1;
  }
  // Said again: nothing of it tells when they signed in.
  ben.clock = () => nowMs;
  await ben.request("mailbox.put", { proof: await mailboxProof(ben, keys[0]) });
  assert.deepEqual(await mailboxesOf(ann, "ben"), proofs);
  nowMs += 1;
  const more = await mailboxProof(ben);
  await ben.request("mailbox.put", { proof: more });
  assert.deepEqual(await mailboxesOf(ann, "ben"), [proofs[0], ...proofs.slice(2), more]);
});

test("what does not belong together, or has no such size, is refused", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben] = await people(server, "ann", "ben");
  const good = await messageFor(ann, "ben");
  const refusal = (change: Partial<typeof good>) => ann.refusal("message.leave", { ...good, ...change });
  assert.equal(await refusal({ callId: (await messageFor(ann, "ben")).callId }), "proof.call");
  assert.equal(await refusal({ userId: user("ann") }), "proof.call");
  assert.equal(await refusal({ keys: [someBytes(300)] }), "proof.call");
  assert.equal(await refusal({ sealed: someBytes(sealedSoundBytes(1)) }), "proof.call");
  for (const length of [sealedSoundBytes(1) + 1, sealedSoundBytes(2) - 1])
    assert.equal(await refusal({ sealed: someBytes(length) }), "protocol.badMessage");
  for (const length of [sealedSoundBytes(1) - 1, sealedSoundBytes(mostMessageSteps) + 1])
    assert.equal(await refusal({ sealed: someBytes(length) }), "protocol.badMessage");
  const forged = await messageFor(ben, "ben");
  assert.equal(await ann.refusal("message.leave", forged), "proof.user");
  const leave = await ann.statement("leave", good.callId, "left");
  assert.equal(await refusal({ proof: leave }), "proof.purpose");
  // A place: by the terminal itself, of that use, and a key.
  const put = async (proof: Awaited<ReturnType<typeof mailboxProof>>) =>
    ben.refusal("mailbox.put", { proof });
  assert.equal(await put(await mailboxProof(ben, someBytes(32), "profile")), "protocol.badMessage");
  assert.equal(await put(await mailboxProof(ben, someBytes(31))), "protocol.badMessage");
  assert.equal(await put(await mailboxProof(ann)), "proof.user");
});
