/** Documents signed by software keys: who can, with which certificates, and that no signature passes for one of another kind. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  createSoftwareKey,
  exportKeyFile,
  transcriptDigest,
  verifyCms,
  verifyDeviceProof,
  withCertificates,
} from "@signet/device";
import type { SignatureDevice, SoftwareDevice } from "@signet/device";
import { encodeTranscript } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { derToRaw, rawToDer } from "../../src/der.ts";
import { cmsSigner } from "../../src/cms/sign-cms.ts";
import { readSignedData } from "../../src/cms/signed-data.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import {
  Extension,
  KeyUsageFlags,
  holderOf,
  makeIntermediate,
  makeLeaf,
  makeRoot,
} from "../support/certificates.ts";
import type { Authority, Wish } from "../support/certificates.ts";
import { document, forge, hex, signedAtMs, verdict } from "../support/cms.ts";
import { makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";
import { rejectsWith } from "../support/tokens.ts";

let root: Authority;
before(async () => {
  root = await makeRoot();
});

async function certified<D extends SignatureDevice>(device: D, wish: Wish = {}): Promise<D> {
  const leaf = await makeLeaf(root, { holder: await holderOf(device), ...wish });
  return withCertificates(device, [leaf.certificate]);
}

async function signed(device: SignatureDevice, of: Bytes = document): Promise<Bytes> {
  assert.ok(device.signCms !== undefined);
  return device.signCms(of, { signedAtMs });
}

/** What was signed, and the signature as the algorithm of the device has it. */
function partsOf(cms: Bytes): { readonly attributes: Bytes; readonly raw: Bytes } {
  const read = readSignedData(cms);
  assert.ok(read.ok);
  const { algorithm, attributes, signature } = read.parts;
  const raw = algorithm.algorithm === "ES256" ? derToRaw(signature) : signature;
  return { attributes, raw: raw ?? hex("") };
}

test("only a device with certificates signs documents, and WebAuthn none at all", async () => {
  const device = await createSoftwareKey({ algorithm: "ES256", passphrase: "word" });
  assert.equal(device.signCms, undefined);
  assert.equal("signCms" in (await createAuthenticator("ES256", serverOrigin)), false);
  const once = await certified(device);
  const twice = await certified(once, { name: "CN=Alice Again" });
  assert.equal(await verdict(await signed(once), [root]), "Alice Example");
  assert.equal(await verdict(await signed(twice), [root]), "Alice Again");
  assert.equal(exportKeyFile(twice), exportKeyFile(device));
  // Somebody's own device, of which nobody here knows how it signs.
  const { signCms: _, ...own } = twice;
  assert.equal((await certified<SoftwareDevice>(own)).signCms, undefined);
  const copy = await certified<SoftwareDevice>({ ...twice });
  assert.equal(copy.signCms, undefined, "it would name the certificates of before");
});

test("a copy with certificates goes on telling what the device tells of itself", async () => {
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  let told = "before";
  const telling = Object.defineProperty({ ...device }, "told", { get: () => told, enumerable: true });
  const copy = (await certified(telling)) as typeof telling & { readonly told: string };
  told = "after";
  assert.equal(copy.told, "after");
});

const useless: readonly [Wish, ErrorCode][] = [
  [{ keyUsage: KeyUsageFlags.keyEncipherment }, "certificate.keyUsage"],
  [{ cA: true }, "certificate.ofAuthority"],
  [{ extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] }, "certificate.purpose"],
  [{ notAfterMs: signedAtMs - 1000 }, "certificate.expired"],
  [{ notBeforeMs: signedAtMs + 1000 }, "certificate.notYetValid"],
];

test("what nobody would take is not signed", async () => {
  const device = await createSoftwareKey({ algorithm: "ES256" });
  for (const [wish, code] of useless) await rejectsWith(signed(await certified(device, wish)), code);
  let issuer = root;
  const chain: Authority[] = [];
  for (let i = 0; i < 3; i++) chain.unshift((issuer = await makeIntermediate(issuer, { name: `CN=${i}` })));
  const leaf = await makeLeaf(issuer, { holder: await holderOf(device) });
  const four = withCertificates(
    device,
    [leaf, ...chain].map(({ certificate }) => certificate),
  );
  assert.equal(await verdict(await signed(four), [root]), "Alice Example");
});

