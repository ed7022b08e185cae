import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createSoftwareKey,
  sha256,
  verifyBinding,
  verifyDeviceProof,
  verifyTerminalProof,
} from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { ProofIn, decodeProof, encodeProof, toBase64Url } from "@signet/protocol";

import { createAuthenticator } from "../support/authenticator.ts";
import { hourMs, makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";

const devices: readonly [string, () => Promise<SignatureDevice>, boolean][] = [
  ["software ES256", () => createSoftwareKey({ algorithm: "ES256" }), false],
  ["software EdDSA", () => createSoftwareKey({ algorithm: "EdDSA" }), false],
  ["webauthn ES256", () => createAuthenticator("ES256", serverOrigin), true],
  ["webauthn EdDSA", () => createAuthenticator("EdDSA", serverOrigin), true],
  ["webauthn RS256", () => createAuthenticator("RS256", serverOrigin), true],
];

for (const [name, create, userVerification] of devices) {
  test(`${name}: every device purpose is accepted, on the wire and in a credential`, async () => {
    const device = await create();
    const { person, terminal } = await makePerson(device, userVerification);
    const transcripts = transcriptsOf(device, terminal, person);
    for (const purpose of ["register", "sign-in", "release", "call", "join", "invite", "admit"] as const) {
      const transcript = transcripts[purpose];
      const signed = await device.sign(transcript);
      const stored = decodeProof(encodeProof(signed));
      assert.ok(stored);
      for (const proof of [signed, stored, ProofIn.parse(toWire(signed))]) {
        const result = await verifyDeviceProof(proof, { purpose, serverOrigin, person, time: { nowMs } });
        assert.ok(result.ok, purpose);
        assert.deepEqual(result.proof.transcript, transcript);
        assert.deepEqual(result.proof.digest, await sha256(proof.transcript));
        assert.equal(result.proof.raw, proof);
      }
    }
  });
}

const toWire = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? toBase64Url(item) : item)),
  );

test("the expected fields of each purpose may all be given", async () => {
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { person, terminal } = await makePerson(device, false);
  const { call, "sign-in": signIn } = transcriptsOf(device, terminal, person);
  const { callId, memberUserIds, leafKey } = call;
  const expected = { serverOrigin, person, time: { nowMs } };
  const called = await verifyDeviceProof(await device.sign(call), {
    ...expected,
    purpose: "call",
    fields: { callId, memberUserIds, leafKey },
  });
  assert.ok(called.ok);
  const { serverChallenge, terminalId, terminalKey } = signIn;
  const signedIn = await verifyDeviceProof(await device.sign(signIn), {
    ...expected,
    purpose: "sign-in",
    fields: { serverChallenge, terminalId, terminalKey },
  });
  assert.ok(signedIn.ok);
});

test("a proof is accepted up to two minutes before and after its time, and at any time when asked so", async () => {
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { person, terminal } = await makePerson(device, false);
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  for (const time of [{ nowMs: nowMs - 120_000 }, { nowMs: nowMs + 120_000 }, "any"] as const) {
    assert.ok((await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time })).ok);
  }
});

test("a proof that may have waited is older by that, to the millisecond, and comes from no further ahead", async () => {
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { person, terminal } = await makePerson(device, false);
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  const waitedMostMs = 180_000;
  for (const [laterMs, isTaken] of [
    [300_000, true],
    [300_001, false],
    [-120_000, true],
    [-120_001, false],
  ] as const) {
    const time = { nowMs: nowMs + laterMs, waitedMostMs };
    const result = await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time });
    assert.equal(result.ok ? "taken" : result.code, isTaken ? "taken" : "proof.time");
  }
});

test("every terminal purpose is accepted with the key of the binding", async () => {
  const device = await createAuthenticator("ES256", serverOrigin);
  const { binding, terminal } = await makePerson(device, true);
  const transcripts = transcriptsOf(device, terminal);
  for (const purpose of ["resume", "release", "decline", "leave", "end", "remove", "host"] as const) {
    const proof = await terminal.sign(transcripts[purpose]);
    const result = await verifyTerminalProof(proof, { purpose, serverOrigin, binding, time: { nowMs } });
    assert.ok(result.ok, purpose);
    assert.deepEqual(result.proof.transcript, transcripts[purpose]);
  }
});

test("a binding holds from sign-in and from registration, to its last millisecond", async () => {
  const device = await createAuthenticator("EdDSA", serverOrigin);
  const { person, terminal, entryIn } = await makePerson(device, true);
  const transcripts = transcriptsOf(device, terminal, person);
  for (const proof of [await device.sign(transcripts["sign-in"]), entryIn.proof]) {
    const result = await verifyBinding(proof, { serverOrigin, person, nowMs: nowMs + 12 * hourMs - 1 });
    assert.ok(result.ok);
    const { terminalId, terminalKey, issuedAtMs, expiresAtMs, userId, deviceId } = result.binding;
    assert.deepEqual(
      { terminalId, terminalKey, issuedAtMs, expiresAtMs, userId, deviceId },
      {
        terminalId: transcripts["sign-in"].terminalId,
        terminalKey: terminal.publicKey,
        issuedAtMs: nowMs,
        expiresAtMs: nowMs + 12 * hourMs,
        userId: "alice",
        deviceId: device.deviceId,
      },
    );
  }
});

test("the authenticator's own report is handed on", async () => {
  const device = await createAuthenticator("ES256", serverOrigin);
  const { person, terminal } = await makePerson(device, true);
  const proof = await device
    .distorted({ signCount: 0x01020304 })
    .sign(transcriptsOf(device, terminal, person).call);
  const result = await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: { nowMs } });
  assert.ok(result.ok);
  assert.deepEqual(result.proof.authenticator, { userVerified: true, signCount: 0x01020304 });
});

test("extension data that the device adds unasked is accepted", async () => {
  const device = await createAuthenticator("ES256", serverOrigin);
  const { person, terminal } = await makePerson(device, true);
  // {"a": [1, h'00', true]}
  const extensions = Uint8Array.of(0xa1, 0x61, 0x61, 0x83, 0x01, 0x41, 0x00, 0xf5);
  const distorted = device.distorted({ flags: 0x85, afterAuthenticatorData: extensions });
  const proof = await distorted.sign(transcriptsOf(device, terminal, person).call);
  assert.ok((await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: { nowMs } })).ok);
});
