/** A server that shows one person another directory than the others, by the same log's key: found in the call itself, by who is honest in it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { judgeEvidence, openCheckpoint, parseEvidence, parseVerifierKey, seenIn } from "@signet/directory";
import { codeOf } from "@signet/protocol";
import type { UserId } from "@signet/protocol";
import { MemoryPinStore, deviceAtHand } from "@signet/terminal";

import { ForkedServer } from "./support/forked-server.ts";
import type { Registered } from "./support/forked-server.ts";
import { forgeJoiner, newDevice } from "./support/forgery.ts";
import { agree, answer, participant, rings } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

async function forked(t: TestContext): Promise<ForkedServer> {
  const server = await ForkedServer.start();
  t.after(() => server.close());
  return server;
}

const warned = ({ terminal }: Deceived): readonly string[] =>
  terminal.state.warnings.map(({ code, userId = "" }) => `${code} ${userId}`);

/** As the server says to everybody. */
async function logOf(address: string): Promise<{ readonly verifierKey: string }> {
  const said = await fetch(`${address}/.well-known/signet-log`);
  return (await said.json()) as { readonly verifierKey: string };
}

/** The person is told of whom it was. */
async function isTold(person: Deceived, about: { readonly userId: UserId }): Promise<void> {
  await person.until(({ warnings }) => warnings.length > 0, "the warning");
  assert.deepEqual(warned(person), [`log.otherView ${about.userId}`]);
}

/** As {@link isTold}; what is kept convinces a stranger: two notes by the log's key, and what somebody signed who was shown one of them. */
async function findsOut(
  server: ForkedServer,
  person: Deceived,
  about: { readonly userId: UserId },
  { hasSigned = false } = {},
): Promise<void> {
  await isTold(person, about);
  const [text = "", ...more] = person.terminal.log.evidence();
  assert.deepEqual(more, []);
  const evidence = parseEvidence(text);
  assert.ok(evidence !== undefined, text);
  const { verifierKey } = await logOf(server.address);
  const { judgement } = await judgeEvidence(evidence, parseVerifierKey(verifierKey));
  assert.equal(judgement, "proven");
  assert.deepEqual(
    evidence.proofs?.map((proof) => seenIn(proof)?.userId),
    [...(hasSigned ? [person.userId] : []), about.userId],
  );
}

const refused = (person: Deceived) => person.server.next("call.ringRefused");
const ended = (person: Deceived) => person.until(({ call }) => call?.phase === "ended", "the end");

async function isRefused(by: Deceived, calling: () => Promise<unknown>): Promise<void> {
  const ring = refused(by);
  await calling();
  assert.equal((await ring).code, "log.otherView");
  assert.deepEqual(by.terminal.state.ringing, []);
}

/** Who came since is proven here: so far the log is seen. */
async function sees({ terminal }: Deceived, name: string): Promise<void> {
  const [found] = await terminal.lookup([name as UserId]);
  assert.ok(found?.entry !== undefined, JSON.stringify(found));
}

/** Registered before the fork. */
const before = async <const T extends readonly string[]>(server: ForkedServer, ...names: T) => {
  const all: Registered[] = [];
  for (const name of names) all.push(await server.registered(name));
  return all as { [K in keyof T]: Registered };
};

test("split view of two members, alone: whoever is called finds it, whichever of the two is lied to", async (t) => {
  const server = await forked(t);
  const [ann, ben, cleo] = await before(server, "ann", "ben", "cleo");
  await server.fork();
  const frank = await server.growsAt(server.forkAddress, "frank");
  await server.growsAt(server.address, "grace");
  const deceived = await server.come(ann, { asking: frank });
  const [honest, other] = [await server.come(ben), await server.come(cleo)];
  await isRefused(honest, () => deceived.terminal.call([ben.userId]));
  await findsOut(server, honest, ann);
  await ended(deceived);
  await isRefused(deceived, () => other.terminal.call([ann.userId]));
  await findsOut(server, deceived, cleo, { hasSigned: true });
});

test("where one of the two logs is longer, it is found as well, with the evidence at whoever has the longer one", async (t) => {
  const server = await forked(t);
  const [ann, ben] = await before(server, "ann", "ben");
  await server.fork();
  const frank = await server.growsAt(server.forkAddress, "frank");
  await server.growsAt(server.address, "grace");
  await server.growsAt(server.address, "heidi");
  const [deceived, honest] = [await server.come(ann, { asking: frank }), await server.come(ben)];
  await isRefused(honest, () => deceived.terminal.call([ben.userId]));
  await findsOut(server, honest, ann);
  await ended(deceived);
  await isRefused(deceived, () => honest.terminal.call([ann.userId]));
  await isTold(deceived, ben);
  const evidence = parseEvidence(deceived.terminal.log.evidence()[0]!)!;
  const key = parseVerifierKey(evidence.logKey)!;
  for (const note of [evidence.known, evidence.shown]) assert.ok((await openCheckpoint(note ?? "", key)).ok);
});

