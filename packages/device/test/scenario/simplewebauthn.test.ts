/**
 * The same assertions before `@simplewebauthn/server` and before our own verification. Both must agree, but for the
 * cases marked `stricter`: there ours refuses what theirs lets pass, each with its reason.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256, verifyDeviceProof } from "@signet/device";
import { concatBytes, fromBase64Url, toBase64Url } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofIn } from "@signet/protocol";
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { isoCBOR } from "@simplewebauthn/server/helpers";

import { createAuthenticator, rawToDer, userPresent, userVerified } from "../support/authenticator.ts";
import type { Distortion, TestAuthenticator } from "../support/authenticator.ts";
import { makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";

/** COSE_Key (RFC 9053 sections 7.1 and 7.2, RFC 8230 section 4). */
function coseKey(algorithm: DeviceAlgorithm, jwk: JsonWebKey): Bytes {
  const part = (text: string | undefined): Bytes => fromBase64Url(text ?? "") ?? new Uint8Array();
  const members: Readonly<Record<DeviceAlgorithm, readonly (readonly [number, number | Bytes])[]>> = {
    ES256: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, part(jwk.x)],
      [-3, part(jwk.y)],
    ],
    EdDSA: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, part(jwk.x)],
    ],
    RS256: [
      [1, 3],
      [3, -257],
      [-1, part(jwk.n)],
      [-2, part(jwk.e)],
    ],
    PS256: [
      [1, 3],
      [3, -37],
      [-1, part(jwk.n)],
      [-2, part(jwk.e)],
    ],
  };
  return Uint8Array.from(isoCBOR.encode(new Map(members[algorithm])));
}

async function theirVerdict(
  device: TestAuthenticator,
  proof: ProofIn,
  mustVerifyUser: boolean,
): Promise<boolean> {
  const { signature } = proof;
  assert.equal(signature.kind, "webauthn");
  const id = toBase64Url(new Uint8Array(16).fill(6));
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          authenticatorData: toBase64Url(signature.authenticatorData),
          clientDataJSON: toBase64Url(signature.clientDataJson),
          signature: toBase64Url(signature.signature),
        },
      },
      expectedChallenge: toBase64Url(await sha256(proof.transcript)),
      expectedOrigin: serverOrigin,
      expectedRPID: "localhost",
      credential: { id, publicKey: coseKey(device.algorithm, device.jwk), counter: 0 },
      requireUserVerification: mustVerifyUser,
    });
    return verified;
  } catch {
    return false;
  }
}

const both = userPresent | userVerified;
const flipLast = (signature: Bytes): Bytes => {
  const altered = signature.slice();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  return altered;
};
/** Lengthens the last integer to 34 bytes by zeros in front: theirs lets a shorter one pass when it comes to 32 then. */
const padLastInteger = (der: Bytes): Bytes => {
  const at = 4 + (der[3] ?? 0);
  const value = der.slice(at + 2);
  const zeros = new Uint8Array(34 - value.length);
  const body = concatBytes(der.slice(2, at), Uint8Array.of(2, 34), zeros, value);
  return concatBytes(Uint8Array.of(0x30, body.length), body);
};

type Verdict = "accept" | "refuse" | "stricter";