test("from 2050 on the signing time has four digits for the year, and goes on being read", async () => {
  const notAfterMs = Date.UTC(2060, 0);
  const longLived = await makeRoot({ notAfterMs });
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const leaf = await makeLeaf(longLived, { holder: await holderOf(device), notAfterMs });
  const { signCms } = withCertificates(device, [leaf.certificate]);
  for (const [atMs, written] of [
    [Date.UTC(2049, 11, 31, 23, 59, 59), "\u0017\u000d491231235959Z"],
    [Date.UTC(2050, 0, 1), "\u0018\u000f20500101000000Z"],
  ] as const) {
    const cms = await signCms?.(document, { signedAtMs: atMs + 999 });
    assert.ok(cms !== undefined && Buffer.from(cms).includes(written));
    const trust = { anchors: [longLived.certificate] };
    const result = await verifyCms(cms, document, { trust, atMs });
    assert.equal(result.ok ? result.signature.saidSignedAtMs : result.code, atMs);
  }
});

test("certificates that a token has, and that nobody would take, are refused before it is asked", async () => {
  const { algorithm, publicKey } = await createSoftwareKey({ algorithm: "ES256" });
  const sign = (): never => assert.fail("nothing is to be signed");
  const { certificate: own } = await makeLeaf(root, {
    holder: await holderOf({ algorithm, publicKey }),
  });
  const { certificate: above } = await makeIntermediate(root);
  const { certificate: ofAnother } = await makeLeaf(root);
  const large = await makeIntermediate(root, {
    extensions: [new Extension("1.2.3.4", false, new Uint8Array(5000))],
  });
  for (const [certificates, code] of [
    [[own, above, above, above, above], "certificate.tooMany"],
    [[own, large.certificate], "certificate.tooLarge"],
    [[own, hex("3003020101")], "certificate.malformed"],
    [[ofAnother, own], "certificate.otherKey"],
    [[], "certificate.otherKey"],
  ] as const) {
    const signCms = cmsSigner({ algorithm, publicKey, certificates, sign });
    await rejectsWith(signCms(document, { signedAtMs }), code);
  }
});

for (const algorithm of ["ES256", "EdDSA"] as const) {
  test(`${algorithm}: what is signed for a document is no digest of a transcript, whatever the document`, async () => {
    const device = await certified(await createSoftwareKey({ algorithm }));
    const { person, terminal } = await makePerson(device, false);
    const transcript = transcriptsOf(device, terminal, person).call;
    const digest = await transcriptDigest(transcript);
    assert.equal(digest.length, 32);
    for (const one of [document, digest, encodeTranscript(transcript), new Uint8Array()]) {
      const { attributes, raw } = partsOf(await signed(device, one));
      assert.equal(attributes[0], 0x31);
      assert.ok(attributes.length > 100);
      const expected = { purpose: "call", serverOrigin, person, time: { nowMs } } as const;
      for (const [claimed, code] of [
        [encodeTranscript(transcript), "proof.signature"],
        [attributes, "proof.malformed"],
        [one, one.length > 32 && one !== document ? "proof.signature" : "proof.malformed"],
      ] as const) {
        const proof = { transcript: claimed, signature: { kind: "software", signature: raw } } as const;
        const result = await verifyDeviceProof(proof, expected);
        assert.equal(result.ok ? "ok" : result.code, code);
      }
    }
  });
}

test("a proof passes for no signature of a document, and one of a document for no other one", async () => {
  const device = await certified(await createSoftwareKey({ algorithm: "ES256" }));
  const [certificate = hex("")] = device.certificates ?? [];
  const holder = { certificate, keys: root.keys };
  const { person, terminal } = await makePerson(device, false);
  const transcript = transcriptsOf(device, terminal, person).call;
  const proof = await device.sign(transcript);
  const fromProof = (): Bytes => rawToDer(proof.signature.signature);
  const digest = await transcriptDigest(transcript);
  const encoded = encodeTranscript(transcript);

  for (const one of [digest, encoded]) {
    const attributed = await forge(holder, { document: one, signature: fromProof });
    assert.equal(await verdict(attributed, [root], { of: one }), "cms.signature");
    const bare = await forge(holder, { document: one, withoutAttributes: true, signature: fromProof });
    assert.equal(await verdict(bare, [root], { of: one }), "cms.attributes");
  }
  // The attributes of one document as if they were a document themselves.
  const { attributes, raw } = partsOf(await signed(device));
  const shifted = await forge(holder, {
    document: attributes,
    withoutAttributes: true,
    signature: () => rawToDer(raw),
  });
  assert.equal(await verdict(shifted, [root], { of: attributes }), "cms.attributes");
});