test("whoever is shown another log only when they answer is let in by nobody", async (t) => {
  const server = await forked(t);
  const [ann, ben, frank] = await before(server, "ann", "ben", "frank");
  await server.fork();
  const caller = await server.come(ann);
  const called = await server.come(ben, { asking: await server.asksAt(server.forkAddress, frank) });
  await caller.terminal.call([ben.userId]);
  await called.until(rings, "the ring");
  // What the caller signed is the beginning of both.
  await server.growsAt(server.forkAddress, "heidi");
  await server.growsAt(server.address, "grace");
  await sees(called, "heidi");
  const refusal = caller.server.next("call.refuse");
  await answer(called);
  const { joiners } = await refusal;
  assert.deepEqual(
    joiners.map(({ code, userId }) => [code, userId]),
    [["log.otherView", ben.userId]],
  );
  await findsOut(server, caller, ben, { hasSigned: true });
  assert.deepEqual((await ended(called)).call?.safetyCode, undefined);
});

test("a dishonest member lets them in: each of the two finds the other, and they are in no group together", async (t) => {
  const server = await forked(t);
  const [ben, cleo, frank, mallory] = await before(server, "ben", "cleo", "frank", "mallory");
  await server.fork();
  const rogue = await server.asksAt(server.address, mallory);
  const honest = await server.come(ben);
  const deceived = await server.come(cleo, { asking: await server.asksAt(server.forkAddress, frank) });
  await rogue.call([ben.userId, cleo.userId]);
  for (const one of [honest, deceived]) await one.until(rings, "the ring");
  await server.growsAt(server.address, "grace");
  await server.growsAt(server.forkAddress, "heidi");
  await sees(honest, "grace");
  await answer(honest);
  await honest.until(({ call }) => call?.phase === "active", "in the call");
  await sees(deceived, "heidi");
  await answer(deceived);
  await findsOut(server, honest, cleo, { hasSigned: true });
  await findsOut(server, deceived, ben, { hasSigned: true });
  const { call } = await ended(deceived);
  assert.deepEqual(call?.end, { type: "failed", code: "log.otherView", userId: ben.userId });
  // The others' Commit was void, or the server settled it: she is in no group of his.
  const state = await honest.until(
    (now) =>
      now.call?.participants.every((one) => one.userId !== cleo.userId || one.state !== "joined") === true,
    "the end of her stay",
  );
  assert.equal(participant(state, cleo.userId).verification, undefined);
});

test("an added device: a false Bob is shown to one alone, proven by the forked map; everybody else in the call finds it", async (t) => {
  const server = await forked(t);
  const [ann, cleo] = await before(server, "ann", "cleo");
  await server.fork();
  const false_ = await server.growsAt(server.forkAddress, "bob");
  const bob = await server.scene.deceived("bob");
  const [deceived, honest] = [await server.come(ann, { asking: false_ }), await server.come(cleo)];
  const requested = deceived.server.next("call.request");
  // The server does not care.
  for (const { server: told } of [bob, honest]) told.answer("call.ringRefused", () => ({}));
  const rings_ = [refused(bob), refused(honest)];
  await deceived.terminal.call([bob.userId, cleo.userId]);
  assert.deepEqual(
    (await Promise.all(rings_)).map(({ code }) => code),
    ["log.otherView", "log.otherView"],
  );
  for (const one of [bob, honest]) await findsOut(server, one, ann);

  // It would have worked: for whoever is lied to the false device is Bob's.
  const { proof: callProof } = await requested;
  const { people } = await false_.ask("directory.lookup", { userIds: [bob.userId] });
  const entry = people[0]!.entry!;
  const joiner = await forgeJoiner({ userId: bob.userId, device: false_.device, entry, callProof });
  const commit = deceived.server.next("call.commit");
  const { callId, epoch } = deceived.terminal.state.call!;
  deceived.server.inject({
    type: "call.commitNeeded",
    body: { callId, task: 1_000, epoch: epoch!, admit: [joiner], remove: [] },
  });
  assert.deepEqual(
    (await commit).admitted.map(({ userId }) => userId),
    [bob.userId],
  );
});

