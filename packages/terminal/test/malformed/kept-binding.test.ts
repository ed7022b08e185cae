/** What is kept of a binding beyond the end of a terminal: only what verifies goes on, and only for as long as the binding holds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createTerminalKey } from "@signet/device";
import { encodeMessage } from "@signet/protocol";
import { MemoryPlace } from "@signet/e2e/support/memory-place.ts";

import { MemoryPinStore, SignetTerminal, deviceAtHand, silentMedia } from "../../src/index.ts";
import type { KeptBinding, TerminalEnvironment } from "../../src/index.ts";
import { person, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { ScriptedServer, serverInfo, signedIn, signedInTerminal } from "../support/scripted-server.ts";

/** Somebody signed in on a terminal that is about to end. */
async function before() {
  const bindingPlace = new MemoryPlace();
  const { ada, server, terminal } = await signedInTerminal([], { bindingPlace });
  while (terminal.state.session.status !== "signedIn" || terminal.state.session.kept !== true)
    await new Promise((resolve) => setImmediate(resolve));
  return { bindingPlace, ada, server, terminal, kept: bindingPlace.kept as KeptBinding };
}

/** The page after it. */
async function next(ada: TestPerson, bindingPlace: MemoryPlace, change: Partial<TerminalEnvironment> = {}) {
  const server = new ScriptedServer([ada]);
  const terminal = await SignetTerminal.create({
    url: "ws://signet.example/ws",
    serverOrigin,
    pins: new MemoryPinStore(),
    devices: deviceAtHand(ada.device),
    media: silentMedia,
    openSocket: server.openSocket,
    bindingPlace,
    ...change,
  });
  terminal.start();
  return { server, terminal };
}

test("a terminal that comes after goes on: with the same key, and no touch", async () => {
  const { ada, bindingPlace, server: first, terminal: gone } = await before();
  gone.close();
  const { server, terminal } = await next(ada, bindingPlace);
  assert.equal(terminal.state.session.status, "signedIn", "before there is a connection");
  await server.asked("session.resume");
  const hellos = [first, server].map(({ heard }) => heard.find(({ type }) => type === "session.hello")?.body);
  assert.deepEqual(hellos[0], hellos[1]);
  server.say({ "session.resume": signedIn(ada) });
  while (terminal.state.connection.status !== "online") await Promise.resolve();
  const { session } = terminal.state;
  assert.ok(session.status === "signedIn" && session.userId === "ada" && session.kept === true);
  terminal.close();
});

test("nothing is kept where there is no place for it, and nobody is told that it were", async () => {
  const { terminal } = await signedInTerminal();
  const { session } = terminal.state;
  assert.ok(session.status === "signedIn" && session.kept === undefined);
  const full = new MemoryPlace();
  full.keep = () => Promise.resolve(false);
  const opened = await signedInTerminal([], { bindingPlace: full });
  await new Promise((resolve) => setImmediate(resolve));
  const shown = opened.terminal.state.session;
  assert.ok(shown.status === "signedIn" && shown.kept === undefined);
  for (const one of [terminal, opened.terminal]) one.close();
});

