/**
 * CMS that is wrong in one way, put together and signed by somebody who has the key: what we say, and whether `openssl cms -verify -cades` takes it.
 * It never refuses what we take; where it takes what we refuse, that is on purpose, and stands here.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { readCertificate } from "../../src/x509/certificate.ts";
import { der, makeCrl, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { Authority } from "../support/certificates.ts";
import {
  attributes,
  document,
  forge,
  hex,
  identifiers as ids,
  outsideVerifiers,
  verdict,
} from "../support/cms.ts";
import type { Forgery } from "../support/cms.ts";

const { openssl } = outsideVerifiers();

let root: Authority;
let cards: Authority;
let alice: Authority;
/** Below the cards' authority. */
let carol: Authority;
let bob: Authority;
/** Of the same key as Alice's. */
let renewed: Authority;
before(async () => {
  root = await makeRoot();
  cards = await makeIntermediate(root);
  alice = await makeLeaf(root);
  carol = await makeLeaf(cards, { name: "CN=Carol" });
  bob = await makeLeaf(root, { name: "CN=Bob" });
  renewed = await makeLeaf(root, { keys: alice.keys, holder: alice.keys.publicKey });
});

const others = utf8("Pay 900 to Bob.");
const without =
  (place: number): NonNullable<Forgery["attributes"]> =>
  (right) =>
    right.filter((_, i) => i !== place);
const instead =
  (place: number, ...parts: readonly Bytes[]): NonNullable<Forgery["attributes"]> =>
  (right) =>
    right.flatMap((one, i) => (i === place ? parts : [one]));
const beside =
  (...parts: readonly Bytes[]): NonNullable<Forgery["attributes"]> =>
  (right) => [...right, ...parts];
const timeOf = (text: string, tag = 0x17): Forgery => ({
  attributes: instead(1, attributes.signingTime(der(tag, utf8(text)))),
});
const flipped = (bytes: Bytes, at: number): Bytes => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

type Row = readonly [
  name: string,
  wish: () => Forgery | Promise<Forgery>,
  code: ErrorCode,
  openssl: "refuses" | "takes",
];

