import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { SignatureDevice } from "@signet/device";
import { SignetError, decodeTranscript, startSignIn } from "@signet/protocol";
import type { CallId, ErrorCode, ProofIn, RequestBody, SignInState, UserId } from "@signet/protocol";

import { OwedWords } from "../../src/session/owed-words.ts";
import type { OwedWord } from "../../src/session/owed-words.ts";
import type { Person } from "../../src/session/person.ts";
import { person, known } from "../support/people.ts";
import { signedIn, signedInTerminal } from "../support/scripted-server.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";

const bob = "bob" as UserId;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Opened = Awaited<ReturnType<typeof signedInTerminal>>;

async function open(
  t: TestContext,
  environment: Parameters<typeof signedInTerminal>[1] = {},
): Promise<Opened> {
  const opened = await signedInTerminal(["bob"], environment);
  opened.server.script["call.request"] = ({ proof }) => ({ callId: callIdOf(proof), members: [] });
  t.after(() => {
    opened.server.hangUp();
    opened.terminal.close();
  });
  return opened;
}

const callIdOf = ({ transcript }: ProofIn) => {
  const decoded = decodeTranscript(transcript);
  assert.ok(decoded?.purpose === "call" || decoded?.purpose === "leave");
  return decoded.callId as never;
};

async function hangUp({ server, terminal }: Opened): Promise<void> {
  server.hangUp();
  while (terminal.state.connection.status !== "offline") await turn();
}

async function comeBack({ server, terminal, ada }: Opened): Promise<void> {
  terminal.retryNow();
  await server.asked("session.resume");
  server.say({ "session.resume": signedIn(ada) });
}

const said = (server: ScriptedServer) => server.heard.map(({ type }) => type);
const leavesSaid = (server: ScriptedServer) =>
  server.heard
    .filter(({ type }) => type === "call.leave")
    .map(({ body }) => callIdOf((body as RequestBody<"call.leave">).proof));

test("a leave is told with the next connection, the same word until the server has heard it, and not again", async (t) => {
  const opened = await open(t);
  const { server, terminal } = opened;
  await terminal.call([bob]);
  await turn();
  await hangUp(opened);
  await terminal.leave();
  assert.equal(terminal.state.call?.phase, "ended");
  assert.deepEqual(leavesSaid(server), [], "there is nobody to tell");

  await comeBack(opened);
  const first = await server.asked("call.leave");
  await hangUp(opened);
  await comeBack(opened);
  assert.deepEqual(await server.asked("call.leave"), first);
  server.say({ "call.leave": {} });
  await hangUp(opened);
  await comeBack(opened);
  await turn();
  assert.equal(leavesSaid(server).length, 2);
});

test("of several calls all are told, in order; a refusal settles a word as well", async (t) => {
  const opened = await open(t);
  const { server, terminal } = opened;
  const callIds: unknown[] = [];
  for (let call = 0; call < 3; call++) {
    await terminal.call([bob]);
    callIds.push(terminal.state.call?.callId);
    await hangUp(opened);
    await terminal.leave();
    await comeBack(opened);
    await server.asked("call.leave");
  }
  server.refuse("call.leave", "call.notFound");
  for (const callId of callIds.slice(1)) {
    assert.equal(callIdOf((await server.asked("call.leave")).proof), callId);
    server.say({ "call.leave": {} });
    await turn();
  }
  assert.deepEqual(leavesSaid(server).slice(-3), callIds);
});

test("whose binding is over says nothing more for the person, and is in no call that they left once they are back", async (t) => {
  const opened = await open(t);
  const { server, terminal, ada } = opened;
  await terminal.call([bob]);
  const callId = terminal.state.call?.callId;
  await hangUp(opened);
  await terminal.leave();
  terminal.retryNow();
  await server.asked("session.resume");
  server.refuse("session.resume", "auth.bindingGone");
  while (terminal.state.session.status !== "signedOut") await turn();
  const done = terminal.signIn({ userId: ada.userId });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": signedIn(ada) });
  await done;
  assert.deepEqual(await server.asked("call.moveEnd"), { callId });
  server.say({ "call.moveEnd": {} });
  await turn();
  assert.deepEqual(leavesSaid(server), []);
});

test("a leave that the server refuses since the device is elsewhere by then is heard as much as it can be from there", async (t) => {
  const opened = await open(t);
  const { server, terminal } = opened;
  await terminal.call([bob]);
  await turn();
  const callId = terminal.state.call?.callId;
  void terminal.leave();
  await server.asked("call.leave");
  server.say({ type: "binding.ended", body: { reason: "takenOver" } });
  assert.deepEqual(await server.asked("call.moveEnd"), { callId });
});

/** A device that can be pulled. */
async function token(): Promise<{ device: SignatureDevice; pull: () => void }> {
  const { device } = await person("ada");
  let pull = (): void => undefined;
  const onRemoved = (listener: () => void) => {
    pull = listener;
    return () => undefined;
  };
  const { kind, deviceId, algorithm, publicKey } = device;
  const sign: SignatureDevice["sign"] = (...input) => device.sign(...input);
  return {
    device: { kind, deviceId, algorithm, publicKey, sign, onRemoved },
    pull: () => pull(),
  };
}

