/** Calls that somebody missed where no terminal of theirs was: kept for them alone, until they have them, and for no longer than is said. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import type { CallId } from "@signet/protocol";

import { databasePath } from "../../src/index.ts";
import { callOfTwo, commitFor, people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { newCallId } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";
import { resumed } from "../support/two-terminals.ts";

const dayMs = 24 * 3_600_000;

const release = async (terminal: TestTerminal): Promise<void> =>
  void (await terminal.request("binding.release", { proof: await terminal.releaseProof() }));
const back = (terminal: TestTerminal) => terminal.signIn(terminal.userId ?? "", terminal.device!);
const missedOf = async (terminal: TestTerminal) => terminal.request("missed.get", { after: 0 });
const ids = async (terminal: TestTerminal): Promise<readonly CallId[]> =>
  (await missedOf(terminal)).calls.map(({ callId }) => callId);
const take = (terminal: TestTerminal, ...callIds: readonly CallId[]) =>
  terminal.request("missed.taken", { callIds: [...callIds], refused: [] });
const states = (call: Awaited<ReturnType<TestTerminal["call"]>>) =>
  call.members.map(({ userId, state }) => `${userId} ${state}`);

/** Until nothing that was begun waits any more. */
async function ended(terminal: TestTerminal): Promise<void> {
  await terminal.event("call.ended");
}

test("a call to nobody there is kept as the caller signed it, until the person has it", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir });
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await release(ben);
  const proof = await ann.callProof(newCallId(), ["ben", "cleo"]);
  const { callId, members } = await ann.request("call.request", { proof });
  assert.deepEqual(states({ callId, members }), ["ann joined", "ben offline", "cleo ringing"]);
  assert.equal(await ben.refusal("missed.get", { after: 0 }), "auth.signInRequired");
  assert.equal(await ben.refusal("missed.taken", { callIds: [], refused: [] }), "auth.signInRequired");
  assert.deepEqual(await ids(cleo), []);
  await take(cleo, callId);
  await ann.close();
  await cleo.close();
  await server.close();

  await startTestServer(t, { dataDir, port: server.port });
  await ben.connectAgain();
  await back(ben);
  const { calls, keptMs, next } = await missedOf(ben);
  assert.deepEqual([calls.length, keptMs, next], [1, 7 * dayMs, undefined]);
  const [missed] = calls;
  assert.deepEqual(missed?.proof, proof);
  assert.equal(missed?.initiator.userId, "ann");
  assert.deepEqual(
    missed?.members.map(({ userId, entry }) => [userId, entry]),
    [
      ["ann", undefined],
      ["ben", undefined],
      ["cleo", undefined],
    ],
  );
  // A connection that breaks before the word that it arrived.
  await resumed(ben);
  assert.deepEqual((await missedOf(ben)).calls, calls);
  await take(ben, callId);
  assert.deepEqual(await ids(ben), []);
  await take(ben, callId);
});

test("what rang to the end at a terminal that was there is not kept, and what rang at none that was is", async (t) => {
  const server = await startTestServer(t, { limits: { ringMs: 1_000 } });
  const [ann, ben, cleo, dan] = await people(server, "ann", "ben", "cleo", "dan");
  const rung = await ann.call(["ben", "cleo", "dan"]);
  for (const one of [ben, cleo, dan]) await one.event("call.ring");
  // Signed in still, and gone.
  await ben.close();
  await dan.request("call.decline", { proof: await dan.statement("decline", rung.callId, "declined") });
  await ended(ann);
  await resumed(ben);
  assert.deepEqual(await Promise.all([ben, cleo, dan].map(ids)), [[rung.callId], [], []]);
  await take(ben, rung.callId);
  // The caller gives up, and somebody signs out while it rings.
  const givenUp = await ann.call(["ben", "cleo", "dan"]);
  await cleo.event("call.ring");
  await ben.close();
  await release(dan);
  await ann.request("call.leave", { proof: await ann.statement("leave", givenUp.callId, "left") });
  await resumed(ben);
  await back(dan);
  assert.deepEqual(await Promise.all([ben, cleo, dan].map(ids)), [[givenUp.callId], [], [givenUp.callId]]);
});

test("who comes into the call after all has not missed it, and who was brought in later has, by who did that", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben, cleo, dan] = await people(server, "ann", "ben", "cleo", "dan");
  await release(cleo);
  await release(dan);
  const callId = await callOfTwo(ann, ben, ["cleo"]);
  const { proof } = ben.events.find(({ type }) => type === "call.ring")!.body as Parameters<
    typeof ann.join
  >[0];
  const callProofDigest = new Uint8Array(await crypto.subtle.digest("SHA-256", proof.transcript));
  const invite = await ben.device!.sign({
    purpose: "invite",
    ...ben.common(),
    callId,
    callProofDigest,
    head: ben.head,
    userIds: ["dan"],
  });
  await ben.request("call.invite", { proof: invite });
  await back(dan);
  const { calls } = await missedOf(dan);
  assert.deepEqual(
    calls.map((call) => [call.callId, call.initiator.userId, call.statements?.map((said) => said.proof)]),
    [[callId, "ann", [invite]]],
  );
  await back(cleo);
  assert.deepEqual(await ids(cleo), [callId]);
  await cleo.join({ callId, proof });
  assert.deepEqual(await ids(cleo), []);
  const needed = await ann.event("call.commitNeeded", ({ admit }) => admit.length > 0);
  assert.ok(commitFor(needed, 2).admitted.length > 0);
});

