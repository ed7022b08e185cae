/** A `certify` at a sign-in: it belongs to that one, is checked as any statement, and needs room. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { certificatesDigest, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { commonHistoryBytes, statementBytes } from "@signet/protocol";
import type { ErrorCode, StatementIn } from "@signet/protocol";

import { databasePath, openSqliteStore } from "../../src/index.ts";
import { certify } from "../support/certify.ts";
import { addSoftwareKey, historyStatement, revoke } from "../support/own-history.ts";
import { anchorsFile, dayMs, lasting, minuteMs, refusal, signIn } from "../support/renewing.ts";
import { changesNothing } from "../support/snapshot.ts";
import { testLogSigner } from "../support/logged-store.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";
import type { Twist } from "../support/test-terminal.ts";

test("a certify that does not belong to this sign-in, or does not hold, refuses it whole", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const key = await softwareDevice();
  const alice = await TestTerminal.connect(server);
  await alice.register("alice", await lasting(key, dayMs));
  const second = await addSoftwareKey(alice);
  const renewed = await lasting(key, 30 * dayMs);
  const other = new Uint8Array(32).fill(7);
  const stranger = { ...(await softwareDevice()), deviceId: key.deviceId };
  const rows: readonly (readonly [ErrorCode, Twist<"certify">, SignatureDevice?])[] = [
    ["proof.user", (transcript) => ({ ...transcript, userId: "bob" })],
    ["proof.device", (transcript) => ({ ...transcript, deviceId: second.deviceId }), second],
    ["proof.challenge", (transcript) => ({ ...transcript, serverChallenge: other })],
    ["proof.time", (transcript) => ({ ...transcript, issuedAtMs: transcript.issuedAtMs - 3 * minuteMs })],
    ["proof.time", (transcript) => ({ ...transcript, issuedAtMs: transcript.issuedAtMs + 3 * minuteMs })],
    ["history.sequence", (transcript) => ({ ...transcript, sequence: transcript.sequence + 1 })],
    ["history.previous", (transcript) => ({ ...transcript, previous: other })],
    ["history.certificates", (transcript) => ({ ...transcript, certificatesDigest: other })],
    ["proof.signature", (transcript) => transcript, stranger],
    ["proof.origin", (transcript) => ({ ...transcript, serverOrigin: "https://other.example" })],
  ];
  const terminal = await TestTerminal.connect(server);
  terminal.userId = user("alice");
  terminal.device = renewed;
  const refused = async (code: ErrorCode, made: () => Promise<StatementIn>): Promise<void> => {
    await changesNothing(server, async () => {
      const proof = await terminal.signInProof();
      const body = { proof, certify: await made() };
      assert.equal(await terminal.refusal("sign-in.finish", body), code);
    });
  };
  for (const [code, twist, signer] of rows) await refused(code, () => certify(terminal, twist, signer));
  await refused("history.certificates", async () => ({ proofs: (await certify(terminal)).proofs }));
  await refused("history.proofs", async () => {
    const whole = await certify(terminal);
    return { ...whole, proofs: [...whole.proofs, ...whole.proofs] };
  });
  const { certificates } = await certify(terminal);
  const renaming = await historyStatement(alice, "rename", { own: { renamedDeviceId: "", name: "Al" } });
  await refused("proof.purpose", () => Promise.resolve({ ...renaming.statement, certificates }));
  await refused("proof.malformed", async () => {
    const { proofs, ...rest } = await certify(terminal);
    return { ...rest, proofs: proofs.map((proof) => ({ ...proof, transcript: Uint8Array.of(1) })) };
  });
  // Signed for a sign-in, it continues the history in no other way.
  const proof = await terminal.signInProof();
  const statement = await certify(terminal, (transcript) => ({
    ...transcript,
    issuedAtMs: transcript.issuedAtMs - 1.9 * minuteMs,
  }));
  await changesNothing(server, async () => {
    assert.equal(await alice.refusal("history.append", { statement }), "proof.challenge");
  });
  await terminal.request("sign-in.finish", { proof, certify: statement });
  // And once.
  await refused("proof.challenge", () => Promise.resolve(statement));
});

test("somebody who went on meanwhile signs for the newest of their history, and a revoked device for nothing", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const alice = await TestTerminal.connect(server);
  await alice.register("alice", await softwareDevice());
  const key = await addSoftwareKey(alice);
  const terminal = await TestTerminal.connect(server);
  terminal.userId = user("alice");
  terminal.device = await lasting(key, dayMs);
  const outrun = await terminal.signInBody();
  const name = { own: { renamedDeviceId: "", name: "Al" } };
  await alice.request("history.append", await historyStatement(alice, "rename", name));
  await changesNothing(server, async () => {
    assert.equal(await terminal.refusal("sign-in.finish", outrun), "history.sequence");
  });
  const late = await terminal.signInBody();
  await revoke(alice, key);
  await changesNothing(server, async () => {
    assert.equal(await terminal.refusal("sign-in.finish", late), "history.deviceRevoked");
  });
});

test("where no statement is left for now, who is let in by what they have signs in with that, and nobody else", async (t) => {
  const limits = { statementBurst: 1, statementsPerMinute: 1 };
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), limits });
  const key = await softwareDevice();
  const first = await lasting(key, 10 * minuteMs);
  const alice = await TestTerminal.connect(server);
  await alice.register("alice", first);
  const spend = async (terminal: TestTerminal, name: string): Promise<void> => {
    const own = { renamedDeviceId: "", name };
    await terminal.request("history.append", await historyStatement(terminal, "rename", { own }));
  };
  await spend(alice, "Al");
  const longer = await lasting(key, dayMs);
  const { terminal, certificates } = await signIn(server, longer);
  assert.deepEqual(certificates, first.certificates);
  assert.match(
    server.log(),
    /"code":"protocol.askedTooMuch","msg":"a certificate for which there is no room/,
  );
  const ahead = 11 * minuteMs;
  server.setClock(ahead);
  terminal.clock = () => Date.now() + ahead;
  await spend(terminal, "Alice");
  assert.equal(await refusal(server, longer, ahead), "protocol.askedTooMuch");
  server.setClock(ahead + minuteMs);
  const { certificates: renewed } = await signIn(server, longer, ahead + minuteMs);
  assert.deepEqual(renewed, longer.certificates);
});

test("so too where the history is full", async (t) => {
  const options = { trustAnchors: anchorsFile(t), dataDir: tempDir(t) };
  const server = await startTestServer(t, options);
  const { origin: serverOrigin, port } = server;
  const key = await softwareDevice();
  const first = await lasting(key, 10 * minuteMs);
  const alice = await TestTerminal.connect(server);
  await alice.register("alice", first);
  const second = await addSoftwareKey(alice);
  const { entry } = await alice.signIn("alice", first);
  await alice.close();
  await server.close();

  // A history does not validate what it holds: this fills it without an authority.
  const store = openSqliteStore(databasePath(options.dataDir));
  await store.log.begin(testLogSigner);
  let history = entry;
  for (let chainBytes = 16_384; chainBytes > 32;) {
    const certificates = Array.from(
      { length: Math.ceil(chainBytes / 4096) },
      () => new Uint8Array(Math.min(chainBytes, 4096)),
    );
    const statement = {
      proofs: [
        await second.sign({
          purpose: "certify",
          serverOrigin,
          userId: "alice",
          deviceId: second.deviceId,
          issuedAtMs: Date.now(),
          sequence: history.statements.length + 1,
          previous: await statedHead(history),
          serverChallenge: new Uint8Array(32),
          certificatesDigest: await certificatesDigest(certificates),
        }),
      ],
      certificates,
    };
    const statements = [...history.statements, statement];
    if (statements.reduce((sum, one) => sum + statementBytes(one), 0) > commonHistoryBytes) chainBytes /= 2;
    else {
      const sequence = statements.length;
      await store.appendStatement({ userId: user("alice"), sequence, statement, endedDeviceIds: [] });
      history = { ...history, statements };
    }
  }
  await store.close();

  const full = await startTestServer(t, { ...options, port });
  const longer = await lasting(key, dayMs);
  assert.deepEqual((await signIn(full, longer)).certificates, first.certificates);
  assert.match(
    full.log(),
    /"code":"history.full","msg":"a certificate for which there is no room was not taken"/,
  );
  full.setClock(11 * minuteMs);
  assert.equal(await refusal(full, longer, 11 * minuteMs), "history.full");
});
