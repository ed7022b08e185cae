/**
 * What anybody can make of a signature without the key. Of ECDSA there are two that hold, as authenticators make both, so nothing may
 * depend on which one it is; of Ed25519 and RSA there is one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, derToRaw, verifyDeviceProof } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { checkRaw } from "../../src/signature-check.ts";
import { createAuthenticator, rawToDer } from "../support/authenticator.ts";
import { makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";

const bigOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const bytesOf = (value: bigint, length: number): Bytes =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));

/** SP 800-186 section 3.2.1.3, RFC 8032 section 5.1. */
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ed25519Order = 2n ** 252n + 27742317777372353535851937790883648493n;

const twinOfRaw = (raw: Bytes): Bytes => {
  const twin = raw.slice();
  twin.set(bytesOf(p256Order - bigOf(raw.subarray(32)), 32), 32);
  return twin;
};
const twinOfDer = (der: Bytes): Bytes => rawToDer(twinOfRaw(derToRaw(der) ?? new Uint8Array(64)));

/** S + L, little-endian: the same point. */
const plusOrder = (signature: Bytes): Bytes => {
  const scalar = bigOf(signature.slice(32).toReversed()) + ed25519Order;
  const twin = signature.slice();
  twin.set(bytesOf(scalar, 32).toReversed(), 32);
  return twin;
};

async function verdicts(device: SignatureDevice, twin: (signature: Bytes) => Bytes) {
  const { person, terminal } = await makePerson(device, device.kind === "webauthn");
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  const expected = { purpose: "call", serverOrigin, person, time: { nowMs } } as const;
  const first = await verifyDeviceProof(proof, expected);
  const signature = twin(proof.signature.signature);
  assert.notDeepEqual(signature, proof.signature.signature);
  const second = await verifyDeviceProof(
    { ...proof, signature: { ...proof.signature, signature } },
    expected,
  );
  return { first, second };
}

for (const [name, create, twin] of [
  ["a software key", () => createSoftwareKey({ algorithm: "ES256", passphrase: "word" }), twinOfRaw],
  ["an authenticator", () => createAuthenticator("ES256", serverOrigin), twinOfDer],
] as const)
  test(`(r, s) and (r, n - s) of ${name} are one proof: the same digest, the same transcript`, async () => {
    const { first, second } = await verdicts(await create(), twin);
    assert.ok(first.ok && second.ok);
    assert.deepEqual(second.proof.digest, first.proof.digest);
    assert.deepEqual(second.proof.transcript, first.proof.transcript);
  });

for (const [name, create] of [
  ["a software key", () => createSoftwareKey({ algorithm: "EdDSA", passphrase: "word" })],
  ["an authenticator", () => createAuthenticator("EdDSA", serverOrigin)],
] as const)
  test(`(R, S + L) of ${name} does not verify`, async () => {
    const { first, second } = await verdicts(await create(), plusOrder);
    assert.ok(first.ok);
    assert.deepEqual(second, { ok: false, code: "proof.signature" });
  });

for (const [algorithm, parameters] of [
  ["RS256", { name: "RSASSA-PKCS1-v1_5" }],
  ["PS256", { name: "RSA-PSS", saltLength: 32 }],
] as const satisfies readonly (readonly [DeviceAlgorithm, object])[])
  test(`${algorithm}: a signature with the modulus added does not verify`, async () => {
    const { name } = parameters;
    const made = { name, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" };
    const pair = await crypto.subtle.generateKey(made, true, ["sign", "verify"]);
    const { n = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const modulus = bigOf(Buffer.from(n, "base64url"));
    // One that stays as long as the modulus: a longer one is refused for its length.
    for (let message = Uint8Array.of(0); ; message = Uint8Array.of((message[0] ?? 0) + 1, message.length)) {
      const signature = new Uint8Array(await crypto.subtle.sign(parameters, pair.privateKey, message));
      assert.deepEqual(await checkRaw(algorithm, pair.publicKey, signature, message), { ok: true });
      const sum = bigOf(signature) + modulus;
      if (sum >= 2n ** 2048n) continue;
      assert.deepEqual(await checkRaw(algorithm, pair.publicKey, bytesOf(sum, 256), message), {
        ok: false,
        code: "proof.signature",
      });
      return;
    }
  });
