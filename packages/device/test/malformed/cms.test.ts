/** CMS whose certificates do not hold, whose bytes were changed, or which is none: refused, and never a crash. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, verifyCms, withCertificates } from "@signet/device";
import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";
import fc from "fast-check";

import {
  KeyUsageFlags,
  der,
  holderOf,
  makeCrl,
  makeIntermediate,
  makeLeaf,
  makeRoot,
} from "../support/certificates.ts";
import type { Authority, KeyKind, Wish } from "../support/certificates.ts";
import { attributes, document, forge, hex, identifiers, signedAtMs, verdict } from "../support/cms.ts";
import { hourMs, nowMs } from "../support/people.ts";

let root: Authority;
let cards: Authority;
/** Below the cards' authority. */
let carol: Authority;
let right: Bytes;
before(async () => {
  root = await makeRoot();
  cards = await makeIntermediate(root);
  carol = await makeLeaf(cards, { name: "CN=Carol" });
  right = await forge(carol, { certificates: [carol.certificate, cards.certificate] });
  assert.equal(await verdict(right, [root]), "Carol");
});

const minuteMs = 60_000;
const leaves: readonly [string, Wish, ErrorCode][] = [
  ["of an authority", { cA: true }, "certificate.ofAuthority"],
  ["for encryption alone", { keyUsage: KeyUsageFlags.keyEncipherment }, "certificate.keyUsage"],
  ["without a key usage", { keyUsage: undefined }, "certificate.keyUsage"],
  ["for servers", { extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] }, "certificate.purpose"],
  ["that expired", { notAfterMs: nowMs - minuteMs }, "certificate.expired"],
  ["that does not hold yet", { notBeforeMs: nowMs + minuteMs }, "certificate.notYetValid"],
];
for (const [name, wish, code] of leaves) {
  test(`a certificate ${name}: ${code}`, async () => {
    const leaf = await makeLeaf(root, wish);
    assert.equal(await verdict(await forge(leaf), [root]), code);
  });
}

test("certificates that do not lead to an authority that is trusted", async () => {
  assert.equal(await verdict(right, []), "certificate.notAccepted");
  assert.equal(await verdict(right, [await makeRoot({ name: "CN=Elsewhere" })]), "certificate.untrusted");
  assert.equal(await verdict(right, [await makeRoot()]), "certificate.badSignature");
  const alone = await forge(carol);
  assert.equal(await verdict(alone, [root]), "certificate.untrusted");
  // Who trusts the one in between needs no more.
  assert.equal(await verdict(alone, [cards]), "Carol");
  const namesake = await makeIntermediate(root);
  const both = await forge(carol, { certificates: [carol.certificate, namesake.certificate] });
  assert.equal(await verdict(both, [root]), "certificate.order");
});

test("of two authorities of one name, the one whose key signed belongs to it", async () => {
  const upper = await makeIntermediate(root, { name: "CN=Upper" });
  for (let tries = 0; tries < 4; tries++) {
    // In either order in the file, which sorts them.
    const old = await makeIntermediate(upper, { name: "CN=Upper2" });
    const renewed = await makeIntermediate(old, { name: "CN=Upper2" });
    const leaf = await makeLeaf(renewed, { name: "CN=Dora" });
    const certificates = [leaf, renewed, old, upper].map(({ certificate }) => certificate);
    assert.equal(await verdict(await forge(leaf, { certificates }), [root]), "Dora");
  }
});

test("revoked: certificate.revoked, by the lists that are given", async () => {
  const leaf = await makeLeaf(root, { serial: "0101" });
  const cms = await forge(leaf);
  assert.equal(await verdict(cms, [root], { crls: [await makeCrl(root)] }), "Alice Example");
  const crls = [await makeCrl(root, { revoked: ["0101"] })];
  assert.equal(await verdict(cms, [root], { crls }), "certificate.revoked");
});