/** Registered with two devices, of which one is lost. */
async function withLost(server: ForkedServer, userId: string) {
  const [kept, lost] = [await newDevice(), await newDevice()];
  const devices = {
    ...deviceAtHand(kept),
    create: ({ beside }: { readonly beside?: unknown }) =>
      Promise.resolve({ device: beside === undefined ? kept : lost }),
  };
  const person = await server.scene.deceived(userId, { device: kept, environment: { devices } });
  await person.terminal.addDevice({ name: "Phone" });
  return { lost, registered: await server.gone(person) };
}

test("a hidden statement: where a forked log hides a revocation from one, the first honest member finds it", async (t) => {
  const server = await forked(t);
  const [ann, cleo] = await before(server, "ann", "cleo");
  const { lost, registered: ben } = await withLost(server, "ben");
  await server.fork();
  const frank = await server.growsAt(server.forkAddress, "frank");
  const own = await server.come(ben);
  await own.terminal.revokeDevice(lost.deviceId, "stolen");
  const [deceived, honest] = [await server.come(ann, { asking: frank }), await server.come(cleo)];
  await isRefused(honest, () => deceived.terminal.call([cleo.userId]));
  await findsOut(server, honest, ann);
});

test("a hidden statement: where one is shown a log that ends before it, what others saw of it ends that", async (t) => {
  const server = await forked(t);
  const [ann, cleo, frank] = await before(server, "ann", "cleo", "frank");
  const { lost, registered: ben } = await withLost(server, "ben");
  await server.fork();
  const behind = await server.asksAt(server.forkAddress, frank);
  const deceived = await server.come(ann, { asking: behind });
  const own = await server.come(ben);
  await own.terminal.revokeDevice(lost.deviceId, "stolen");
  const honest = await server.come(cleo);
  // Only the whole log shows that the two fit.
  const asking = await server.growsAt(server.address, "grace");
  deceived.server.answerLater("directory.consistency", (body) => asking.ask("directory.consistency", body));
  await honest.terminal.call([ann.userId]);
  await answer(deceived).catch(() => undefined);
  await deceived.until(({ warnings }) => warnings.length > 0, "the warning");
  assert.deepEqual(deceived.terminal.state.log?.code, "log.rolledBack");
  assert.notEqual(deceived.terminal.state.call?.phase, "active");
});

test("wrong log key: a call by somebody who is shown a log by another key is not entered, and they are named without being accused", async (t) => {
  const server = await forked(t);
  const [ann, ben] = await before(server, "ann", "ben");
  await server.fork("otherKey");
  const frank = await server.growsAt(server.forkAddress, "frank");
  const honest = await server.come(ann);
  const { verifierKey: logKey } = await logOf(server.forkAddress);
  // Who remembers the log is told of another key in vain.
  const asking = { asking: frank, logKey };
  const remembers = await server.come(ben, asking);
  assert.equal(remembers.terminal.state.log?.code, "log.otherKey");
  assert.equal(await remembers.terminal.call([ann.userId]).then(() => "called", codeOf), "log.otherKey");
  await remembers.terminal.release();
  // Whoever is new here cannot know.
  const fresh = await server.come({ ...ben, pins: new MemoryPinStore() }, asking);
  assert.equal(fresh.terminal.state.log, undefined);
  const ring = refused(honest);
  await fresh.terminal.call([ann.userId]);
  assert.equal((await ring).code, "log.unsignedView");
  assert.deepEqual(warned(honest), ["log.unsignedView ben"]);
  assert.deepEqual(honest.terminal.log.evidence(), []);
});

test("an honest server is never accused: calls while its log grows, over restarts, of people who saw it at any size", async (t) => {
  const server = await forked(t);
  const [ann, ben, cleo] = await before(server, "ann", "ben", "cleo");
  let known = [ann, ben, cleo] as readonly Registered[];
  for (let round = 0; round < 3; round++) {
    const people = await Promise.all(known.map((one) => server.come(one)));
    const [first, second, third] = people as [Deceived, Deceived, Deceived];
    await first.terminal.call([second.userId, third.userId]);
    await server.growsAt(server.address, `one-${round}`);
    await answer(second);
    await agree(first, second);
    await server.growsAt(server.address, `two-${round}`);
    await second.terminal.rename(`BEN ${round}`);
    await answer(third);
    await agree(first, second, third);
    for (const { terminal } of people) assert.equal(terminal.state.call?.sameDirectory, 2);
    await first.terminal.endForAll();
    for (const one of people) {
      await ended(one);
      assert.deepEqual([warned(one), one.terminal.log.evidence()], [[], []]);
    }
    known = await Promise.all(people.map((one) => server.gone(one)));
    await server.restart();
  }
});
