/** Certificates, lists and PEM as bytes: any change is noticed, and nothing that comes from outside makes a reader throw. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";

import { readCrls } from "@signet/device";
import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { readCertificate } from "../../src/x509/certificate.ts";
import { readDer, timeOf } from "../../src/x509/der-tree.ts";
import { isStrongKey } from "../../src/x509/signature.ts";
import { assertValid, makeChain, validate, validateChain } from "../support/certificate-chain.ts";
import type { Chain } from "../support/certificate-chain.ts";
import { der, makeCrl, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { KeyKind } from "../support/certificates.ts";

let right: Chain;

before(async () => {
  right = await makeChain();
  await assertValid(validateChain(right));
});

function flip(bytes: Bytes, bit: number): Bytes {
  const altered = bytes.slice();
  altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return altered;
}

for (const kind of ["P-256", "Ed25519", "RSA-2048"] as const satisfies readonly KeyKind[]) {
  test(`any one bit of the device's certificate altered, issued with ${kind}: refused`, async () => {
    const root = await makeRoot({ kind });
    const leaf = await makeLeaf(root, { kind: "P-256" });
    const { certificate, publicKey } = leaf;
    await assertValid(validate({ chain: [leaf], anchors: [root] }));
    for (let bit = 0; bit < certificate.length * 8; bit++) {
      const result = await validate({ chain: [flip(certificate, bit)], anchors: [root], publicKey });
      assert.ok(!result.ok, `bit ${bit}`);
    }
  });
}

test("any bits of any certificate altered: refused", async () => {
  const { root, intermediate, leaf } = right;
  const second = await makeIntermediate(intermediate, { name: "CN=Second" });
  const own = await makeLeaf(second);
  const chain = [own.certificate, second.certificate, intermediate.certificate];
  await assertValid(validate({ chain, anchors: [root], publicKey: own.publicKey }));
  const bits = fc.uniqueArray(fc.nat({ max: leaf.certificate.length * 8 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 2 }), bits, async (which, positions) => {
      const altered = chain.map((bytes, i) =>
        i === which ? positions.reduce((sum, at) => flip(sum, at % (bytes.length * 8)), bytes) : bytes,
      );
      if (altered.every((bytes, i) => Buffer.from(bytes).equals(chain[i] ?? new Uint8Array()))) return;
      const result = await validate({ chain: altered, anchors: [root], publicKey: own.publicKey });
      assert.ok(!result.ok);
    }),
    { numRuns: 300 },
  );
});

/** RSA's AlgorithmIdentifier may have NULL for parameters or none: two ways to write what is not signed. */
function withoutNull(bytes: Bytes): Bytes {
  const [tbs, algorithm, signature] = readDer(bytes)?.children ?? [];
  assert.ok(tbs !== undefined && algorithm !== undefined && signature !== undefined);
  const [oid, parameters] = algorithm.children;
  assert.ok(oid !== undefined && parameters?.tag === 0x05);
  return der(0x30, tbs.bytes, der(0x30, oid.bytes), signature.bytes);
}

test("the algorithm outside is the one that was signed, byte by byte", async () => {
  const root = await makeRoot({ kind: "RSA-2048" });
  const leaf = await makeLeaf(root, { kind: "P-256" });
  const chain = [withoutNull(leaf.certificate)];
  const result = await validate({ chain, anchors: [root], publicKey: leaf.publicKey });
  assert.deepEqual(result, { ok: false, code: "certificate.malformed" });
  const rsaList = await makeCrl(root);
  assert.deepEqual(readCrls(rsaList), { crls: [rsaList], faults: [] });
  assert.equal(readCrls(withoutNull(rsaList)).refusal?.code, "certificate.crlMalformed");
});

test("a certificate cut to any length: certificate.malformed", async () => {
  const { certificate, publicKey } = right.leaf;
  for (let length = 0; length < certificate.length; length++) {
    const chain = [certificate.slice(0, length), right.intermediate];
    const result = await validateChain(right, { chain, publicKey });
    assert.deepEqual(result, { ok: false, code: "certificate.malformed" });
  }
});

const bytesOf = (value: Uint8Array): Bytes => Uint8Array.from(value);

test("garbage for certificates, anchors or lists never makes it throw", async () => {
  const { publicKey, certificate } = right.leaf;
  const garbage = fc.uint8Array({ maxLength: 64 }).map(bytesOf);
  const cut = fc.nat({ max: certificate.length }).map((at) => certificate.slice(at));
  const inside = fc
    .tuple(garbage, fc.nat({ max: certificate.length }))
    .map(([bytes, at]) => concatBytes(certificate.slice(0, at), bytes, certificate.slice(at + bytes.length)));
  const any = fc.oneof(garbage, cut, inside);
  await fc.assert(
    fc.asyncProperty(any, any, any, async (one, anchor, crl) => {
      const chain = [right.leaf, one];
      const trust = { crls: [crl] };
      const outside = await validate({ chain, anchors: [anchor, right.root], trust, publicKey });
      assert.ok(!outside.ok);
      const revocation = await validateChain(right, { trust });
      assert.ok(!revocation.ok);
    }),
    { numRuns: 200 },
  );
});

