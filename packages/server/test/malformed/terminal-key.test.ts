/** A terminal's ID and key are public: both stand in the binding that others are shown. Only who holds the key is that terminal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createTerminalKey } from "@signet/device";
import type { Bytes, ProofIn, Transcript } from "@signet/protocol";

import { people } from "../support/group.ts";
import { helloOf } from "../support/hello.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { newTerminalId, TestTerminal, user } from "../support/test-terminal.ts";

const minuteMs = 60_000;

/** Says hello under that ID and key, and proves nothing. */
async function pretend(
  server: TestServer,
  {
    terminalId,
    terminalKey,
  }: { readonly terminalId: TestTerminal["terminalId"]; readonly terminalKey: Bytes },
): Promise<TestTerminal> {
  const terminal = await TestTerminal.open(server);
  await terminal.request("session.hello", helloOf({ terminalId, terminalKey }));
  terminal.origin = server.origin;
  return terminal;
}

async function bobAndAlicesTerminal(t: TestContext) {
  const server = await startTestServer(t);
  const [bob] = await people(server, "bob");
  const alice = await TestTerminal.connect(server);
  const { key, terminalId } = alice;
  const named = { terminalId, terminalKey: key.publicKey };
  return { server, bob, alice, named };
}

test("nobody is bound to a terminal key that they do not hold, and its owner is not kept out", async (t) => {
  const { server, bob, alice, named } = await bobAndAlicesTerminal(t);
  const mallory = await pretend(server, named);
  mallory.userId = user("bob");
  mallory.device = bob.device;
  await changesNothing(server, async () => {
    const proof = await mallory.signInProof((transcript) => ({ ...transcript, ...named }));
    assert.equal(await mallory.refusal("sign-in.finish", { proof }), "auth.terminalUnproven");
    const challenge = await mallory.begin("mallory", await softwareDevice());
    const body = await mallory.finishBody(challenge, {
      twist: (transcript) => ({ ...transcript, ...named }),
    });
    assert.equal(await mallory.refusal("register.finish", body), "auth.terminalUnproven");
    // With a signature, but by another key.
    const { challenge: serverChallenge } = await mallory.request("session.challenge", {});
    const { serverOrigin, issuedAtMs } = mallory.common();
    const forged = await mallory.key.sign({
      purpose: "terminal",
      serverOrigin,
      issuedAtMs,
      serverChallenge,
      ...named,
    });
    assert.equal(await mallory.refusal("session.prove", { proof: forged }), "proof.signature");
    assert.equal(await mallory.refusal("sign-in.finish", { proof }), "proof.challenge");
    mallory.userId = user("bob");
    mallory.device = bob.device;
    const again = await mallory.signInProof((transcript) => ({ ...transcript, ...named }));
    assert.equal(await mallory.refusal("sign-in.finish", { proof: again }), "auth.terminalUnproven");
  });
  await alice.register("alice", await softwareDevice());
  await bob.request("session.ping", {});
});

test("a terminal ID is its key's: with another key it is nobody's, also when its owner has left", async (t) => {
  const { server, bob, alice } = await bobAndAlicesTerminal(t);
  await alice.register("alice", await softwareDevice());
  for (const isBound of [true, false]) {
    if (!isBound) await alice.request("binding.release", { proof: await alice.releaseProof() });
    const own = await createTerminalKey();
    const named = { terminalId: alice.terminalId, terminalKey: own.publicKey };
    const thief = await pretend(server, named);
    thief.userId = user("bob");
    thief.device = bob.device;
    const { challenge: serverChallenge } = await thief.request("session.challenge", {});
    const { serverOrigin, issuedAtMs } = thief.common();
    const fields = { serverOrigin, issuedAtMs, serverChallenge, ...named };
    const proof = await own.sign({ purpose: "terminal", ...fields });
    assert.equal(await thief.refusal("session.prove", { proof }), "proof.terminal");
    const signIn = await thief.signInProof((transcript) => ({ ...transcript, ...named }));
    assert.equal(await thief.refusal("sign-in.finish", { proof: signIn }), "auth.terminalUnproven");
  }
  await alice.signIn("alice", alice.device ?? assert.fail());
});

