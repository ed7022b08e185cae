/** Calls that go on without this terminal: offered by the server, shown by the word of somebody in them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { decodeTranscript, neededFeatures, presentBurst, presentPerSecond } from "@signet/protocol";
import type { Bytes, CallId, CallInviteIn, ProofIn, RequestBody, UserId } from "@signet/protocol";

import { person, randomBytes } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { atTerminal, presentBy } from "../support/present.ts";
import type { AtTerminal } from "../support/present.ts";
import { ringBy } from "../support/rings.ts";
import { connectedTerminal, serverInfo, signedIn } from "../support/scripted-server.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import { TestTimers } from "../support/timers.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ada = "ada" as UserId;
/** Longer than anything here takes on a busy machine. */
const patienceMs = 20_000;
const answerMs = 5_000;
const askAgainMs = 30_000;

async function open(t: TestContext, more: Parameters<typeof connectedTerminal>[1] = {}) {
  const timers = new TestTimers();
  const opened = await connectedTerminal(["bob", "cleo"], { after: timers.after, ...more });
  const { server, terminal, others } = opened;
  t.after(() => {
    server.hangUp();
    terminal.close();
  });
  const [bob, cleo] = others;
  assert.ok(bob && cleo);
  server.script["call.leave"] = () => ({});
  const shown = (): readonly CallId[] => terminal.state.joinable.map(({ callId }) => callId);
  const until = async (isSo: () => boolean): Promise<void> => {
    const giveUpMs = performance.now() + patienceMs;
    while (!isSo()) {
      assert.ok(performance.now() < giveUpMs, "waited in vain");
      await turn();
    }
  };
  const signIn = async (calls: readonly CallInviteIn[] = []): Promise<void> => {
    const done = terminal.signIn({ userId: ada });
    await server.asked("sign-in.finish");
    server.say({ "sign-in.finish": { ...signedIn(opened.ada), calls: [...calls] } });
    await done;
  };
  return {
    ...opened,
    bob: await atTerminal(bob),
    cleo: await atTerminal(cleo),
    timers,
    shown,
    until,
    signIn,
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** A call of this person's that ada and the other one were invited to. */
async function callOf(caller: TestPerson): Promise<CallInviteIn> {
  const called = ["ada", "bob", "cleo"].filter((userId) => userId !== caller.userId);
  const { expiresAtMs: _, ...invite } = await ringBy(caller, called as UserId[]);
  return invite;
}

const questions = ({ heard }: ScriptedServer, callId: CallId): readonly RequestBody<"call.askPresent">[] =>
  heard
    .filter(({ type }) => type === "call.askPresent")
    .map(({ body }) => body as RequestBody<"call.askPresent">)
    .filter((asked) => asked.callId === callId);

/** The latest question about this call, after `count` of them. */
async function question({ server, until }: Opened, callId: CallId, count = 1) {
  await until(() => questions(server, callId).length >= count);
  return questions(server, callId).at(-1)!;
}

async function isIn(opened: Opened, who: AtTerminal, callId: CallId, count = 1): Promise<void> {
  const body = await presentBy(who, await question(opened, callId, count));
  opened.server.say({ type: "call.memberPresent", body });
  await opened.until(() => opened.shown().includes(callId));
}

test("a call that the server names is shown when somebody in it says so, and can be joined then", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob, cleo, shown, signIn } = opened;
  const invite = await callOf(bob);
  const { callId } = invite;
  await signIn([invite]);
  await question(opened, callId);
  assert.deepEqual(shown(), []);
  await assert.rejects(terminal.answer(callId), { code: "call.notRinging" });
  await isIn(opened, cleo, callId);
  assert.equal(terminal.state.joinable[0]?.from.userId, "bob");
  const answering = terminal.answer(callId);
  await server.asked("call.join");
  await answering;
  assert.deepEqual(shown(), []);
});

test("asked again every half minute; when nobody answers any more it is taken away", async (t) => {
  const opened = await open(t);
  const { bob, timers, shown, signIn, until } = opened;
  const invite = await callOf(bob);
  const { callId } = invite;
  await signIn([invite]);
  await isIn(opened, bob, callId);
  timers.run(askAgainMs);
  const again = await question(opened, callId, 2);
  timers.run(answerMs);
  assert.deepEqual(shown(), [callId]);
  timers.run(2_000);
  await question(opened, callId, 3);
  timers.run(answerMs);
  assert.deepEqual(shown(), []);
  assert.notDeepEqual(again.nonce, questions(opened.server, callId)[0]?.nonce);
  timers.run(4_000);
  await isIn(opened, bob, callId, 4);
  await until(() => shown().length === 1);
});

