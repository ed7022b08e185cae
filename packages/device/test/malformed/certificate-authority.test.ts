/** Authorities that may not do what they did, and certificates that are not for signing. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { CertificateChainValidationEngine } from "pkijs";

import { assertCode, assertValid, makeChain, validate, validateChain } from "../support/certificate-chain.ts";
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  KeyUsageFlags,
  SubjectKeyIdentifierExtension,
  der,
  makeIntermediate,
  makeLeaf,
  makeRoot,
} from "../support/certificates.ts";
import type { Authority, Wish } from "../support/certificates.ts";
import { hourMs, nowMs } from "../support/people.ts";

const notAuthority = "certificate.notAuthority";
const { digitalSignature, keyCertSign, cRLSign, nonRepudiation, keyAgreement } = KeyUsageFlags;

for (const which of ["intermediate", "root"] as const) {
  test(`the ${which} with CA:false, without basic constraints, or without the right to sign certificates`, async () => {
    await assertCode(
      validateChain(await makeChain({ [which]: { cA: false, keyUsage: undefined } })),
      notAuthority,
    );
    await assertCode(
      validateChain(await makeChain({ [which]: { cA: false, keyUsage: digitalSignature } })),
      notAuthority,
    );
    await assertCode(
      validateChain(await makeChain({ [which]: { cA: undefined, keyUsage: undefined } })),
      notAuthority,
    );
    await assertCode(validateChain(await makeChain({ [which]: { keyUsage: cRLSign } })), notAuthority);
    await assertCode(
      validateChain(await makeChain({ [which]: { keyUsage: digitalSignature } })),
      notAuthority,
    );
    // Without key usage, an authority may use its key for anything (RFC 5280 section 4.2.1.3).
    await assertValid(validateChain(await makeChain({ [which]: { keyUsage: undefined } })));
  });
}

test("basic constraints that are not critical count as well", async () => {
  const plain = (value: string) => new Extension("2.5.29.19", false, Buffer.from(value, "hex"));
  const withCa = { cA: undefined, extensions: [plain("30030101ff")] };
  await assertValid(validateChain(await makeChain({ intermediate: withCa })));
  const without = { cA: undefined, extensions: [plain("3000")] };
  await assertCode(validateChain(await makeChain({ intermediate: without })), notAuthority);
});

test("a certificate issued by another person's: certificate.notAuthority", async () => {
  const { root, intermediate, leaf: bob } = await makeChain({ leaf: { name: "CN=Bob" } });
  const leaf = await makeLeaf(bob);
  await assertCode(validate({ chain: [leaf, bob, intermediate], anchors: [root] }), notAuthority);
});

test("a path longer than an authority allows: certificate.pathTooLong", async () => {
  const root = await makeRoot({ pathLength: 1 });
  const first = await makeIntermediate(root);
  await assertValid(validate({ chain: [await makeLeaf(first), first], anchors: [root] }));
  const second = await makeIntermediate(first, { name: "CN=Second" });
  const leaf = await makeLeaf(second);
  await assertCode(validate({ chain: [leaf, second, first], anchors: [root] }), "certificate.pathTooLong");

  const none = await makeIntermediate(await makeRoot(), { pathLength: 0 });
  const below = await makeIntermediate(none, { name: "CN=Below" });
  const deep = await makeLeaf(below);
  const anyRoot = await makeRoot();
  const allowed = await makeIntermediate(anyRoot, { pathLength: 0 });
  await assertValid(validate({ chain: [await makeLeaf(allowed), allowed], anchors: [anyRoot] }));
  await assertCode(validate({ chain: [deep, below], anchors: [none] }), "certificate.pathTooLong");
});

const keyUsage = "certificate.keyUsage";

test("key usage without digital signature, or none: certificate.keyUsage", async () => {
  await assertValid(
    validateChain(await makeChain({ leaf: { keyUsage: digitalSignature | nonRepudiation } })),
  );
  for (const wrong of [undefined, nonRepudiation, keyAgreement]) {
    await assertCode(validateChain(await makeChain({ leaf: { keyUsage: wrong } })), keyUsage);
  }
});

test("an authority's own certificate is nobody's device: certificate.ofAuthority", async () => {
  const leaf: Wish = { cA: true, keyUsage: digitalSignature | keyCertSign };
  await assertCode(validateChain(await makeChain({ leaf })), "certificate.ofAuthority");
  await assertValid(validateChain(await makeChain({ leaf: { cA: false } })));
});

const clientAuth = "1.3.6.1.5.5.7.3.2";
const serverAuth = "1.3.6.1.5.5.7.3.1";
const emailProtection = "1.3.6.1.5.5.7.3.4";
const smartcardLogon = "1.3.6.1.4.1.311.20.2.2";
const anyPurpose = "2.5.29.37.0";

test("an extended key usage that is none of a person's: certificate.purpose", async () => {
  for (const purpose of [clientAuth, emailProtection, smartcardLogon, anyPurpose]) {
    await assertValid(validateChain(await makeChain({ leaf: { extendedKeyUsage: [serverAuth, purpose] } })));
  }
  const codeSigning = "1.3.6.1.5.5.7.3.3";
  for (const wrong of [[serverAuth], [codeSigning, serverAuth]]) {
    await assertCode(
      validateChain(await makeChain({ leaf: { extendedKeyUsage: wrong } })),
      "certificate.purpose",
    );
  }
});

test("an authority for servers only: certificate.authorityPurpose", async () => {
  const wrong = { extendedKeyUsage: [serverAuth] };
  await assertCode(validateChain(await makeChain({ intermediate: wrong })), "certificate.authorityPurpose");
  await assertValid(validateChain(await makeChain({ intermediate: { extendedKeyUsage: [clientAuth] } })));
});

for (const which of ["leaf", "intermediate", "root"] as const) {
  test(`a critical extension of the ${which} that nobody here knows: certificate.unknownExtension`, async () => {
    const value = der(0x04, Uint8Array.of(1));
    const unknown = (critical: boolean) => [new Extension("1.2.3.4.5", critical, value)];
    await assertValid(validateChain(await makeChain({ [which]: { extensions: unknown(false) } })));
    await assertCode(
      validateChain(await makeChain({ [which]: { extensions: unknown(true) } })),
      "certificate.unknownExtension",
    );
  });

  test(`an extension of the ${which} that is there twice, or not what it should be: certificate.malformed`, async () => {
    const twice = [1, 2].map((n) => new Extension("1.2.3.4.5", false, der(0x04, Uint8Array.of(n))));
    const wrong = [
      twice,
      [new Extension("2.5.29.37", false, der(0x30))],
      [new Extension("2.5.29.37", false, Uint8Array.of(1, 2, 3))],
      [new Extension("2.5.29.30", true, der(0x30))],
    ];
    for (const extensions of wrong) {
      const chain = await makeChain({ [which]: { extensions } });
      // An anchor that cannot be read is none.
      await assertCode(
        validateChain(chain),
        which === "root" ? "certificate.untrusted" : "certificate.malformed",
      );
    }
  });
}

let root: Authority;
before(async () => {
  root = await makeRoot();
});

test("pkijs must agree: what only it refuses is refused", async () => {
  const identified = async (holder: CryptoKey, named: CryptoKey) => ({
    intermediate: await makeIntermediate(root, {
      extensions: [await SubjectKeyIdentifierExtension.create(holder)],
    }),
    extensions: [await AuthorityKeyIdentifierExtension.create(named)],
  });
  // The key identifier of another key than the issuer's.
  const right = await identified(root.keys.publicKey, root.keys.publicKey);
  const good = await makeLeaf(right.intermediate, { extensions: right.extensions });
  await assertValid(validate({ chain: [good, right.intermediate], anchors: [root] }));
  const other = await identified(root.keys.publicKey, right.intermediate.keys.publicKey);
  const bad = await makeLeaf(other.intermediate, { extensions: other.extensions });
  const chain = [bad, other.intermediate];
  await assertCode(validate({ chain, anchors: [root], onlyByPkijs: true }), "certificate.disputed");
});

test("pkijs is asked once for each path, and what it said holds; the dates are looked at each time", async (t) => {
  const asked = t.mock.method(CertificateChainValidationEngine.prototype, "verify");
  const notAfterMs = nowMs + hourMs;
  const leaf = await makeLeaf(root, { notAfterMs });
  const validation = { chain: [leaf], anchors: [root] };
  for (let i = 0; i < 3; i++) await assertValid(validate(validation));
  assert.equal(asked.mock.callCount(), 1);
  await assertCode(validate({ ...validation, atMs: notAfterMs + 1 }), "certificate.expired");
  const other = await makeLeaf(root, { notAfterMs });
  await assertValid(validate({ ...validation, chain: [other] }));
  assert.equal(asked.mock.callCount(), 2);

  const named = await makeIntermediate(root, {
    extensions: [await SubjectKeyIdentifierExtension.create(root.keys.publicKey)],
  });
  const misnaming = await makeLeaf(named, {
    extensions: [await AuthorityKeyIdentifierExtension.create(named.keys.publicKey)],
  });
  const refused = { chain: [misnaming, named], anchors: [root], onlyByPkijs: true };
  for (let i = 0; i < 2; i++) await assertCode(validate(refused), "certificate.disputed");
  assert.equal(asked.mock.callCount(), 3);
});
