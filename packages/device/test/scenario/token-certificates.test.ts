/** The certificates that a token has for a key. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { listTokens, openToken } from "@signet/device/pkcs11";
import { utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import { keyOrder } from "@signet/test-token";
import type { TestToken } from "@signet/test-token";

import { Extension, der, makeIntermediate, makeLeaf, makeRoot, newKeys } from "../support/certificates.ts";
import type { Wish } from "../support/certificates.ts";
import { assertProves, goodPin, rejectsWith, tokenFor } from "../support/tokens.ts";

const label = "key";
const keyId = Buffer.from(label).toString("hex");
const withKey = (): TestToken => tokenFor({ keys: [{ label, kind: "p256" }] });

const importHolder = async (publicKey: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("spki", publicKey, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);

async function holderOf({ modulePath }: TestToken): Promise<CryptoKey> {
  const device = await openToken({ modulePath }, goodPin);
  device.close();
  assert.equal(device.certificates, undefined);
  return importHolder(device.publicKey);
}

async function certificatesOf({ modulePath }: TestToken): Promise<readonly Bytes[] | undefined> {
  const device = await openToken({ modulePath }, goodPin);
  await assertProves(device);
  device.close();
  return device.certificates;
}

test("the key's own certificate comes first, then its issuers; the root and strangers stay out", async () => {
  const token = withKey();
  const root = await makeRoot();
  const upper = await makeIntermediate(root, { name: "CN=Upper" });
  const lower = await makeIntermediate(upper, { name: "CN=Lower" });
  const leaf = await makeLeaf(lower, { holder: await holderOf(token) });
  const stranger = await makeLeaf(lower, { name: "CN=Stranger" });
  // Of the issuer's name, but with another key.
  const namesake = await makeIntermediate(root, { name: "CN=Lower" });
  token.writeCertificates(
    [stranger.certificate, namesake.certificate, root.certificate, upper.certificate],
    "77",
  );
  token.writeCertificates([leaf.certificate, lower.certificate], keyId);
  assert.deepEqual(await certificatesOf(token), [leaf.certificate, lower.certificate, upper.certificate]);
});

test("a certificate for the same key without its ID is found too, and one with the ID for another key is not", async () => {
  const token = withKey();
  const root = await makeRoot();
  const stranger = await makeLeaf(root, { name: "CN=Stranger" });
  token.writeCertificates([stranger.certificate], keyId);
  const holder = await holderOf(token);
  const short = await makeLeaf(root, { holder, notAfterMs: Date.now() + 3_600_000 });
  const long = await makeLeaf(root, { holder, notAfterMs: Date.now() + 7_200_000 });
  token.writeCertificates([short.certificate], "88");
  assert.deepEqual(await certificatesOf(token), [short.certificate]);
  token.writeCertificates([long.certificate], "89");
  assert.deepEqual(await certificatesOf(token), [long.certificate], "of two the one that holds longest");
  token.writeCertificates([short.certificate], keyId);
  assert.deepEqual(await certificatesOf(token), [short.certificate], "the key's ID decides before that");
});

test("certificates that name each other as issuer end somewhere", async () => {
  const token = withKey();
  const keys = [await newKeys("P-256"), await newKeys("P-256")] as const;
  const one = await makeRoot({ name: "CN=One", keys: keys[0] });
  const two = await makeIntermediate(one, { name: "CN=Two", keys: keys[1] });
  const oneByTwo = await makeIntermediate(two, { name: "CN=One", keys: keys[0] });
  const leaf = await makeLeaf(one, { holder: await holderOf(token) });
  token.writeCertificates([leaf.certificate, two.certificate, oneByTwo.certificate], keyId);
  assert.deepEqual(await certificatesOf(token), [leaf.certificate, oneByTwo.certificate, two.certificate]);
});

test("what cannot be read as a certificate is left out", async () => {
  const token = withKey();
  token.writeCertificates([Uint8Array.of(0x30, 0x03, 1, 2, 3)], keyId);
  assert.equal(await certificatesOf(token), undefined);
});

test("where the token shows no public key, the certificate of the same ID has it, or the one that a signature fits", async () => {
  const token = tokenFor();
  const { modulePath } = token;
  const pair = await newKeys("P-256");
  const { d = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  token.write([
    {
      make: "object",
      // CKO_PRIVATE_KEY of CKK_EC, which may sign
      template: {
        0x0: 3,
        0x1: true,
        0x2: true,
        0x3: label,
        0x100: 3,
        0x102: { hex: keyId },
        0x103: true,
        0x108: true,
        0x180: { hex: "06082a8648ce3d030107" },
        0x11: { hex: Buffer.from(d, "base64url").toString("hex") },
      },
    },
  ]);
  await rejectsWith(openToken({ modulePath }, goodPin), "device.publicKeyMissing");
  const leaf = await makeLeaf(await makeRoot(), { holder: pair.publicKey });
  const stranger = await makeLeaf(await makeRoot(), { name: "CN=Stranger" });
  token.writeCertificates([stranger.certificate], "66");
  await rejectsWith(openToken({ modulePath }, goodPin), "device.publicKeyMissing");
  token.writeCertificates([leaf.certificate], "77");
  assert.deepEqual(await certificatesOf(token), [leaf.certificate], "under another ID");
  token.writeCertificates([leaf.certificate], keyId);
  assert.deepEqual(await certificatesOf(token), [leaf.certificate]);
  const device = await openToken({ modulePath }, goodPin);
  assert.deepEqual(device.publicKey, leaf.publicKey);
  device.close();
});

test("two keys of one token have each their own", async () => {
  const token = withKey();
  token.write([keyOrder({ label: "second", kind: "p256" })]);
  const root = await makeRoot();
  for (const keyLabel of [label, "second"]) {
    const device = await openToken({ modulePath: token.modulePath, keyLabel }, goodPin);
    device.close();
    const leaf = await makeLeaf(root, {
      holder: await importHolder(device.publicKey),
      name: `CN=${keyLabel}`,
    });
    token.writeCertificates([leaf.certificate], Buffer.from(keyLabel).toString("hex"));
    const again = await openToken({ modulePath: token.modulePath, keyLabel }, goodPin);
    again.close();
    assert.deepEqual(again.certificates, [leaf.certificate]);
  }
});

/** The certificate with another validity or other bytes in it; its signature does not fit any more, which nobody checks in a list. */
function altered(bytes: Bytes, from: string, to: string): Bytes {
  const hex = Buffer.from(bytes).toString("hex");
  assert.ok(hex.includes(from) && from.length === to.length);
  return Uint8Array.from(Buffer.from(hex.replace(from, to), "hex"));
}

