/** What a WebAuthn assertion says besides the signature; each is signed, so that only the statement is wrong. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { verifyDeviceProof } from "@signet/device";
import { concatBytes, utf8 } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import { createAuthenticator, userPresent, userVerified } from "../support/authenticator.ts";
import type { Distortion, TestAuthenticator } from "../support/authenticator.ts";
import { assertRefused, makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

let device: TestAuthenticator;
let alice: TestPerson;

before(async () => {
  device = await createAuthenticator("ES256", serverOrigin);
  alice = await makePerson(device, true);
});

async function verify(distortion: Distortion, person = alice, key = device) {
  const proof = await key.distorted(distortion).sign(transcriptsOf(key, person.terminal, person.person).call);
  return verifyDeviceProof(proof, { purpose: "call", serverOrigin, person: person.person, time: { nowMs } });
}

const both = userPresent | userVerified;
const clientDataText = `{"type":"webauthn.get","challenge":"AA","origin":"${serverOrigin}","crossOrigin":false}`;

const wrong: readonly [string, Distortion, ErrorCode][] = [
  ["the type of a registration", { clientData: { type: "webauthn.create" } }, "proof.clientData"],
  ["no type", { clientData: { type: undefined } }, "proof.clientData"],
  ["a cross-origin frame", { clientData: { crossOrigin: true } }, "proof.clientData"],
  ["a top origin", { clientData: { topOrigin: "https://evil.example" } }, "proof.clientData"],
  ["crossOrigin that is no boolean", { clientData: { crossOrigin: "false" } }, "proof.clientData"],
  ["a challenge that is no text", { clientData: { challenge: 7 } }, "proof.clientData"],
  ["client data that is no JSON", { clientDataJson: utf8(clientDataText.slice(0, -1)) }, "proof.clientData"],
  ["client data with something after", { clientDataJson: utf8(`${clientDataText}x`) }, "proof.clientData"],
  [
    "client data with a byte order mark",
    { clientDataJson: utf8(`\ufeff${clientDataText}`) },
    "proof.clientData",
  ],
  ["client data that is a list", { clientDataJson: utf8("[]") }, "proof.clientData"],
  ["client data that is null", { clientDataJson: utf8("null") }, "proof.clientData"],
  [
    "client data that is not UTF-8",
    { clientDataJson: concatBytes(utf8(`{"type":"`), Uint8Array.of(0xff), utf8(`"}`)) },
    "proof.clientData",
  ],
  ["another origin", { clientData: { origin: "http://localhost:9090" } }, "proof.origin"],
  ["another scheme", { clientData: { origin: "https://localhost:8080" } }, "proof.origin"],
  ["an origin with a slash more", { clientData: { origin: `${serverOrigin}/` } }, "proof.origin"],
  ["another challenge", { challenge: new Uint8Array(32) }, "proof.signature"],
  ["another RP ID", { rpId: "evil.example" }, "proof.rpId"],
  ["an RP ID with the port", { rpId: "localhost:8080" }, "proof.rpId"],
  ["no user presence", { flags: userVerified }, "proof.userPresence"],
  ["no user verification", { flags: userPresent }, "proof.userVerification"],
  ["backed up but not eligible", { flags: both | 0x10 }, "proof.encoding"],
  ["bytes after the authenticator data", { afterAuthenticatorData: Uint8Array.of(0) }, "proof.encoding"],
  ["extensions announced but absent", { flags: both | 0x80 }, "proof.encoding"],
  [
    "extensions that are no map",
    { flags: both | 0x80, afterAuthenticatorData: Uint8Array.of(0x01) },
    "proof.encoding",
  ],
  [
    "bytes after the extensions",
    { flags: both | 0x80, afterAuthenticatorData: Uint8Array.of(0xa0, 0) },
    "proof.encoding",
  ],
  [
    "attested credential data",
    { flags: both | 0x40, afterAuthenticatorData: new Uint8Array(60) },
    "proof.encoding",
  ],
];

for (const [name, distortion, code] of wrong) {
  test(`an assertion with ${name}: ${code}`, async () => {
    assert.ok((await verify({})).ok, "the undistorted assertion is accepted");
    assertRefused(await verify(distortion), code);
  });
}

test("authenticator data shorter than its fixed part: proof.encoding", async () => {
  const proof = await device.sign(transcriptsOf(device, alice.terminal, alice.person).call);
  assert.equal(proof.signature.kind, "webauthn");
  for (const length of [0, 32, 36]) {
    const signature = {
      ...proof.signature,
      authenticatorData: proof.signature.authenticatorData.slice(0, length),
    };
    assertRefused(
      await verifyDeviceProof(
        { ...proof, signature },
        { purpose: "call", serverOrigin, person: alice.person, time: { nowMs } },
      ),
      "proof.encoding",
    );
  }
});

test("user verification is not asked of a device that was registered without it", async () => {
  const key = await createAuthenticator("ES256", serverOrigin, userPresent);
  const bob = await makePerson(key, false);
  assert.ok((await verify({}, bob, key)).ok);
  assert.ok((await verify({ flags: both }, bob, key)).ok);
  assertRefused(await verify({ flags: 0 }, bob, key), "proof.userPresence");
});

test("every altered bit of client data and authenticator data is refused", async () => {
  const proof = await device.sign(transcriptsOf(device, alice.terminal, alice.person).call);
  assert.equal(proof.signature.kind, "webauthn");
  for (const part of ["clientDataJson", "authenticatorData"] as const) {
    const bytes = proof.signature[part];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = bytes.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const result = await verifyDeviceProof(
        { ...proof, signature: { ...proof.signature, [part]: altered } },
        { purpose: "call", serverOrigin, person: alice.person, time: { nowMs } },
      );
      assert.ok(!result.ok, `${part} bit ${bit}`);
    }
  }
});
