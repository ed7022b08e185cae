/** Chains that do not lead from the device to the anchor, each wrong in one way. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { concatBytes } from "@signet/protocol";

import { isStrongKey } from "../../src/x509/signature.ts";
import { assertCode, assertValid, makeChain, validate, validateChain } from "../support/certificate-chain.ts";
import type { Chain } from "../support/certificate-chain.ts";
import { KeyUsageFlags, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import { hourMs, nowMs } from "../support/people.ts";
import { rsaKeyWithExponent } from "../support/rsa.ts";

let right: Chain;

before(async () => {
  right = await makeChain();
  await assertValid(validateChain(right));
});

const untrusted = "certificate.untrusted";
const badSignature = "certificate.badSignature";
const order = "certificate.order";
const repeated = "certificate.repeated";

test("another root: certificate.untrusted, and certificate.badSignature where it has the same name", async () => {
  for (const [name, code] of [
    [right.root.name, badSignature],
    ["CN=Elsewhere", untrusted],
  ] as const) {
    const other = await makeRoot({ name });
    await assertCode(validateChain(right, { anchors: [other] }), code);
    // The right one among others is found.
    await assertValid(validateChain(right, { anchors: [other, right.root] }));
  }
});

test("an anchor with the right key and another name: certificate.untrusted", async () => {
  const renamed = await makeRoot({ name: "CN=Root, O=Other", keys: right.root.keys });
  await assertCode(validateChain(right, { anchors: [renamed] }), untrusted);
});

test("no anchors: certificate.notAccepted", async () => {
  await assertCode(validateChain(right, { anchors: [] }), "certificate.notAccepted");
});

test("an anchor that cannot be read vouches for nobody", async () => {
  const garbage = Uint8Array.of(0x30, 0x03, 1, 2, 3);
  await assertCode(validateChain(right, { anchors: [garbage] }), untrusted);
  await assertValid(validateChain(right, { anchors: [garbage, right.root] }));
});

test("another person's certificate, or certificates in another order: certificate.otherKey", async () => {
  const { intermediate, leaf, root } = right;
  const bob = await makeLeaf(intermediate, { name: "CN=Bob" });
  const publicKey = leaf.publicKey;
  await assertCode(validateChain(right, { chain: [bob, intermediate], publicKey }), "certificate.otherKey");
  await assertCode(
    validate({ chain: [intermediate, leaf], anchors: [root], publicKey }),
    "certificate.otherKey",
  );
});

test("authorities in another order: certificate.order", async () => {
  const second = await makeIntermediate(right.intermediate, { name: "CN=Second" });
  const leaf = await makeLeaf(second);
  const anchors = [right.root];
  await assertValid(validate({ chain: [leaf, second, right.intermediate], anchors }));
  await assertCode(validate({ chain: [leaf, right.intermediate, second], anchors }), order);
});

test("one certificate missing, doubled, or one that does not belong there", async () => {
  const { root, intermediate, leaf } = right;
  const stranger = await makeIntermediate(root, { name: "CN=Stranger" });
  const wrong = [
    [untrusted, leaf],
    [order, leaf, leaf, intermediate],
    [order, leaf, intermediate, intermediate],
    [order, leaf, intermediate, stranger],
    [order, leaf, stranger, intermediate],
    [order, leaf, stranger],
    [repeated, leaf, intermediate, root],
  ] as const;
  for (const [code, ...chain] of wrong) await assertCode(validate({ chain, anchors: [root] }), code);
});

test("the anchor itself as the device's certificate is refused", async () => {
  const selfSigned = await makeRoot({
    name: "CN=alice",
    cA: undefined,
    keyUsage: KeyUsageFlags.digitalSignature,
  });
  await assertCode(validate({ chain: [selfSigned], anchors: [selfSigned] }), repeated);
});

test("none: certificate.malformed; more than four: certificate.tooMany", async () => {
  await assertCode(validate({ chain: [], anchors: [right.root] }), "certificate.malformed");
  const { root, intermediate } = right;
  const second = await makeIntermediate(intermediate, { name: "CN=2" });
  const third = await makeIntermediate(second, { name: "CN=3" });
  const fourth = await makeIntermediate(third, { name: "CN=4" });
  const four = await makeLeaf(third);
  await assertValid(validate({ chain: [four, third, second, intermediate], anchors: [root] }));
  const five = await makeLeaf(fourth);
  const chain = [five, fourth, third, second, intermediate];
  await assertCode(validate({ chain, anchors: [root] }), "certificate.tooMany");
});

test("a signature by another key, under the right name: certificate.badSignature", async () => {
  const impostor = await makeIntermediate(right.root);
  const leaf = await makeLeaf(impostor);
  await assertValid(validateChain({ ...right, intermediate: impostor, leaf }));
  await assertCode(validateChain({ ...right, leaf }), badSignature);
});

test("a byte after a certificate: certificate.malformed", async () => {
  const longer = (bytes: Uint8Array) => concatBytes(bytes, Uint8Array.of(0));
  const { leaf, intermediate } = right;
  const { publicKey } = leaf;
  const wrong = [
    [longer(leaf.certificate), intermediate],
    [leaf, longer(intermediate.certificate)],
  ];
  for (const chain of wrong)
    await assertCode(validateChain(right, { chain, publicKey }), "certificate.malformed");
});

for (const which of ["leaf", "intermediate", "root"] as const) {
  test(`dates of the ${which}: valid up to the last second, and not before the first`, async () => {
    const notBeforeMs = nowMs - hourMs;
    const notAfterMs = nowMs + hourMs;
    const chain = await makeChain({ [which]: { notBeforeMs, notAfterMs } });
    await assertCode(validateChain(chain, { atMs: notBeforeMs - 1 }), "certificate.notYetValid");
    await assertValid(validateChain(chain, { atMs: notBeforeMs }));
    await assertValid(validateChain(chain, { atMs: notAfterMs }));
    await assertCode(validateChain(chain, { atMs: notAfterMs + 1 }), "certificate.expired");
  });
}

test("a renewed anchor beside the expired one of the same key is found", async () => {
  const expired = await makeRoot({ keys: right.root.keys, notAfterMs: nowMs - 1000 });
  await assertValid(validateChain(right, { anchors: [expired, right.root] }));
  await assertCode(validateChain(right, { anchors: [expired] }), "certificate.expired");
});

test("an authority's RSA key with an exponent of more than 32 bits, which makes checking slow, is none", async () => {
  assert.equal(await isStrongKey(rsaKeyWithExponent("010001")), true);
  assert.equal(await isStrongKey(rsaKeyWithExponent("ffffffff")), true);
  for (const exponent of ["01", "010002", "0100000001", "ff".repeat(255)]) {
    assert.equal(await isStrongKey(rsaKeyWithExponent(exponent)), false, exponent);
  }
});

test("SHA-1: certificate.weakAlgorithm; RSA keys of 1,024 bits: certificate.weakKey", async () => {
  for (const kind of ["RSA-SHA1", "P-256-SHA1"] as const) {
    const root = await makeRoot({ kind });
    await assertCode(
      validate({ chain: [await makeLeaf(root)], anchors: [root] }),
      "certificate.weakAlgorithm",
    );
  }
  const weakRoot = await makeRoot({ kind: "RSA-1024" });
  const weakKey = "certificate.weakKey";
  await assertCode(validate({ chain: [await makeLeaf(weakRoot)], anchors: [weakRoot] }), weakKey);
  await assertCode(validateChain(await makeChain({ leaf: { kind: "RSA-1024" } })), weakKey);
});