test("more than four certificates: certificate.tooMany", async () => {
  const chain: Authority[] = [root];
  for (let i = 0; i < 4; i++) chain.unshift(await makeIntermediate(chain[0] ?? root, { name: `CN=${i}` }));
  const last = await makeLeaf(chain[0] ?? root);
  const certificates = [last, ...chain.slice(0, -1)].map(({ certificate }) => certificate);
  assert.equal(certificates.length, 5);
  assert.equal(await verdict(await forge(last, { certificates }), [root]), "certificate.tooMany");
  // Before anybody looks which of them lead where.
  const strangers = [carol, cards, ...chain.slice(0, 3)].map(({ certificate }) => certificate);
  assert.equal(await verdict(await forge(carol, { certificates: strangers }), [root]), "certificate.tooMany");
  const four = await forge(chain[0] ?? root, { certificates: certificates.slice(1) });
  assert.equal(await verdict(four, [root]), "certificate.ofAuthority");
});

test("the time of the certificates is the one that is asked about, and nobody signs later than that", async () => {
  for (const [atMs, expected] of [
    [signedAtMs - 3 * minuteMs, "cms.signingTime"],
    [signedAtMs - minuteMs, "Carol"],
    [signedAtMs + 29 * 24 * hourMs, "Carol"],
    [signedAtMs + 31 * 24 * hourMs, "certificate.expired"],
    [signedAtMs - 25 * hourMs, "certificate.notYetValid"],
  ] as const)
    assert.equal(await verdict(right, [root], { atMs }), expected);
});

test("signed after the certificate held is refused, also where the clock of the signer may be ahead", async () => {
  const timeOf = (text: string) => attributes.signingTime(der(0x17, utf8(text)));
  const leaf = await makeLeaf(root, { notAfterMs: nowMs + minuteMs });
  for (const [text, expected] of [
    ["260921141420Z", "Alice Example"],
    ["260921141421Z", "cms.signingTime"],
  ] as const) {
    const cms = await forge(leaf, {
      attributes: (parts) => parts.map((one, i) => (i === 1 ? timeOf(text) : one)),
    });
    assert.equal(await verdict(cms, [root]), expected);
  }
});

test("a signing time is taken from the first second of the certificate to its last", async () => {
  const [notBeforeMs, notAfterMs] = [nowMs - minuteMs, nowMs + minuteMs];
  const device = await createSoftwareKey({ algorithm: "ES256" });
  const holder = await holderOf(device);
  const leaf = await makeLeaf(root, { holder, notBeforeMs, notAfterMs });
  const { signCms } = withCertificates(device, [leaf.certificate]);
  for (const at of [notBeforeMs, notAfterMs]) {
    const cms = await signCms?.(document, { signedAtMs: at });
    assert.equal(await verdict(cms ?? hex(""), [root], { atMs: notAfterMs }), "Alice Example");
  }
});

const keyKinds: readonly [KeyKind, string, Bytes, ErrorCode][] = [
  ["P-384", "sha256", identifiers.ecdsaSha256, "cms.algorithm"],
  ["P-521", "sha256", identifiers.ecdsaSha256, "cms.algorithm"],
  ["RSA-1024", "sha256", identifiers.rsaSha256, "cms.algorithm"],
  ["RSA-2048", "sha256", identifiers.rsa, "cms.algorithm"],
  ["RSA-2048", "sha256", identifiers.ecdsaSha256, "cms.algorithm"],
  ["Ed25519", "sha256", identifiers.ecdsaSha256, "cms.algorithm"],
  // With SHA-256 of the document, where RFC 8419 wants SHA-512.
  ["Ed25519", "sha256", hex("300506032b6570"), "cms.algorithm"],
];
for (const [kind, hash, signatureAlgorithm, code] of keyKinds) {
  test(`a key of ${kind} with ${Buffer.from(signatureAlgorithm).toString("hex")}: ${code}`, async () => {
    const leaf = await makeLeaf(root, { kind });
    assert.equal(await verdict(await forge(leaf, { hash, signatureAlgorithm }), [root]), code);
  });
}