const forEveryAlgorithm: readonly [string, Distortion, Verdict][] = [
  ["nothing wrong", {}, "accept"],
  ["another type", { clientData: { type: "webauthn.create" } }, "refuse"],
  ["another challenge", { challenge: new Uint8Array(32) }, "refuse"],
  ["another origin", { clientData: { origin: "http://localhost:9090" } }, "refuse"],
  ["another RP ID", { rpId: "evil.example" }, "refuse"],
  ["no user presence", { flags: userVerified }, "refuse"],
  ["no user verification", { flags: userPresent }, "refuse"],
  ["client data that is no JSON", { clientDataJson: Uint8Array.of(0x7b) }, "refuse"],
  ["a byte after the authenticator data", { afterAuthenticatorData: Uint8Array.of(0) }, "refuse"],
  ["backed up but not eligible", { flags: both | 0x10 }, "refuse"],
  ["backed up and eligible", { flags: both | 0x18 }, "accept"],
  ["an empty extension map", { flags: both | 0x80, afterAuthenticatorData: Uint8Array.of(0xa0) }, "accept"],
  ["an altered signature", { signature: flipLast }, "refuse"],
  // A cut Ed25519 or RSA signature is no signature; a cut DER one is no DER.
  ["a cut signature", { signature: (signature) => signature.slice(0, -1) }, "refuse"],
  ["an empty signature", { signature: () => new Uint8Array() }, "refuse"],
  ["a top origin", { clientData: { topOrigin: "https://evil.example" } }, "refuse"],
  // Signet is never framed by another site, so an honest assertion for it never says this.
  ["a cross-origin frame", { clientData: { crossOrigin: true } }, "stricter"],
];

const forEs256: readonly [string, Distortion, Verdict][] = [
  ["a padded integer", { signature: padLastInteger }, "refuse"],
  // One signature, one encoding: what is signed once must not exist in several forms.
  ["a byte after the DER", { signature: (der) => concatBytes(der, Uint8Array.of(0)) }, "stricter"],
  [
    "a long-form length",
    { signature: (der) => concatBytes(Uint8Array.of(0x30, 0x81, der.length - 2), der.slice(2)) },
    "stricter",
  ],
  ["r||s of zeros", { signature: () => rawToDer(new Uint8Array(64)) }, "refuse"],
  ["r||s without DER", { signature: () => new Uint8Array(64).fill(1) }, "refuse"],
];

for (const algorithm of ["ES256", "EdDSA", "RS256"] as const) {
  test(`${algorithm}: both verifications agree, and ours is the stricter where marked`, async () => {
    const device = await createAuthenticator(algorithm, serverOrigin);
    const { person, terminal } = await makePerson(device, true);
    const transcript = transcriptsOf(device, terminal, person).call;
    const cases = algorithm === "ES256" ? [...forEveryAlgorithm, ...forEs256] : forEveryAlgorithm;
    for (const [name, distortion, verdict] of cases) {
      const proof = await device.distorted(distortion).sign(transcript);
      const ours = await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: { nowMs } });
      const theirs = await theirVerdict(device, proof, true);
      const expected = { accept: [true, true], refuse: [false, false], stricter: [false, true] }[verdict];
      assert.deepEqual([ours.ok, theirs], expected, name);
    }
  });
}

test("both accept a device without user verification where it is not required", async () => {
  const device = await createAuthenticator("ES256", serverOrigin, userPresent);
  const { person, terminal } = await makePerson(device, false);
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  assert.ok((await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: { nowMs } })).ok);
  assert.ok(await theirVerdict(device, proof, false));
});

test("no altered bit of an ES256 assertion passes ours, and what passes theirs is only looser encoding", async () => {
  const device = await createAuthenticator("ES256", serverOrigin);
  const { person, terminal } = await makePerson(device, true);
  const proof = await device.sign(transcriptsOf(device, terminal, person).call);
  const { signature } = proof;
  assert.equal(signature.kind, "webauthn");
  for (const part of ["authenticatorData", "clientDataJson", "signature"] as const) {
    // Every seventh bit, so that all positions within a byte come up.
    for (let bit = 0; bit < signature[part].length * 8; bit += 7) {
      const altered = signature[part].slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const mutant: ProofIn = { ...proof, signature: { ...signature, [part]: altered } };
      const ours = await verifyDeviceProof(mutant, {
        purpose: "call",
        serverOrigin,
        person,
        time: { nowMs },
      });
      assert.ok(!ours.ok, `${part} bit ${bit}`);
      if (await theirVerdict(device, mutant, true))
        assert.equal(ours.code, "proof.encoding", `${part} bit ${bit}`);
    }
  }
});