test("the proof is for this server, connection, terminal and purpose, once and now", async (t) => {
  const { server, alice } = await bobAndAlicesTerminal(t);
  const terminal = await TestTerminal.open(server, alice.key);
  const { terminalId, key } = terminal;
  const terminalKey = key.publicKey;
  await terminal.request("session.hello", helloOf({ terminalId, terminalKey }));
  terminal.origin = server.origin;
  type Fields = Omit<Transcript<"terminal">, "purpose">;
  const fieldsOf = async (asked: TestTerminal = terminal): Promise<Fields> => {
    const { challenge: serverChallenge } = await asked.request("session.challenge", {});
    return { serverOrigin: server.origin, issuedAtMs: Date.now(), serverChallenge, terminalId, terminalKey };
  };
  const attempt = async (change: Partial<Fields>): Promise<string> => {
    const proof = await key.sign({ purpose: "terminal", ...(await fieldsOf()), ...change });
    return terminal.refusal("session.prove", { proof });
  };
  assert.equal(await attempt({ serverOrigin: "https://evil.example" }), "proof.origin");
  assert.equal(await attempt({ terminalId: newTerminalId() }), "proof.terminal");
  assert.equal(await attempt({ terminalKey: new Uint8Array(32) }), "proof.terminalKey");
  assert.equal(await attempt({ issuedAtMs: Date.now() - 10 * minuteMs }), "proof.time");
  assert.equal(await attempt({ issuedAtMs: Date.now() + 10 * minuteMs }), "proof.time");
  assert.equal(await attempt({ serverChallenge: new Uint8Array(32) }), "proof.challenge");
  // Another connection's challenge, and one that was answered there.
  assert.equal(await attempt(await fieldsOf(alice)), "proof.challenge");
  const proof: ProofIn = await key.sign({ purpose: "terminal", ...(await fieldsOf()) });
  for (const length of [63, 65, 64]) {
    const altered = await key.sign({ purpose: "terminal", ...(await fieldsOf()) });
    const signature = { kind: "terminal", signature: new Uint8Array(length) } as const;
    const code = await terminal.refusal("session.prove", { proof: { ...altered, signature } });
    assert.equal(code, length === 64 ? "proof.signature" : "proof.encoding");
  }
  const device = await softwareDevice();
  assert.equal(
    await terminal.refusal("session.prove", {
      proof: await device.sign({ purpose: "terminal", ...(await fieldsOf()) }),
    }),
    "proof.signer",
  );
  const common = { userId: "alice", deviceId: device.deviceId, ...(await fieldsOf()) };
  for (const purpose of ["resume", "release"] as const) {
    const other = await key.sign({ purpose, ...common });
    assert.equal(await terminal.refusal("session.prove", { proof: other }), "proof.purpose");
  }
  assert.equal(await terminal.refusal("session.resume", { proof }), "proof.purpose");
  // After all that it still can, once.
  await terminal.request("session.prove", { proof });
  assert.equal(await terminal.refusal("session.prove", { proof }), "proof.challenge");
  await terminal.register("alice", device);
});

test("an expired challenge proves nothing", async (t) => {
  const { server, alice } = await bobAndAlicesTerminal(t);
  const proof = await alice.terminalProof();
  server.setClock(2 * minuteMs);
  assert.equal(await alice.refusal("session.prove", { proof }), "proof.challengeExpired");
});

test("a resumption takes no further proof: it is one", async (t) => {
  const server = await startTestServer(t);
  const [alice] = await people(server, "alice");
  const { terminalId, key } = alice;
  const again = await TestTerminal.open(server, key);
  await again.request("session.hello", helloOf({ terminalId, terminalKey: key.publicKey }));
  again.origin = server.origin;
  again.userId = user("alice");
  again.device = alice.device;
  await again.request("session.resume", { proof: await again.resumeProof() });
  await again.request("directory.lookup", { userIds: [user("alice")] });
});
