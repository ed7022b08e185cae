import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, createTerminalKey, nobodyAdministers } from "@signet/device";
import type { DirectoryEntryIn, ProofIn, TerminalId, UserId } from "@signet/protocol";

import { statedCertificates, statedDevice, verifyOwnEntry } from "../../src/session/own-entry.ts";
import { trustOf } from "../../src/people/trust.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const terminalId = randomId() as TerminalId;
const nowMs = Date.now();

/** Somebody signs in on this terminal, and the server answers with an entry. */
async function signedIn(ada: TestPerson) {
  const { publicKey: terminalKey } = await createTerminalKey();
  const { userId, device } = ada;
  const proof = await device.sign({
    purpose: "sign-in",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs: nowMs,
    serverChallenge: randomBytes(32),
    terminalId,
    terminalKey,
    expiresAtMs: nowMs + 60_000,
    head: ada.head,
  });
  const made = {
    serverOrigin,
    administratorDevices: nobodyAdministers,
    userId,
    device,
    proof,
    terminalId,
    terminalKey,
    trust: trustOf(undefined, undefined),
    nowMs,
  };
  return {
    answered: (entry: DirectoryEntryIn, change: Partial<typeof made> = {}) =>
      verifyOwnEntry(entry, { ...made, ...change }),
  };
}

test("the entry of the device that was touched here is the person's", async () => {
  const ada = await person("ada");
  const { answered } = await signedIn(ada);
  const { deviceId, device, known, userId } = await answered(ada.entry);
  assert.deepEqual([userId, deviceId], ["ada", ada.device.deviceId]);
  assert.deepEqual(known.person.history, ada.entry);
  assert.equal(device, ada.device);
});

test("an entry of another device, another person or another key is not", async () => {
  const [ada, other, bob] = await Promise.all([person("ada"), person("ada"), person("bob")]);
  const { answered } = await signedIn(ada);
  await assert.rejects(answered(other.entry), { code: "directory.badEntry" });
  await assert.rejects(answered(bob.entry), { code: "directory.badEntry" });
  await assert.rejects(answered(ada.entry, { userId: "bob" as UserId }), { code: "directory.badEntry" });
  const { publicKey } = other.entry;
  await assert.rejects(answered({ ...ada.entry, publicKey }), /entry|proof/i);
});

test("what was signed has to bind this terminal, with this key", async () => {
  const ada = await person("ada");
  const { answered } = await signedIn(ada);
  const elsewhere = randomId() as TerminalId;
  await assert.rejects(answered(ada.entry, { terminalId: elsewhere }), { code: "proof.terminal" });
  const { publicKey: terminalKey } = await createTerminalKey();
  await assert.rejects(answered(ada.entry, { terminalKey }), { code: "proof.terminalKey" });
  const proof: ProofIn = { ...ada.entry.proof };
  await assert.rejects(answered(ada.entry, { proof }), { code: "proof.terminal" });
});

test("certificates that are more than a server takes: no registration, and a sign-in without them", async () => {
  const plain = await createSoftwareKey({ algorithm: "ES256" });
  const accepted = { anchors: [new Uint8Array(1)], userIdFrom: "email" as const };
  const bytes = (length: number) => new Uint8Array(length);
  const rows = [
    [[bytes(4096), bytes(1), bytes(1), bytes(1)], undefined],
    [[bytes(1), bytes(4097)], "certificate.tooLarge"],
    [[bytes(1), bytes(1), bytes(1), bytes(1), bytes(1)], "certificate.tooMany"],
  ] as const;
  for (const [certificates, code] of rows) {
    const device = { ...plain, certificates };
    if (code === undefined) {
      assert.deepEqual(statedDevice(device, accepted).certificates, certificates);
      assert.deepEqual(statedCertificates(device, accepted), { certificates });
    } else {
      assert.throws(() => statedDevice(device, accepted), { code });
      assert.deepEqual(statedCertificates(device, accepted), {});
    }
    // Where none are accepted, nobody is asked for one.
    assert.equal(statedDevice(device, undefined).certificates, undefined);
  }
});