const rows: readonly Row[] = [
  ["no content type", () => ({ attributes: without(0) }), "cms.attributes", "refuses"],
  [
    "content type twice",
    () => ({ attributes: beside(attributes.contentType()) }),
    "cms.attributes",
    "refuses",
  ],
  [
    "two values of the content type",
    () => ({ attributes: instead(0, attributes.twice("contentType", hex("06092a864886f70d010701"))) }),
    "cms.attributes",
    "refuses",
  ],
  [
    "another content type among the attributes",
    () => ({ attributes: instead(0, attributes.contentType(hex("06092a864886f70d010702"))) }),
    "cms.attributes",
    "takes",
  ],
  [
    "another content type in both places",
    () => ({
      contentType: hex("06092a864886f70d010705"),
      attributes: instead(0, attributes.contentType(hex("06092a864886f70d010705"))),
    }),
    "cms.attributes",
    "takes",
  ],
  [
    "another content type outside",
    () => ({ contentType: hex("06092a864886f70d010702") }),
    "cms.malformed",
    "takes",
  ],
  ["no message digest", () => ({ attributes: without(2) }), "cms.attributes", "refuses"],
  [
    "the message digest of another document",
    () => ({ attributes: instead(2, attributes.messageDigest(others)) }),
    "cms.otherDocument",
    "refuses",
  ],
  [
    "the message digest by SHA-1",
    () => ({ attributes: instead(2, attributes.messageDigest(document, "sha1")) }),
    "cms.otherDocument",
    "refuses",
  ],
  [
    "the message digest by SHA-512",
    () => ({ attributes: instead(2, attributes.messageDigest(document, "sha512")) }),
    "cms.otherDocument",
    "refuses",
  ],
  [
    "two message digests, one of them right",
    () => ({ attributes: beside(attributes.messageDigest(others)) }),
    "cms.attributes",
    "refuses",
  ],
  [
    "two values of the message digest",
    () => ({ attributes: instead(2, attributes.twice("messageDigest", der(0x04, new Uint8Array(32)))) }),
    "cms.attributes",
    "refuses",
  ],
  ["no signing time", () => ({ attributes: without(1) }), "cms.attributes", "takes"],
  [
    "signing time twice",
    () => ({ attributes: beside(attributes.signingTime()) }),
    "cms.attributes",
    "refuses",
  ],
  ["signing time in the other form", () => timeOf("20260921141320Z", 0x18), "cms.attributes", "takes"],
  ["signing time with an offset", () => timeOf("260921141320+0000"), "cms.attributes", "takes"],
  ["signing time that is no date", () => timeOf("260931141320Z"), "cms.attributes", "takes"],
  ["signed before the certificate held", () => timeOf("260919141320Z"), "cms.signingTime", "takes"],
  ["signed after the certificate held", () => timeOf("270101000000Z"), "cms.signingTime", "takes"],
  ["signed later than now", () => timeOf("260921141521Z"), "cms.signingTime", "takes"],
  ["no signing certificate", () => ({ attributes: without(3) }), "cms.attributes", "refuses"],
  [
    "signed for another certificate",
    () => ({ attributes: instead(3, attributes.signingCertificate(bob.certificate)) }),
    "cms.signer",
    "refuses",
  ],
  [
    "signed for the other certificate of the same key",
    () => ({ attributes: instead(3, attributes.signingCertificate(renewed.certificate)) }),
    "cms.signer",
    "refuses",
  ],
  [
    "the signing certificate by SHA-512",
    () => ({
      attributes: instead(
        3,
        attributes.signingCertificate(alice.certificate, { hash: "sha512", algorithm: [ids.sha512] }),
      ),
    }),
    "cms.attributes",
    "takes",
  ],
  [
    "the signing certificate by SHA-256, said where it is the default",
    () => ({
      attributes: instead(3, attributes.signingCertificate(alice.certificate, { algorithm: [ids.sha256] })),
    }),
    "cms.attributes",
    "takes",
  ],
  [
    "the signing certificate twice in one",
    () => ({
      attributes: instead(
        3,
        attributes.signingCertificate(alice.certificate, {
          more: [der(0x30, der(0x04, new Uint8Array(32)))],
        }),
      ),
    }),
    "cms.attributes",
    "refuses",
  ],
  ["a commitment beside", () => ({ attributes: beside(attributes.commitment()) }), "cms.attributes", "takes"],
  [
    "attributes that are not sorted",
    () => ({ unsorted: true, attributes: (right) => right.toReversed() }),
    "cms.attributes",
    "takes",
  ],
  [
    "no attributes at all, the document signed itself",
    () => ({ withoutAttributes: true }),
    "cms.attributes",
    "takes",
  ],
  [
    "attributes beside the signed ones",
    () => ({ unsigned: [attributes.commitment()] }),
    "cms.attributes",
    "takes",
  ],
  ["attributes that were not signed", () => ({ signed: others }), "cms.signature", "refuses"],
  ["the document signed instead of the attributes", () => ({ signed: document }), "cms.signature", "refuses"],

  [
    "SHA-1",
    () => ({
      hash: "sha1",
      digest: ids.sha1,
      signatureAlgorithm: ids.ecdsaSha1,
      attributes: instead(2, attributes.messageDigest(document, "sha1")),
    }),
    "cms.algorithm",
    "takes",
  ],
  [
    "SHA-384",
    () => ({
      hash: "sha384",
      digest: ids.sha384,
      signatureAlgorithm: ids.ecdsaSha384,
      attributes: instead(2, attributes.messageDigest(document, "sha384")),
    }),
    "cms.algorithm",
    "takes",
  ],
  [
    "a hash for the document and another one",
    () => ({ hash: "sha384", signatureAlgorithm: ids.ecdsaSha384 }),
    "cms.algorithm",
    "refuses",
  ],
  [
    "SHA-1 for the document alone",
    () => ({ digest: ids.sha1, attributes: instead(2, attributes.messageDigest(document, "sha1")) }),
    "cms.algorithm",
    "refuses",
  ],
  ["SHA-256 with NULL", () => ({ digest: ids.sha256Null }), "cms.algorithm", "takes"],
  ["the algorithm of RSA", () => ({ signatureAlgorithm: ids.rsaSha256 }), "cms.algorithm", "takes"],
  ["another digest listed", () => ({ listedDigest: ids.sha512 }), "cms.malformed", "refuses"],
  [
    "two digests listed",
    () => ({ listedDigest: concatBytes(ids.sha256, ids.sha512) }),
    "cms.malformed",
    "takes",
  ],

  [
    "a bit of the signature",
    () => ({ signature: (right) => flipped(right, 20) }),
    "cms.signature",
    "refuses",
  ],
  ["r of nothing", () => ({ signature: () => hex("3006020100020101") }), "cms.signature", "refuses"],
  ["no signature", () => ({ signature: () => new Uint8Array() }), "cms.signature", "refuses"],
  [
    "r and s without DER",
    () => ({ signature: () => new Uint8Array(64).fill(1) }),
    "cms.signature",
    "refuses",
  ],
  [
    "something behind the signature",
    () => ({ signature: (right) => concatBytes(right, Uint8Array.of(0)) }),
    "cms.signature",
    "refuses",
  ],
  ["the signature of another key", () => ({ keys: bob.keys }), "cms.signature", "refuses"],

  ["no certificate", () => ({ certificates: [] }), "cms.signer", "refuses"],
  ["another certificate alone", () => ({ certificates: [bob.certificate] }), "cms.signer", "refuses"],
  [
    "the other certificate of the same key, which was not signed for",
    () => ({ certificates: [renewed.certificate], named: renewed.certificate }),
    "cms.signer",
    "refuses",
  ],
  [
    "another certificate named than was signed for",
    () => ({ certificates: [alice.certificate, renewed.certificate], named: renewed.certificate }),
    "cms.signer",
    "refuses",
  ],
  [
    "another person's certificate beside",
    () => ({ certificates: [alice.certificate, bob.certificate] }),
    "certificate.order",
    "takes",
  ],
  [
    "the certificate twice",
    () => ({ certificates: [alice.certificate, alice.certificate] }),
    "certificate.order",
    "takes",
  ],
  [
    "the authority's own certificate beside",
    () => ({ certificates: [alice.certificate, root.certificate] }),
    "certificate.repeated",
    "takes",
  ],
  [
    "a certificate that is none beside",
    () => ({ certificates: [alice.certificate, der(0x30, hex("020101"))] }),
    "certificate.malformed",
    "refuses",
  ],
  [
    "the key ID instead of the name",
    () => ({ signer: der(0x80, new Uint8Array(20)) }),
    "cms.signer",
    "refuses",
  ],
  [
    "another serial number",
    () => ({
      signer: der(0x30, readCertificate(alice.certificate)?.issuer.bytes ?? hex(""), hex("020101")),
    }),
    "cms.signer",
    "refuses",
  ],
  [
    "another issuer",
    () => {
      const read = readCertificate(carol.certificate);
      const serial = readCertificate(alice.certificate)?.serial;
      return { signer: der(0x30, read?.issuer.bytes ?? hex(""), der(0x02, serial ?? hex(""))) };
    },
    "cms.signer",
    "refuses",
  ],

  ["two signers", () => ({ signers: (right) => [right, right] }), "cms.signers", "takes"],
  ["no signer", () => ({ signers: () => [] }), "cms.signers", "refuses"],
  ["the document in it", () => ({ content: [der(0xa0, der(0x04, document))] }), "cms.attached", "takes"],
  ["another document in it", () => ({ content: [der(0xa0, der(0x04, others))] }), "cms.attached", "takes"],
  ["another type", () => ({ type: hex("06092a864886f70d010701") }), "cms.malformed", "refuses"],
  ["version 3", () => ({ version: 3 }), "cms.malformed", "takes"],
  ["version 3 of the signer", () => ({ signerVersion: 3 }), "cms.malformed", "takes"],
  ["something behind the signers", () => ({ behind: [hex("0500")] }), "cms.malformed", "refuses"],
  [
    "something behind the signature algorithm",
    () => ({ behindSigner: [hex("0500")] }),
    "cms.malformed",
    "refuses",
  ],
  [
    "another type, with the document in it",
    () => ({ type: hex("06092a864886f70d010701"), content: [der(0xa0, der(0x04, document))] }),
    "cms.malformed",
    "refuses",
  ],
  ["a revocation list", async () => ({ crls: [await makeCrl(root)] }), "cms.malformed", "takes"],
  [
    "two revocation lists",
    async () => ({ crls: [await makeCrl(root), await makeCrl(root)] }),
    "cms.malformed",
    "takes",
  ],
];

test("one that is put together as it has to be is taken by both", async () => {
  const cms = await forge(alice);
  assert.equal(await verdict(cms, [root]), "Alice Example");
  assert.equal(openssl(cms, root), true);
});

for (const [name, wish, code, expected] of rows) {
  test(`${name}: ${code}; openssl ${expected} it`, async () => {
    const cms = await forge(alice, await wish());
    assert.equal(await verdict(cms, [root]), code);
    const said = openssl(cms, root);
    assert.equal(said === true ? "takes" : "refuses", expected, String(said));
  });
}