test("a dishonest server's ended call is not shown by old words, strangers' or garbage; beside it the one that goes on is", async (t) => {
  const opened = await open(t);
  const { server, bob, cleo, timers, shown, signIn, until } = opened;
  const [over, goesOn] = [await callOf(bob), await callOf(cleo)];
  await signIn([over, goesOn]);
  const first = await question(opened, over.callId);
  const old = await presentBy(bob, first);
  server.say({ type: "call.memberPresent", body: old });
  await until(() => shown().includes(over.callId));
  // From here on nobody is in it.
  timers.run(askAgainMs);
  const eve = await atTerminal(await person("eve"));
  for (let count = 2; count <= 5; count++) {
    const asked = await question(opened, over.callId, count);
    const other = await question(opened, goesOn.callId, 1);
    const false_ = [
      [old, await presentBy(eve, asked), { ...old, proof: { ...old.proof, transcript: randomBytes(64) } }],
      [await presentBy(bob, { ...asked, nonce: first.nonce }), await presentBy(bob, other), old],
      [
        await presentBy(cleo, { ...asked, callId: goesOn.callId }),
        await presentBy(bob, asked, { userId: "cleo" }),
      ],
      [{ ...(await presentBy(cleo, asked)), entry: bob.entry }],
    ][count - 2]!;
    for (const body of false_)
      server.say({ type: "call.memberPresent", body: { ...body, callId: over.callId } });
    // A true word that is said after them has been looked at when they have.
    for (let round = 0; round < 3; round++) {
      const about = await callOf(cleo);
      server.say({
        type: "call.memberPresent",
        body: await presentBy(cleo, { ...about, nonce: asked.nonce }),
      });
      await opened.terminal.lookup([bob.userId]);
    }
    timers.run(answerMs);
    timers.run(2_000 * 2 ** (count - 2));
  }
  assert.deepEqual(shown(), []);
  await isIn(opened, bob, goesOn.callId);
  assert.deepEqual(shown(), [goesOn.callId]);
});

test("a call is not offered any more when the server says that it is over, or knows nothing of it", async (t) => {
  const opened = await open(t);
  const { server, bob, cleo, shown, signIn, until, timers } = opened;
  const [one, other] = [await callOf(bob), await callOf(cleo)];
  await signIn([one, other]);
  await isIn(opened, bob, one.callId);
  await isIn(opened, cleo, other.callId);
  server.say({ type: "call.ended", body: { callId: one.callId, reason: "lastLeft" } });
  assert.deepEqual(shown(), [other.callId]);
  server.refuse("call.askPresent", "call.notFound");
  assert.deepEqual(shown(), [other.callId], "an answer to a former question says nothing");
  server.refuse("call.askPresent", "call.notFound");
  timers.run(askAgainMs);
  await question(opened, other.callId, 2);
  server.refuse("call.askPresent", "call.notFound");
  await until(() => shown().length === 0);
  timers.run(askAgainMs);
  assert.equal(questions(server, one.callId).length, 1);
});

test("who left a call that goes on is asked by nobody's word but that of who is still in it", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob, shown, signIn, until } = opened;
  await signIn();
  const ring = await ringBy(bob, [ada]);
  const { callId } = ring;
  server.say({ type: "call.ring", body: ring });
  await until(() => terminal.state.ringing.length > 0);
  await terminal.answer(callId);
  await server.asked("call.join");
  server.say({ "call.join": { callId, members: [{ userId: bob.userId, state: "joined" }] } });
  await turn();
  await terminal.leave();
  await question(opened, callId);
  assert.deepEqual(shown(), []);
  await isIn(opened, bob, callId);
  assert.equal(terminal.state.joinable[0]?.from.verification.firstSeen, false);
});

test("nothing is asked any more by who signed out, or closed the terminal", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob, cleo, shown, signIn, timers } = opened;
  const invite = await callOf(bob);
  await signIn([invite]);
  await isIn(opened, bob, invite.callId);
  server.say({ type: "binding.ended", body: { reason: "takenOver" } });
  assert.deepEqual(shown(), []);
  assert.equal(timers.count(askAgainMs), 0);
  const other = await callOf(cleo);
  await signIn([other]);
  await question(opened, other.callId);
  assert.equal(timers.count(answerMs), 1);
  terminal.close();
  assert.equal(timers.count(answerMs), 0);
});