test("where the device is pulled out, the call is left before the release, and a sign-in waits for both", async (t) => {
  const { device, pull } = await token();
  const opened = await open(t, { device });
  const { server, terminal, ada } = opened;
  await terminal.call([bob]);
  await turn();
  server.heard.length = 0;
  const shown: unknown[] = [];
  terminal.subscribe(({ session, call }) => shown.push([session.status, call?.phase]));
  pull();
  assert.deepEqual(shown[0], ["signedOut", "ended"], "never the one without the other");
  assert.deepEqual(terminal.state.session, { status: "signedOut", reason: "deviceRemoved" });
  assert.deepEqual(terminal.state.call?.end, { type: "unbound", reason: "deviceRemoved" });
  const { proof } = await server.asked("call.leave");
  const transcript = decodeTranscript(proof.transcript);
  assert.equal(transcript?.purpose === "leave" && transcript.reason, "deviceRemoved");
  const again = terminal.signIn({ userId: ada.userId });
  await turn();
  assert.deepEqual(said(server), ["call.leave"]);
  server.say({ "call.leave": {} });
  await server.asked("binding.release");
  await turn();
  assert.deepEqual(said(server), ["call.leave", "session.challenge", "binding.release"]);
  server.say({ "binding.release": {} });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": signedIn(ada) });
  await again;
  assert.equal(terminal.state.session.status, "signedIn");
});

test("the same without a connection: told with the next one, by the terminal that it was", async (t) => {
  const { device, pull } = await token();
  const opened = await open(t, { device });
  const { server, terminal, ada } = opened;
  await terminal.call([bob]);
  await hangUp(opened);
  pull();
  for (let attempt = 0; attempt < 2; attempt++) {
    server.heard.length = 0;
    terminal.retryNow();
    await server.asked("session.resume");
    server.say({ "session.resume": signedIn(ada) });
    await server.asked("call.leave");
    // The first time the word does not get through.
    if (attempt === 0) await hangUp(opened);
  }
  server.say({ "call.leave": {} });
  await server.asked("binding.release");
  server.say({ "binding.release": {} });
  assert.deepEqual(said(server), [
    "session.hello",
    "session.challenge",
    "session.resume",
    "call.leave",
    "session.challenge",
    "binding.release",
  ]);
  await hangUp(opened);
  server.heard.length = 0;
  terminal.retryNow();
  while (terminal.state.connection.status !== "online") await turn();
  await turn();
  assert.deepEqual(said(server), ["session.hello"]);
});

test("a terminal that closes tells what it owes first", async (t) => {
  const { server, terminal } = await open(t);
  await terminal.call([bob]);
  await turn();
  terminal.close();
  await server.asked("call.leave");
  assert.equal(terminal.state.connection.status, "online");
  server.say({ "call.leave": {} });
  while (terminal.state.connection.status === "online") await turn();
});

/** The queue alone: no connection at first, then one on which everything is taken. */
async function queue() {
  const { entry, device, userId } = await person("ada");
  const { deviceId } = device;
  const who: Person = { userId, deviceId, known: await known(entry), device, binding: entry.proof };
  const proofs: ProofIn[] = [];
  const heard: OwedWord[] = [];
  let state: SignInState = startSignIn(0).state;
  const owed = new OwedWords({
    stateNow: () => state,
    resume: () => Promise.reject(new SignetError("auth.bindingGone" satisfies ErrorCode)),
    say: (word) => {
      heard.push(word);
      return Promise.resolve();
    },
  });
  const add = (): void => {
    const proof = { ...entry.proof, transcript: new Uint8Array([proofs.length]) };
    proofs.push(proof);
    owed.add({ type: "leave", person: who, callId: "a" as CallId, proof: Promise.resolve(proof) });
  };
  const signIn = async (): Promise<void> => {
    state = { ...state, phase: "signedIn" };
    owed.signedIn(who);
    await owed.settled();
  };
  return { owed, add, signIn, heard, proofs, who };
}

test("sixteen words are kept, of seventeen the latest", async () => {
  for (const [count, first] of [
    [16, 0],
    [17, 1],
  ] as const) {
    const { add, signIn, heard, owed, proofs } = await queue();
    for (let word = 0; word < count; word++) add();
    assert.equal(owed.count, 16);
    await signIn();
    const kept = await Promise.all(heard.map(async (word) => word.type === "leave" && word.proof));
    assert.deepEqual(kept, proofs.slice(first));
    assert.equal(owed.count, 0);
  }
});

test("a release that nobody can say any more takes the person's other words with it", async () => {
  const { add, owed, heard, who, signIn } = await queue();
  await signIn();
  owed.signedOut();
  add();
  owed.add({ type: "release", person: who });
  await owed.settled();
  assert.deepEqual(heard, []);
  assert.equal(owed.count, 0);
});