const critical = (address: string): Wish => ({
  name: "",
  alternativeNames: [],
  extensions: [new Extension("2.5.29.17", true, der(0x30, der(0x81, utf8(address))))],
});
const hexOf = (text: string): string => Buffer.from(text).toString("hex");
const withOffset = (bytes: Bytes): Bytes => altered(bytes, hexOf("270131120000Z"), hexOf("2701311200+01"));

/** What a certificate is to hold, and how it is called in a list, or why nobody will read it. */
const listed: readonly [Wish, string, ((bytes: Bytes) => Bytes)?][] = [
  [{}, "Alice Example"],
  [critical("alice@example.org"), "alice@example.org"],
  [{ name: "", alternativeNames: [{ type: "dns", value: "a.example" }] }, ""],
  [{ name: "CN=SMITH\\, JOHN \\\\ 12" }, "SMITH, JOHN \\ 12"],
  [{ name: "O=Republic", alternativeNames: [] }, "O=Republic"],
  [{ extensions: [new Extension("1.2.3.4", false, new Uint8Array(5000))] }, "Alice Example"],
  [{}, "certificate.oddDate", withOffset],
];

test("a list of tokens says what certificates say, as validation reads them; odd ones do not end it", async () => {
  const labels = listed.map((_, i) => `key ${i}`);
  const token = tokenFor({ keys: labels.map((label) => ({ label, kind: "p256" })) });
  const root = await makeRoot({ name: "CN=Smith\\, Sons \\\\ Co" });
  const notAfterMs = Date.UTC(2027, 0, 31, 12);
  for (const [i, [wish, , change]] of listed.entries()) {
    const keyLabel = labels[i] ?? "";
    const device = await openToken({ modulePath: token.modulePath, keyLabel }, goodPin);
    device.close();
    const holder = await importHolder(device.publicKey);
    const { certificate } = await makeLeaf(root, { holder, notAfterMs, ...wish });
    token.writeCertificates([change?.(certificate) ?? certificate], Buffer.from(keyLabel).toString("hex"));
  }
  const [found] = await listTokens(token.modulePath);
  for (const [i, [, expected]] of listed.entries()) {
    const key = found?.keys.find(({ label }) => label === labels[i]);
    assert.equal(key?.certificateFault ?? key?.certificate?.subject, expected);
    if (key?.certificateFault !== undefined) continue;
    assert.equal(key?.certificate?.issuer, "Smith, Sons \\ Co");
    assert.equal(key.certificate.validUntilMs, notAfterMs);
  }
});
