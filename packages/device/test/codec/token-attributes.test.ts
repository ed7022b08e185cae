/** Public keys from PKCS#11 attributes, as different modules write them. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";

import { importPublicKey } from "@signet/device";
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { kindOf, publicKeyOf } from "../../src/pkcs11/key-kinds.ts";
import type { TokenObject } from "../../src/pkcs11/messages.ts";

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));
const object = (attributes: Partial<TokenObject>): TokenObject => ({
  handle: new Uint8Array(8),
  label: "",
  id: "",
  ...attributes,
});

const spkiOf = (key: { export(options: { type: "spki"; format: "der" }): Buffer }): Bytes =>
  Uint8Array.from(key.export({ type: "spki", format: "der" }));

const p256 = spkiOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey);
const ed25519 = spkiOf(generateKeyPairSync("ed25519").publicKey);

test("a P-256 point stands bare or in an OCTET STRING, and nothing else is taken for one", () => {
  const point = p256.slice(26);
  const of = (ecPoint: Bytes): Bytes | undefined => publicKeyOf("p256", object({ ecPoint }));
  assert.deepEqual(of(point), p256);
  assert.deepEqual(of(concatBytes(hex("0441"), point)), p256);
  for (const wrong of [
    concatBytes(hex("0441"), point, hex("00")),
    concatBytes(hex("0440"), point),
    concatBytes(hex("0541"), point),
    point.slice(1),
    new Uint8Array(),
  ])
    assert.equal(of(wrong), undefined);
  assert.equal(publicKeyOf("p256", object({})), undefined);
});

test("an Ed25519 key stands bare, in an OCTET STRING or in a BIT STRING without unused bits", () => {
  const key = ed25519.slice(12);
  const of = (ecPoint: Bytes): Bytes | undefined => publicKeyOf("ed25519", object({ ecPoint }));
  for (const right of [key, concatBytes(hex("0420"), key), concatBytes(hex("032100"), key)])
    assert.deepEqual(of(right), ed25519);
  for (const wrong of [concatBytes(hex("032101"), key), concatBytes(hex("0321"), key), key.slice(1)])
    assert.equal(of(wrong), undefined);
});

test("RSA numbers come with or without leading zeros", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const modulus = Uint8Array.from(Buffer.from(n, "base64url"));
  const publicExponent = Uint8Array.from(Buffer.from(e, "base64url"));
  const spki = spkiOf(publicKey);
  for (const zeros of [hex(""), hex("00"), hex("0000")]) {
    const key = object({
      keyType: 0,
      modulus: concatBytes(zeros, modulus),
      publicExponent: concatBytes(zeros, publicExponent),
    });
    assert.equal(kindOf(key), "rsa");
    assert.deepEqual(publicKeyOf("rsa", key), spki);
  }
  assert.ok(await importPublicKey("PS256", spki));
  assert.equal(publicKeyOf("rsa", object({ modulus })), undefined);
});

test("an RSA key of 2048 bits is one that Signet uses, and of 2047 is not", () => {
  const modulus = (first: number): Bytes => Uint8Array.of(first, ...new Uint8Array(255).fill(0xff));
  assert.equal(kindOf(object({ keyType: 0, modulus: modulus(0x80) })), "rsa");
  assert.equal(kindOf(object({ keyType: 0, modulus: modulus(0x7f) })), undefined);
  assert.equal(kindOf(object({ keyType: 0, modulus: new Uint8Array(256) })), undefined);
});

test("the curve decides the kind, under each of its names", () => {
  const named = (keyType: number, params: string): string | undefined =>
    kindOf(object({ keyType, ecParams: hex(params) }));
  assert.equal(named(3, "06082a8648ce3d030107"), "p256");
  assert.equal(named(3, "06052b81040022"), undefined);
  for (const params of ["06032b6570", "130c656477617264733235353139", "06092b06010401da470f01"])
    assert.equal(named(0x40, params), "ed25519");
  // id-Ed448
  assert.equal(named(0x40, "06032b6571"), undefined);
  assert.equal(kindOf(object({ keyType: 3 })), undefined);
  assert.equal(kindOf(object({ keyType: 0x10 })), undefined);
});