test("where the server cannot ask anybody, nothing is offered, and the person is told once", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob, shown, signIn, until } = opened;
  server.script["session.hello"] = () => ({
    ...serverInfo(),
    features: [...neededFeatures],
  });
  server.hangUp();
  await until(() => terminal.state.connection.status === "offline");
  terminal.retryNow();
  await until(() => terminal.state.connection.status === "online");
  await signIn([await callOf(bob), await callOf(bob)]);
  await until(() => terminal.state.warnings.length > 0);
  await turn();
  assert.deepEqual(
    terminal.state.warnings.map(({ code }) => code),
    ["call.notAsked"],
  );
  assert.deepEqual(shown(), []);
  assert.ok(!server.heard.some(({ type }) => type === "call.askPresent"));
});

const answers = ({ heard }: ScriptedServer): readonly RequestBody<"call.present">[] =>
  heard.filter(({ type }) => type === "call.present").map(({ body }) => body as RequestBody<"call.present">);

const callIdOf = ({ transcript }: ProofIn): CallId => {
  const decoded = decodeTranscript(transcript);
  assert.ok(decoded?.purpose === "call");
  return decoded.callId as CallId;
};

/** ada calls bob, and the server has taken it. */
async function inCall(t: TestContext, more: Parameters<typeof open>[1] = {}) {
  const opened = await open(t, more);
  const { server, terminal, signIn } = opened;
  await signIn();
  server.script["call.present"] = () => ({});
  await terminal.call(["bob" as UserId]);
  const { proof } = await server.asked("call.request");
  const callId = callIdOf(proof);
  const needed = (asked: CallId, nonce: Bytes = randomBytes(32)): Bytes => {
    const { terminalId } = opened.cleo.key;
    server.say({ type: "call.presentNeeded", body: { callId: asked, nonce, terminalId } });
    return nonce;
  };
  return { ...opened, callId, needed };
}

test("a terminal answers for the call that it is in, while it is, and for no other", async (t) => {
  const { server, terminal, cleo, callId, needed, until } = await inCall(t);
  needed(callId);
  server.say({ "call.request": { callId, members: [] } });
  const nonce = needed(callId);
  needed((await callOf(cleo)).callId);
  await until(() => answers(server).length > 0);
  const [answer] = answers(server);
  assert.equal(answer?.terminalId, cleo.key.terminalId);
  const said = decodeTranscript(answer.proof.transcript);
  assert.ok(said?.purpose === "present");
  assert.deepEqual([said.callId, said.nonce, said.userId], [callId, nonce, "ada"]);
  await terminal.leave();
  needed(callId);
  await terminal.lookup(["bob" as UserId]);
  assert.equal(answers(server).length, 1, "neither before, nor after, nor for another");
});

test("on the way from the own call into another, a terminal says nothing in the one of what it is asked of the other", async (t) => {
  const { server, terminal, bob, callId, needed, until } = await inCall(t);
  server.say({ "call.request": { callId, members: [] } });
  const ring = await ringBy(bob, [ada, "cleo" as UserId]);
  server.say({ type: "call.ring", body: ring });
  await until(() => terminal.state.ringing.length > 0);
  const refused = assert.rejects(terminal.answer(ring.callId), { code: "call.notRinging" });
  await server.asked("call.join");
  needed(ring.callId);
  server.say({ type: "call.groupInfoNeeded", body: { callId: ring.callId, epoch: 0 } });
  // Of the own call they are answered, and in the order in which they came.
  const nonce = needed(callId);
  server.say({ type: "call.groupInfoNeeded", body: { callId, epoch: 0 } });
  await until(() => answers(server).length > 0);
  await server.asked("call.offerGroupInfo");
  const [answer, ...more] = answers(server);
  const said = decodeTranscript(answer!.proof.transcript);
  assert.ok(said?.purpose === "present");
  assert.deepEqual([said.callId, said.nonce, more], [callId, nonce, []], "of the other it holds no key");
  // One for the other's question was begun before: it is there when as much is signed again, many times over.
  for (let i = 0; i < 10; i++) await ringBy(bob, [ada]);
  assert.equal(server.heard.filter(({ type }) => type === "call.offerGroupInfo").length, 1);
  await terminal.leave();
  await refused;
});

test("a terminal answers so many questions at once, and so many a second afterwards", async (t) => {
  let nowMs = 0;
  const { server, callId, needed, until } = await inCall(t, { monotonicMs: () => nowMs });
  server.say({ "call.request": { callId, members: [] } });
  for (let i = 0; i < presentBurst + 5; i++) needed(callId);
  await until(() => answers(server).length >= presentBurst);
  nowMs += 1_000 / presentPerSecond;
  const nonce = needed(callId);
  await until(() => answers(server).length > presentBurst);
  assert.equal(answers(server).length, presentBurst + 1);
  const said = decodeTranscript(answers(server).at(-1)!.proof.transcript);
  assert.deepEqual(said?.purpose === "present" && said.nonce, nonce);
});