test("whatever of it was altered: nobody is signed in by it, and it is thrown away", async () => {
  const { ada, kept, terminal: gone } = await before();
  gone.close();
  const [other, stranger] = await Promise.all([person("ada"), createTerminalKey()]);
  const { privateKey: readable } = await crypto.subtle.generateKey({ name: "Ed25519" }, true, [
    "sign",
    "verify",
  ]);
  const { privateKey: elsewhere } = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign", "verify"],
  );
  const altered: readonly [string, unknown][] = [
    ["no record", "garbage"],
    ["nothing in it", {}],
    ["an unknown version", { ...kept, version: 2 }],
    ["another server", { ...kept, serverOrigin: "https://other.example" }],
    ["no server", { ...kept, serverOrigin: undefined }],
    ["no key", { ...kept, privateKey: undefined }],
    ["another key", { ...kept, privateKey: stranger.privateKey }],
    ["a key that can be read out", { ...kept, privateKey: readable }],
    ["a key for something else", { ...kept, privateKey: elsewhere }],
    ["another public key", { ...kept, publicKey: stranger.publicKey }],
    ["another key pair", { ...kept, publicKey: stranger.publicKey, privateKey: stranger.privateKey }],
    ["no public key", { ...kept, publicKey: "AAAA" }],
    ["another device's entry", { ...kept, entry: encodeMessage(other.entry) }],
    ["a field more in the entry", { ...kept, entry: encodeMessage({ ...ada.entry, trusted: true }) }],
    ["another name", { ...kept, entry: encodeMessage({ ...ada.entry, displayName: "Mallory" }) }],
    ["another user ID", { ...kept, entry: encodeMessage({ ...ada.entry, userId: "mallory" }) }],
    ["no entry", { ...kept, entry: undefined }],
    ["an entry that is no JSON", { ...kept, entry: "{" }],
    ["the proof of the entry for a binding", { ...kept, binding: encodeMessage(ada.entry.proof) }],
    ["no binding", { ...kept, binding: undefined }],
    ["over", { ...kept, expiresAtMs: Date.now() - 1 }],
    ["without an end", { ...kept, expiresAtMs: Number.POSITIVE_INFINITY }],
  ];
  for (const [what, record] of altered) {
    const bindingPlace = new MemoryPlace();
    bindingPlace.kept = record;
    const { server, terminal } = await next(ada, bindingPlace);
    assert.deepEqual(terminal.state.session, { status: "signedOut" }, what);
    assert.equal(bindingPlace.kept, undefined, what);
    while (terminal.state.connection.status !== "online") await Promise.resolve();
    const [hello] = server.heard;
    assert.ok(!encodeMessage(hello).includes(encodeMessage(kept.publicKey)), "with a key of its own");
    terminal.close();
  }
});

test("what was kept for another server is not taken up, although it verifies", async () => {
  const { ada, bindingPlace, terminal: gone } = await before();
  gone.close();
  const { terminal } = await next(ada, bindingPlace, { serverOrigin: "https://other.example" });
  assert.deepEqual(terminal.state.session, { status: "signedOut" });
  assert.equal(bindingPlace.kept, undefined);
  terminal.close();
});

test("it does not outlive the binding: released, ended by the server, refused, or of another server", async () => {
  const ends: readonly [string, (stage: Awaited<ReturnType<typeof before>>) => Promise<unknown>][] = [
    [
      "signed out",
      async ({ server, terminal }) => {
        const done = terminal.release();
        await server.asked("binding.release");
        server.say({ "binding.release": {} });
        await done;
      },
    ],
    ...(["takenOver", "released", "expired"] as const).map((reason): (typeof ends)[number] => [
      reason,
      ({ server }) => Promise.resolve(server.say({ type: "binding.ended", body: { reason } })),
    ]),
    [
      "the server does not know it",
      async ({ server }) => {
        server.hangUp();
        await server.asked("session.resume");
        server.refuse("session.resume", "auth.bindingGone");
      },
    ],
    [
      "another server in its place",
      ({ server }) => {
        server.script["session.hello"] = () => ({ ...serverInfo(), serverOrigin: "https://other.example" });
        server.hangUp();
        return Promise.resolve();
      },
    ],
  ];
  for (const [what, end] of ends) {
    const stage = await before();
    assert.notEqual(stage.bindingPlace.kept, undefined);
    await end(stage);
    while (stage.bindingPlace.kept !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(stage.bindingPlace.kept, undefined, what);
    stage.terminal.close();
  }
});

test("who ends in a call is still in it for the server, perhaps: it is left with the first connection, and named then", async () => {
  const { ada, bindingPlace, terminal: gone } = await before();
  gone.close();
  const callId = randomId();
  bindingPlace.callId = callId;
  const { server, terminal } = await next(ada, bindingPlace);
  await server.asked("session.resume");
  server.say({ "session.resume": signedIn(ada) });
  const { proof } = await server.asked("call.leave");
  assert.ok(Buffer.from(proof.transcript).includes("pageGone"));
  server.say({ "call.leave": {} });
  await server.asked("session.resume");
  terminal.close();
});
