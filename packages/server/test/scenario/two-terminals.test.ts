/** One person at two terminals: calls ring at both, and are taken from one. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";

import { decodeTranscript } from "@signet/protocol";
import type { CallId, ErrorCode, EventBody } from "@signet/protocol";

import { databasePath } from "../../src/index.ts";
import { commitFor } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { keyPackageFor } from "../support/key-package.ts";
import type { TestTerminal } from "../support/test-terminal.ts";
import { atTwoTerminals, resumed } from "../support/two-terminals.ts";
import type { Trio } from "../support/two-terminals.ts";

type Ring = EventBody<"call.ring">;

const ringOf = (terminal: TestTerminal, callId: CallId): Promise<Ring> =>
  terminal.event("call.ring", (ring) => ring.callId === callId);

const endOf = async (terminal: TestTerminal, callId: CallId): Promise<string> =>
  (await terminal.event("call.ringEnded", (body) => body.callId === callId)).reason;

async function joinRefusal(terminal: TestTerminal, ring: Ring): Promise<ErrorCode> {
  const proof = await terminal.joinProof(ring);
  return terminal.refusal("call.join", { proof, keyPackage: keyPackageFor(proof) });
}

const stateOf = (members: readonly { userId: string; state: string }[], userId: string) =>
  members.find((member) => member.userId === userId)?.state;

/** Registered here: what is registered while the tests run ends before the next one. */
const endings: (() => Promise<void> | void)[] = [];
const suite = { after: (run: () => Promise<void> | void): void => void endings.push(run) };
after(async () => {
  for (const end of endings) await end();
});
let server: TestServer;
let dataDir: string;
const trios: Trio[] = [];

/** With what it kept, and with terminals that resume. */
async function startAgain(port: number): Promise<void> {
  server = await startTestServer(suite, { dataDir, port });
}

before(async () => {
  const world = await atTwoTerminals(suite, 7);
  ({ dataDir } = world);
  trios.push(...world.trios);
  await startAgain(world.port);
});

/** Whom no test had before. */
async function nextTrio(): Promise<Trio> {
  const trio = trios.shift() ?? assert.fail("too few");
  for (const terminal of [trio.alice, trio.carol, trio.desk, trio.phone]) await resumed(terminal);
  return trio;
}

test("a call rings at both, the first answer wins, and what becomes of the other terminal leaves the call alone", async () => {
  const { alice, bob, carol, desk, phone } = await nextTrio();
  const { callId } = await alice.call([bob]);
  const [atDesk, atPhone] = await Promise.all([ringOf(desk, callId), ringOf(phone, callId)]);
  await phone.join(atPhone);
  assert.equal(await endOf(desk, callId), "answeredElsewhere");
  assert.equal(await joinRefusal(desk, atDesk), "call.atAnotherTerminal");
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await phone.event("call.welcome");
  // In a call at one: what calls him waits there, and does not ring at the other.
  const waiting = await carol.call([bob, `${alice.userId}`]);
  assert.equal(waiting.members.find(({ userId }) => userId === bob)?.waiting, true);
  await ringOf(phone, waiting.callId);
  await desk.request("session.ping", {});
  assert.equal(desk.countOf("call.ring"), 1);
  assert.equal(
    await desk.refusal("call.request", { proof: await desk.callProof("A".repeat(22), [`${carol.userId}`]) }),
    "call.inCall",
  );
  // His other terminal comes, is not offered the call that he is in, and goes.
  await resumed(desk);
  await desk.request("binding.release", { proof: await desk.releaseProof() });
  await desk.event("binding.ended", ({ reason }) => reason === "released");
  const again = { proof: await desk.releaseProof() };
  assert.equal(
    await desk.refusal("binding.release", again),
    "auth.bindingGone",
    "as the first word may find it",
  );
  const synced = await phone.request("call.sync", { callId, epoch: 1, number: 1 });
  assert.equal(stateOf(synced.members, bob), "joined");
  assert.equal(alice.countOf("call.commitNeeded"), 1);
  const { people } = await alice.request("directory.lookup", { userIds: [bob] });
  assert.equal(people[0]?.reachable, true);
});

test("a person is told where each of their own devices signed in last, and nobody else is", async () => {
  const { alice, desk, phone } = await nextTrio();
  const told = async (terminal: TestTerminal) => {
    const { bindings } = await terminal.request("binding.list", {});
    return bindings.map(({ proof, state }) => {
      const transcript = decodeTranscript(proof.transcript);
      return [transcript !== undefined && "terminalId" in transcript && transcript.terminalId, state];
    });
  };
  const ofBoth = (states: Readonly<Record<string, string>>) => new Set(Object.entries(states));
  const [atDesk, atPhone] = [desk.terminalId, phone.terminalId];
  assert.deepEqual(new Set(await told(desk)), ofBoth({ [atDesk]: "connected", [atPhone]: "connected" }));
  assert.deepEqual(await told(alice), [[alice.terminalId, "connected"]]);
  await phone.close();
  await server.close();
  await startAgain(server.port);
  await resumed(desk);
  assert.deepEqual(new Set(await told(desk)), ofBoth({ [atDesk]: "connected", [atPhone]: "away" }));
  await resumed(phone);
  await phone.request("binding.release", { proof: await phone.releaseProof() });
  assert.deepEqual(new Set(await told(desk)), ofBoth({ [atDesk]: "connected", [atPhone]: "ended" }));
  assert.equal(await phone.refusal("binding.list", {}), "auth.signInRequired");
});