test("a certificate of 4,096 bytes is read, one of 4,097 is not", async () => {
  const padded = async (length: number) => {
    // The holder's name takes up the rest; names have no limit of their own here.
    const { leaf: short } = await makeChain({ leaf: { name: "CN=aaa, O=" + "b".repeat(300) } });
    const missing = length - short.certificate.length;
    const chain = await makeChain({
      leaf: { name: "CN=aaa, O=" + "b".repeat(300 + missing), serial: "00ffff" },
    });
    return chain;
  };
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (let length = 4088; length <= 4104; length++) {
    const chain = await padded(length);
    const size = chain.leaf.certificate.length;
    const result = await validateChain(chain);
    if (size <= 4096) {
      assert.ok(result.ok, `${size} bytes`);
      least = Math.max(least, size);
    } else {
      assert.deepEqual(result, { ok: false, code: "certificate.tooLarge" });
      most = Math.min(most, size);
    }
  }
  assert.ok(least >= 4090 && most <= 4100, `${least}, ${most}`);
});

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));

test("certificates of version 3 only", () => {
  const { certificate } = right.leaf;
  const at = Buffer.from(certificate).indexOf(hex("a003020102"));
  assert.ok(at > 0 && readCertificate(certificate) !== undefined);
  const second = certificate.slice();
  second[at + 4] = 1;
  assert.equal(readCertificate(second), undefined);
});

/** An RSA key of so many bits that nobody holds. */
function rsaKey(bits: number, exponent: string): Bytes {
  const modulus = new Uint8Array(bits / 8 + 1).fill(0xff);
  modulus[0] = 0;
  const numbers = der(0x30, der(0x02, modulus), der(0x02, hex(exponent)));
  return der(0x30, hex("300d06092a864886f70d0101010500"), der(0x03, Uint8Array.of(0), numbers));
}

test("authorities have RSA keys of 2,048 to 8,192 bits, with an odd exponent above 1", async () => {
  const rows: readonly [number, string, boolean][] = [
    [2040, "010001", false],
    [2048, "010001", true],
    [8192, "010001", true],
    [8200, "010001", false],
    [2048, "03", true],
    [2048, "01", false],
    [2048, "010000", false],
  ];
  for (const [bits, exponent, strong] of rows) {
    assert.equal(await isStrongKey(rsaKey(bits, exponent)), strong, `${bits} bits, exponent ${exponent}`);
  }
});

const notDer: readonly [string, string][] = [
  ["nothing", ""],
  ["a length that is missing", "30"],
  ["an indefinite length", "30800000"],
  ["a length in more bytes than it needs", "04810100"],
  ["a length with a leading zero", "0482000100"],
  ["contents that are missing", "040201"],
  ["a byte too many", "040100ff"],
  ["a tag number in several bytes", "1f810100"],
  ["a primitive sequence", "1000"],
  ["a constructed octet string", "2403040100"],
  ["a boolean that is neither", "010101"],
  ["an integer with a leading zero", "0202007f"],
  ["an integer with leading ones", "0202ff80"],
  ["an integer of no bytes", "0200"],
  ["a bit string whose unused bits are set", "03020401"],
  ["a bit string with eight unused bits", "03020800"],
  ["a NULL with contents", "050100"],
  ["an identifier that does not end", "060281"],
  ["an identifier with a leading zero", "06028001"],
  ["a child beyond its parent", "3003040200"],
];

for (const [name, text] of notDer) {
  test(`strict DER refuses ${name}`, () => {
    assert.equal(readDer(hex(text)), undefined);
  });
}

test("DER nests 24 deep and no deeper", () => {
  const nested = (depth: number): Bytes => {
    let bytes = der(0x05);
    for (let i = 0; i < depth; i++) bytes = der(0x30, bytes);
    return bytes;
  };
  assert.notEqual(readDer(nested(24)), undefined);
  assert.equal(readDer(nested(25)), undefined);
});

const times: readonly [number, string, string | undefined][] = [
  [0x17, "490101000000Z", "2049-01-01T00:00:00.000Z"],
  [0x17, "500101000000Z", "1950-01-01T00:00:00.000Z"],
  [0x18, "20500101000000Z", "2050-01-01T00:00:00.000Z"],
  [0x18, "99991231235959Z", "9999-12-31T23:59:59.000Z"],
  [0x17, "260431000000Z", undefined],
  [0x17, "260101000000+0100", undefined],
  [0x17, "2601010000Z", undefined],
  [0x18, "20260101000000.5Z", undefined],
  [0x17, "20260101000000Z", undefined],
  [0x04, "260101000000Z", undefined],
];

for (const [tag, text, expected] of times) {
  test(`time ${text} with tag ${tag} is ${expected ?? "refused"}`, () => {
    const time = timeOf(readDer(der(tag, utf8(text))));
    assert.equal(time === undefined ? undefined : new Date(time).toISOString(), expected);
  });
}