test("right ones of RSA and Ed25519, put together as anybody could", async () => {
  const rsa = await makeLeaf(root, { kind: "RSA-2048" });
  const withRsa = await forge(rsa, { signatureAlgorithm: identifiers.rsaSha256 });
  assert.equal(await verdict(withRsa, [root]), "Alice Example");
  const edwards = await makeLeaf(root, { kind: "Ed25519" });
  const withEdwards = await forge(edwards, {
    digest: identifiers.sha512,
    signatureAlgorithm: hex("300506032b6570"),
    attributes: (parts) =>
      parts.map((one, i) => (i === 2 ? attributes.messageDigest(document, "sha512") : one)),
  });
  assert.equal(await verdict(withEdwards, [root]), "Alice Example");
});

test("certificates that are not sorted, or too long a file: cms.malformed", async () => {
  const certificates = [carol.certificate, cards.certificate].toSorted(Buffer.compare);
  assert.equal(await verdict(await forge(carol, { certificates, unsorted: true }), [root]), "Carol");
  const turned = await forge(carol, { certificates: certificates.toReversed(), unsorted: true });
  assert.equal(await verdict(turned, [root]), "cms.malformed");
  const filler = Array.from({ length: 6 }, () => der(0x30, new Uint8Array(4000)));
  const long = await forge(carol, { certificates: [carol.certificate, ...filler] });
  assert.equal(await verdict(long, [root]), "cms.malformed");
});

test("every byte changed, every beginning, and something behind it: refused", async () => {
  for (let at = 0; at < right.length; at++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const changed = right.map((byte, i) => (i === at ? byte ^ mask : byte));
      assert.notEqual(await verdict(changed, [root]), "Carol", `byte ${at}`);
    }
    assert.notEqual(await verdict(right.slice(0, at), [root]), "Carol", `${at} bytes`);
  }
  for (const behind of [0, 0x30, 0xff])
    assert.equal(await verdict(concatBytes(right, Uint8Array.of(behind)), [root]), "cms.malformed");
});

test("BER that says the same: cms.malformed", async () => {
  // A length in more bytes than it needs, and the indefinite one.
  const [, , , , ...rest] = right;
  assert.equal(right[1], 0x82);
  const padded = Uint8Array.from([0x30, 0x83, 0, right[2] ?? 0, right[3] ?? 0, ...rest]);
  const indefinite = Uint8Array.from([0x30, 0x80, ...rest, 0, 0]);
  for (const ber of [padded, indefinite]) assert.equal(await verdict(ber, [root]), "cms.malformed");
});

/** DER of any types, some of which CMS has in these places. */
const anyDer = fc.letrec<{ value: Bytes }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .tuple(fc.constantFrom(0x02, 0x04, 0x06, 0x17, 0x80), fc.uint8Array({ minLength: 1, maxLength: 12 }))
      .map(([tag, contents]) => der(tag, Uint8Array.from(contents))),
    fc.constantFrom(
      hex("06092a864886f70d010702"),
      hex("06092a864886f70d010701"),
      hex("020101"),
      identifiers.sha256,
      identifiers.ecdsaSha256,
    ),
    fc
      .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa1), fc.array(tie("value"), { maxLength: 6 }))
      .map(([tag, parts]) => der(tag, ...parts)),
  ),
})).value;

test("any DER, any bytes, and pieces of a right one: a code, never a crash", async () => {
  const refused = async (bytes: Bytes): Promise<void> => {
    const trust = { anchors: [root.certificate] };
    const result = await verifyCms(bytes, document, { trust, atMs: nowMs });
    assert.ok(!result.ok && result.code !== undefined);
  };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (any) => refused(Uint8Array.from(any))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyDer, { maxLength: 6 }), async (parts) => {
      await refused(der(0x30, ...parts));
      await refused(der(0x30, hex("06092a864886f70d010702"), der(0xa0, der(0x30, ...parts))));
    }),
    { numRuns: 500 },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(right.length), fc.nat(right.length), anyDer, async (from, to, part) => {
      const [start, end] = [Math.min(from, to), Math.max(from, to)];
      await refused(concatBytes(right.slice(0, start), part, right.slice(end)));
    }),
    { numRuns: 500 },
  );
});