test("a decline at one is the person's; who gives up, or lets the time pass, stops it at both", async () => {
  const { alice, bob, desk, phone } = await nextTrio();
  const first = (await alice.call([bob])).callId;
  await Promise.all([ringOf(desk, first), ringOf(phone, first)]);
  await desk.request("call.decline", { proof: await desk.statement("decline", first, "declined") });
  assert.equal(await endOf(phone, first), "declinedElsewhere");
  assert.equal((await alice.event("call.ended")).reason, "noAnswer");
  const second = (await alice.call([bob])).callId;
  await Promise.all([ringOf(desk, second), ringOf(phone, second)]);
  await alice.request("call.leave", { proof: await alice.statement("leave", second, "left") });
  for (const terminal of [desk, phone]) assert.equal(await endOf(terminal, second), "cancelled");
  const third = (await alice.call([bob])).callId;
  await Promise.all([ringOf(desk, third), ringOf(phone, third)]);
  server.setClock(46_000);
  for (const terminal of [desk, phone]) assert.equal(await endOf(terminal, third), "noAnswer");
  server.setClock(0);
});

test("after a restart each terminal resumes, rings again, and either can answer", async () => {
  const { alice, bob, carol, desk, phone } = await nextTrio();
  const { callId } = await alice.call([bob]);
  await Promise.all([ringOf(desk, callId), ringOf(phone, callId)]);
  await server.close();
  await startAgain(server.port);
  for (const terminal of [alice, carol, desk, phone]) await resumed(terminal);
  const [, atPhone] = await Promise.all([ringOf(desk, callId), ringOf(phone, callId)]);
  await desk.request("binding.release", { proof: await desk.releaseProof() });
  assert.equal(await endOf(desk, callId), "ended");
  await phone.join(atPhone);
  await alice.event("call.commitNeeded");
});

test("a binding that ended in the last moment of a server takes its terminal out of the call at the next start", async () => {
  const { alice, bob, carol, desk, phone } = await nextTrio();
  const { callId } = await alice.call([bob, `${carol.userId}`]);
  const [atDesk] = await Promise.all([ringOf(desk, callId), ringOf(phone, callId)]);
  await desk.join(atDesk);
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await server.close();
  const database = new DatabaseSync(databasePath(dataDir));
  database.prepare("DELETE FROM bindings WHERE terminal_id = ?").run(desk.terminalId);
  database.close();
  await startAgain(server.port);
  // At once, and not when it would count as lost.
  const { calls } = await resumed(phone);
  assert.equal(calls[0]?.callId, callId);
  await resumed(alice);
  const needed = await alice.event("call.commitNeeded", ({ remove }) => remove.length > 0);
  assert.deepEqual(
    needed.remove.map(({ terminalId }) => terminalId),
    [desk.terminalId],
  );
  await phone.join(calls[0]);
  await alice.event("call.commitNeeded", ({ admit }) => admit.length > 0);
});

test("who only calls is rung back at the terminal from which they call, and answers there alone", async () => {
  const { alice, bob, carol, desk, phone } = await nextTrio();
  const ofBob = (await desk.call([`${alice.userId}`, `${carol.userId}`])).callId;
  await ringOf(alice, ofBob);
  // Both call each other, from one terminal each.
  const called = await alice.call([bob]);
  assert.equal(stateOf(called.members, bob), "ringing");
  const atDesk = await ringOf(desk, called.callId);
  await resumed(phone);
  assert.equal(await joinRefusal(phone, atDesk), "call.inCall");
  assert.equal(phone.countOf("call.ring"), 0);
  assert.equal(stateOf((await carol.call([bob])).members, bob), "ringing");
  await desk.join(atDesk);
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await desk.event("call.welcome");
});

test("who lost the connection at one terminal comes in at the other one, and the first is out of the group", async () => {
  const { alice, bob, desk, phone } = await nextTrio();
  const { callId } = await alice.call([bob]);
  const [atDesk] = await Promise.all([ringOf(desk, callId), ringOf(phone, callId)]);
  await desk.join(atDesk);
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await desk.event("call.welcome");
  await alice.request("presence.watch", { userIds: [bob] });
  await phone.close();
  await desk.close();
  await alice.event("presence.changed", ({ reachable }) => !reachable);
  await phone.connectAgain();
  await phone.resume();
  await phone.join(atDesk);
  const needed = await alice.event("call.commitNeeded", ({ admit }) => admit.length > 0);
  assert.deepEqual(
    [needed.admit.map(({ terminalId }) => terminalId), needed.remove.map(({ terminalId }) => terminalId)],
    [[phone.terminalId], [desk.terminalId]],
  );
  await alice.request("call.commit", commitFor(needed, 2));
  await phone.event("call.welcome");
  await resumed(desk);
  assert.equal(await desk.refusal("call.sync", { callId, epoch: 1, number: 1 }), "call.notMember");
});
