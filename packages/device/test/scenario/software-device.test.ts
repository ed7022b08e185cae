import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import {
  createSoftwareKey,
  createTerminalKey,
  deviceIdOf,
  exportKeyFile,
  openSoftwareKey,
  transcriptDigest,
  verifyDeviceProof,
} from "@signet/device";
import { encodeTranscript } from "@signet/protocol";

import { makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";

for (const algorithm of ["ES256", "EdDSA"] as const) {
  test(`${algorithm}: a key file opens again as the same device, which signs`, async () => {
    const made = await createSoftwareKey({ algorithm, passphrase: "word" });
    const fileText = exportKeyFile(made);
    const opened = await openSoftwareKey(fileText, "word");
    assert.equal(exportKeyFile(opened), fileText);
    assert.deepEqual(
      [opened.kind, opened.algorithm, opened.deviceId, opened.publicKey],
      ["software", algorithm, made.deviceId, made.publicKey],
    );
    const { person, terminal } = await makePerson(made, false);
    const proof = await opened.sign(transcriptsOf(made, terminal, person).call);
    assert.ok(
      (await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: { nowMs } })).ok,
    );
  });

  test(`${algorithm}: the signature is the standard one over the digest, as another library reads it`, async () => {
    const device = await createSoftwareKey({ algorithm, passphrase: "word" });
    const transcript = transcriptsOf(device, await createTerminalKey()).call;
    const proof = await device.sign(transcript);
    assert.deepEqual(proof.transcript, encodeTranscript(transcript));
    const key = createPublicKey({ key: Buffer.from(device.publicKey), format: "der", type: "spki" });
    const digest = await transcriptDigest(transcript);
    const hash = algorithm === "ES256" ? "sha256" : null;
    assert.ok(verify(hash, digest, { key, dsaEncoding: "ieee-p1363" }, proof.signature.signature));
  });
}

test("the file holds neither the private key nor the passphrase, and no two files are alike", async () => {
  const first = exportKeyFile(await createSoftwareKey({ algorithm: "EdDSA", passphrase: "sesame" }));
  const second = exportKeyFile(await createSoftwareKey({ algorithm: "EdDSA", passphrase: "sesame" }));
  const read = (text: string) =>
    JSON.parse(text) as { kdf: { salt: string }; cipher: Record<string, string> };
  assert.doesNotMatch(first, /sesame/);
  assert.notEqual(read(first).kdf.salt, read(second).kdf.salt);
  assert.notEqual(read(first).cipher["nonce"], read(second).cipher["nonce"]);
  assert.deepEqual(Object.keys(read(first)).sort(), ["algorithm", "cipher", "format", "kdf", "publicKey"]);
});

test("a new file asks for the work that is advised, and one of version 0.1 for a quarter of it", async () => {
  const made = exportKeyFile(await createSoftwareKey({ algorithm: "ES256", passphrase: "word" }));
  const cost = (text: string): unknown => (JSON.parse(text) as { kdf: unknown }).kdf;
  const { salt: _, ...rest } = cost(made) as Record<string, unknown>;
  assert.deepEqual(rest, { name: "scrypt", n: 131_072, r: 8, p: 1 });
  for (const [file, n, algorithm, deviceId] of [
    ["key-file-0.1-es256.json", 32_768, "ES256", "g6yC6YukwEQ8R_U-7GPH0Q"],
    ["key-file-0.1-eddsa.json", 32_768, "EdDSA", "nmWMx9C60fUn_Sm530J_jw"],
    ["key-file-1-es256.json", 131_072, "ES256", "UOwJCms-AtmCNbFXEejMSg"],
    ["key-file-1-eddsa.json", 131_072, "EdDSA", "EOtaun821k2jFoZ58NU2FQ"],
  ] as const) {
    const text = readFileSync(join(import.meta.dirname, "../released", file), "utf8");
    assert.equal((cost(text) as { n: number }).n, n);
    const device = await openSoftwareKey(text, "caf\u00e9 au lait");
    assert.deepEqual([device.algorithm, device.deviceId], [algorithm, deviceId]);
    await assert.rejects(openSoftwareKey(text, "cafe au lait"), { code: "device.badPassphrase" });
  }
});

test("a key that was made without a passphrase signs and has no file", async () => {
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { person, terminal } = await makePerson(device, false);
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  assert.ok((await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: { nowMs } })).ok);
  assert.throws(() => exportKeyFile(device), TypeError);
});

test("a passphrase opens the file in whatever Unicode form it is typed", async () => {
  const fileText = exportKeyFile(await createSoftwareKey({ algorithm: "EdDSA", passphrase: "caf\u00e9" }));
  assert.ok(await openSoftwareKey(fileText, "cafe\u0301"));
});

test("the device ID is 16 bytes of the key's hash, and a device gives no key away", async () => {
  const device = await createSoftwareKey({ algorithm: "ES256" });
  assert.equal(device.deviceId, await deviceIdOf(device.publicKey));
  assert.equal(Buffer.from(device.deviceId, "base64url").length, 16);
  assert.deepEqual(Object.keys(device).sort(), ["algorithm", "deviceId", "kind", "publicKey", "sign"]);
});

test("a terminal key is new each time and lets nothing be read but its 32 public bytes and the ID that is their digest", async () => {
  const [first, second] = [await createTerminalKey(), await createTerminalKey()];
  assert.equal(first.publicKey.length, 32);
  assert.notDeepEqual(first.publicKey, second.publicKey);
  assert.deepEqual(Object.keys(first).sort(), ["privateKey", "publicKey", "sign", "terminalId"]);
  assert.equal(first.privateKey.extractable, false);
});