/** Waits until no missed call is in the database. */
async function nothingIn(dataDir: string): Promise<void> {
  const rows = () => {
    const database = new DatabaseSync(databasePath(dataDir));
    const found = database.prepare("SELECT call_id FROM missed_calls").all();
    database.close();
    return found.length;
  };
  while (rows() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a call is kept for the days that are said, and not for one millisecond longer", async (t) => {
  const dataDir = tempDir(t);
  let nowMs = Date.now();
  const startMs = nowMs;
  const limits = { keepMissedMs: 3 * dayMs, bindingMs: 12 * 3_600_000 };
  const clock = (): number => nowMs;
  const server = await startTestServer(t, { dataDir, clock, limits });
  const [ann, ben] = await people(server, "ann", "ben");
  await release(ben);
  const { callId } = await ann.call(["ben"]);
  nowMs = startMs + 3 * dayMs - 1;
  ben.clock = clock;
  await back(ben);
  assert.deepEqual(await ids(ben), [callId]);
  nowMs = startMs + 3 * dayMs;
  assert.deepEqual(await ids(ben), []);
  // What is over is looked for once a minute.
  nowMs += 60_000;
  await nothingIn(dataDir);
});

test("a server that keeps none keeps none, and deletes what there was", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir });
  const [ann, ben] = await people(server, "ann", "ben");
  await release(ben);
  await ann.call(["ben"]);
  await ann.close();
  await server.close();
  const none = await startTestServer(t, { dataDir, port: server.port, limits: { keepMissedMs: 0 } });
  await resumed(ann);
  await ann.call(["ben"]);
  await ben.connectAgain();
  await back(ben);
  assert.deepEqual(await missedOf(ben), { calls: [], keptMs: 0 });
  await nothingIn(dataDir);
  await none.close();
  const again = await startTestServer(t, { dataDir, port: server.port });
  await resumed(ben);
  assert.deepEqual(await ids(ben), []);
  await again.close();
});

test("nobody fills it: eight by one caller are kept for one person, the latest", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await release(ben);
  const theirs = await cleo.call(["ben"]);
  const calls: CallId[] = [];
  for (let i = 0; i < 9; i++) calls.push((await ann.call(["ben"])).callId);
  await back(ben);
  assert.deepEqual(await ids(ben), [theirs.callId, ...calls.slice(1)]);
});

test("a call is kept that is no larger than is said", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  const { port } = first;
  const [ann, ben] = await people(first, "ann", "ben");
  await release(ben);
  await Promise.all([ann.close(), ben.close(), first.close()]);
  /** @returns whether it is kept, and then its size in bytes */
  const kept = async (missedBytes: number): Promise<number | undefined> => {
    const server = await startTestServer(t, { dataDir, port, limits: { missedBytes } });
    await resumed(ann);
    await ann.call(["ben"]);
    const database = new DatabaseSync(databasePath(dataDir));
    const [row] = database.prepare("SELECT length(call) AS bytes FROM missed_calls").all();
    database.close();
    await ben.connectAgain();
    await back(ben);
    await take(ben, ...(await ids(ben)));
    await release(ben);
    await Promise.all([ann.close(), ben.close(), server.close()]);
    return row === undefined ? undefined : Number(row["bytes"]);
  };
  const bytes = await kept(100_000);
  assert.ok(bytes !== undefined);
  // Signatures differ in length by a few bytes.
  assert.notEqual(await kept(bytes + 16), undefined);
  assert.equal(await kept(bytes - 16), undefined);
});

test("a caller is told the same whether the call is kept, is not, or takes the place of another one", async (t) => {
  const told: unknown[] = [];
  for (const limits of [{}, { keepMissedMs: 0 }, { missedBytes: 1 }, { missedPerPair: 1 }]) {
    const server = await startTestServer(t, { limits });
    const [ann, ben] = await people(server, "ann", "ben");
    await release(ben);
    for (let i = 0; i < 2; i++) {
      const before = ann.events.length;
      const { callId, members } = await ann.call(["ben"]);
      await ann.event("call.ended", (end) => end.callId === callId);
      const heard = ann.events.slice(before).map(({ type, body }) => [type, { ...body, callId: "" }]);
      told.push([members.map(({ entry: _, terminalId: __, ...member }) => member), heard]);
    }
    await server.close();
  }
  for (const one of told) assert.deepEqual(one, told[0]);
  assert.deepEqual(told[0], [
    [
      { userId: "ann", state: "joined" },
      { userId: "ben", state: "offline" },
    ],
    [["call.ended", { callId: "", reason: "noAnswer" }]],
  ]);
});

test("what a terminal could not verify is kept no longer, and the log of the server says why, once", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await release(ben);
  const { callId } = await ann.call(["ben"]);
  const refused = [{ callId, code: "proof.signature" }];
  const said = () =>
    server.log().match(/"reason":"(.*?)","msg":"a terminal could not verify a missed call"/g);
  await cleo.request("missed.taken", { callIds: [], refused });
  assert.equal(said(), null);
  await back(ben);
  assert.deepEqual(await ids(ben), [callId]);
  for (let i = 0; i < 2; i++) await ben.request("missed.taken", { callIds: [], refused });
  assert.deepEqual(await ids(ben), []);
  assert.equal(said()?.length, 1);
  assert.match(said()?.[0] ?? "", /proof\.signature/);
});
