/** Truncated, altered and loosely encoded signatures, for every kind of key. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, verifyDeviceProof } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { concatBytes } from "@signet/protocol";
import type { Bytes, ErrorCode, ProofIn } from "@signet/protocol";

import { createAuthenticator, derInteger, rawToDer } from "../support/authenticator.ts";
import { assertRefused, makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";

interface Signed {
  readonly proof: ProofIn;
  verify(signature: Bytes): ReturnType<typeof verifyDeviceProof<"call">>;
}

async function signCall(device: SignatureDevice): Promise<Signed> {
  const { person, terminal } = await makePerson(device, device.kind === "webauthn");
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  const expected = { purpose: "call", serverOrigin, person, time: { nowMs } } as const;
  assert.ok((await verifyDeviceProof(proof, expected)).ok, "the unchanged proof is accepted");
  return {
    proof,
    verify: async (signature) =>
      verifyDeviceProof({ ...proof, signature: { ...proof.signature, signature } }, expected),
  };
}

const devices: readonly [string, () => Promise<SignatureDevice>][] = [
  ["software ES256", () => createSoftwareKey({ algorithm: "ES256" })],
  ["software EdDSA", () => createSoftwareKey({ algorithm: "EdDSA" })],
  ["webauthn ES256", () => createAuthenticator("ES256", serverOrigin)],
  ["webauthn EdDSA", () => createAuthenticator("EdDSA", serverOrigin)],
  ["webauthn RS256", () => createAuthenticator("RS256", serverOrigin)],
];

for (const [name, create] of devices) {
  test(`${name}: a signature with any one bit altered is refused`, async () => {
    const { proof, verify } = await signCall(await create());
    const { signature } = proof.signature;
    const codes = new Set<ErrorCode>();
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const altered = signature.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const result = await verify(altered);
      assert.ok(!result.ok, `bit ${bit}`);
      codes.add(result.code);
    }
    codes.delete("proof.encoding");
    assert.deepEqual([...codes], ["proof.signature"]);
  });

  test(`${name}: a signature cut to any length, or with a byte more: proof.encoding`, async () => {
    const { proof, verify } = await signCall(await create());
    const { signature } = proof.signature;
    for (let length = 0; length < signature.length; length++) {
      assertRefused(await verify(signature.slice(0, length)), "proof.encoding");
    }
    assertRefused(await verify(concatBytes(signature, Uint8Array.of(0))), "proof.encoding");
  });
}

const paddedInteger = (value: Bytes): Bytes => {
  const minimal = derInteger(value);
  return concatBytes(Uint8Array.of(2, (minimal[1] ?? 0) + 1, 0), minimal.slice(2));
};
/** The bytes as they are: negative when the highest bit is set. */
const unsignedInteger = (value: Bytes): Bytes => concatBytes(Uint8Array.of(2, value.length), value);
const longFormInteger = (value: Bytes): Bytes => {
  const minimal = derInteger(value);
  return concatBytes(Uint8Array.of(2, 0x81, minimal[1] ?? 0), minimal.slice(2));
};
const body = (der: Bytes): Bytes => der.slice(2);

/** Not DER, though BER or a careless parser would read the same integers. @see X.690 sections 8.3.2 and 10.1 */
const looseEncodings: readonly [string, (raw: Bytes) => Bytes][] = [
  ["padded integers", (raw) => rawToDer(raw, paddedInteger)],
  ["a negative integer", (raw) => rawToDer(raw, unsignedInteger)],
  ["a long-form integer length", (raw) => rawToDer(raw, longFormInteger)],
  [
    "a long-form sequence length",
    (raw) => concatBytes(Uint8Array.of(0x30, 0x81, rawToDer(raw).length - 2), body(rawToDer(raw))),
  ],
  [
    "an indefinite length",
    (raw) => concatBytes(Uint8Array.of(0x30, 0x80), body(rawToDer(raw)), new Uint8Array(2)),
  ],
  ["a byte after the sequence", (raw) => concatBytes(rawToDer(raw), Uint8Array.of(0))],
  [
    "a byte after the integers, inside",
    (raw) =>
      concatBytes(Uint8Array.of(0x30, rawToDer(raw).length - 1), body(rawToDer(raw)), Uint8Array.of(0)),
  ],
  ["a set instead of a sequence", (raw) => concatBytes(Uint8Array.of(0x31), rawToDer(raw).slice(1))],
  ["an empty integer", () => Uint8Array.of(0x30, 4, 2, 0, 2, 0)],
  ["r||s without DER", (raw) => raw],
];

let signed: Signed;

before(async () => {
  const device = await createAuthenticator("ES256", serverOrigin);
  // Both integers need their sign byte, so that leaving it out makes them negative.
  do signed = await signCall(device);
  while (signed.proof.signature.signature.length !== 72);
});

for (const [name, encode] of looseEncodings) {
  test(`ES256 with ${name}: proof.encoding`, async () => {
    const der = signed.proof.signature.signature;
    const raw = concatBytes(der.slice(5, 37), der.slice(40, 72));
    assert.deepEqual(rawToDer(raw), der);
    assertRefused(await signed.verify(encode(raw)), "proof.encoding");
  });
}

const order = Uint8Array.from(
  Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"),
);

test("ES256 with r or s of 0 or n: proof.encoding", async () => {
  const key = await signCall(await createAuthenticator("ES256", serverOrigin));
  const file = await signCall(await createSoftwareKey({ algorithm: "ES256" }));
  const zero = new Uint8Array(32);
  const one = concatBytes(new Uint8Array(31), Uint8Array.of(1));
  for (const bad of [zero, order]) {
    for (const raw of [concatBytes(bad, one), concatBytes(one, bad)]) {
      assertRefused(await key.verify(rawToDer(raw)), "proof.encoding");
      assertRefused(await file.verify(raw), "proof.encoding");
    }
  }
  assertRefused(await key.verify(rawToDer(concatBytes(one, one))), "proof.signature");
});
