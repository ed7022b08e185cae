/** What devices sign as CMS, as `openssl` and GnuTLS verify it. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  createSoftwareKey,
  createTerminalKey,
  transcriptDigest,
  verifyCms,
  withCertificates,
} from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { openToken } from "@signet/device/pkcs11";
import { encodeTranscript, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { rawToDer } from "../../src/der.ts";
import { holderOf, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { Authority } from "../support/certificates.ts";
import { document, forge, outsideVerifiers, signedAtMs, verdict } from "../support/cms.ts";
import { hourMs, transcriptsOf } from "../support/people.ts";
import { goodPin, tokenFor } from "../support/tokens.ts";

const algorithms = ["ES256", "EdDSA", "RS256", "PS256"] as const;
const { gnutls, openssl, ssl } = outsideVerifiers();
/** GnuTLS looks at the clock of this machine. */
const notAfterMs = Date.now() + 24 * hourMs;

const token = tokenFor({
  keys: [
    { label: "ES256", kind: "p256" },
    { label: "EdDSA", kind: "ed25519" },
    { label: "RS256", kind: "rsa2048" },
    { label: "PS256", kind: "rsa2048" },
  ],
});

let root: Authority;
let cards: Authority;
before(async () => {
  root = await makeRoot({ notAfterMs });
  cards = await makeIntermediate(root, { notAfterMs });
});

/** The same device with a certificate of the cards' authority. */
async function certified<D extends SignatureDevice>(device: D): Promise<D> {
  const leaf = await makeLeaf(cards, { holder: await holderOf(device), notAfterMs });
  return withCertificates(device, [leaf.certificate, cards.certificate]);
}

async function signed(device: SignatureDevice, of: Bytes = document): Promise<Bytes> {
  assert.ok(device.signCms !== undefined);
  return device.signCms(of, { signedAtMs });
}

/** OpenSSL 3.0 knows no Ed25519 in CMS: it then says so of every such file, and GnuTLS is asked alone. */
function assertOpenssl(algorithm: DeviceAlgorithm, said: true | string): void {
  if (algorithm === "EdDSA" && said !== true) assert.match(said, /eddsa_\w+:invalid digest/);
  else assert.equal(said, true);
}

async function assertVerifiedByAll(device: SignatureDevice): Promise<void> {
  const { algorithm } = device;
  for (const one of [
    document,
    new Uint8Array(),
    utf8("ü\n".repeat(40_000)),
    Uint8Array.of(0, 0x0d, 0x0a, 0xff),
  ]) {
    const cms = await signed(device, one);
    assertOpenssl(algorithm, openssl(cms, root, one));
    // It takes a document of no bytes for none.
    if (one.length > 0) assert.equal(gnutls(cms, root, one), true);
    const result = await verifyCms(cms, one, { trust: { anchors: [root.certificate] }, atMs: signedAtMs });
    assert.ok(result.ok, result.ok ? "" : result.code);
    const { certificates, deviceId, names, saidSignedAtMs } = result.signature;
    assert.deepEqual(
      [result.signature.algorithm, deviceId, names.subject, names.issuer, names.anchor, saidSignedAtMs],
      [algorithm, device.deviceId, "Alice Example", "Cards", "Root", signedAtMs],
    );
    assert.deepEqual(certificates, device.certificates);
  }
  const cms = await signed(device);
  for (const changed of [
    utf8("Pay 900 to Bob.\nToday.\r\n"),
    utf8("Pay 100 to Bob.\nToday.\n"),
    new Uint8Array(),
  ]) {
    assert.notEqual(openssl(cms, root, changed), true);
    assert.notEqual(gnutls(cms, root, changed), true);
    assert.equal(await verdict(cms, [root], { of: changed }), "cms.otherDocument");
  }
  // Of the same name, and another key.
  const other = await makeRoot({ notAfterMs });
  assert.notEqual(openssl(cms, other), true);
  assert.notEqual(gnutls(cms, other), true);
  assert.equal(await verdict(cms, [other]), "certificate.badSignature");
}

for (const algorithm of ["ES256", "EdDSA"] as const) {
  test(`${algorithm} by a software key: openssl, GnuTLS and we take it, and no changed document`, async () => {
    await assertVerifiedByAll(await certified(await createSoftwareKey({ algorithm })));
  });
}

for (const algorithm of algorithms) {
  test(`${algorithm} by a token: openssl, GnuTLS and we take it, and no changed document`, async () => {
    const { modulePath } = token;
    const device = await openToken({ modulePath, keyLabel: algorithm, algorithm }, goodPin);
    await assertVerifiedByAll(await certified(device));
    device.close();
  });
}

test("what openssl prints of it: one signer, the attributes of CAdES-BES, and all certificates", async () => {
  const cms = await signed(await certified(await createSoftwareKey({ algorithm: "ES256" })));
  assert.equal(openssl(cms, root), true);
  const printed = ssl.run("cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "signature.p7s");
  assert.equal(printed.match(/\bsignedAttrs:/g)?.length, 1);
  assert.deepEqual(printed.match(/(?<=\bsignedAttrs:[\s\S]*)object: [\w-]+/g), [
    "object: contentType",
    "object: signingTime",
    "object: messageDigest",
    "object: id-smime-aa-signingCertificateV2",
  ]);
  assert.match(printed, /eContentType: pkcs7-data \(1\.2\.840\.113549\.1\.7\.1\)\s+eContent: <ABSENT>/);
  assert.equal(printed.match(/d\.certificate:/g)?.length, 2);
  assert.match(printed, /unsignedAttrs:\s+<ABSENT>/);
});

test("a proof as CMS without attributes: others take it, for the 32 bytes of a digest and for nothing else", async () => {
  const device = await certified(await createSoftwareKey({ algorithm: "ES256" }));
  const transcript = transcriptsOf(device, await createTerminalKey()).call;
  const digest = await transcriptDigest(transcript);
  const { signature } = await device.sign(transcript);
  const [certificate = digest] = device.certificates ?? [];
  const cms = await forge(
    { certificate, keys: root.keys },
    {
      withoutAttributes: true,
      signature: () => rawToDer(signature.signature),
      certificates: [certificate, cards.certificate],
    },
  );
  assert.equal(openssl(cms, root, digest), true);
  assert.notEqual(openssl(cms, root, encodeTranscript(transcript)), true);
  assert.equal(await verdict(cms, [root], { of: digest }), "cms.attributes");
});
