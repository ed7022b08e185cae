/** Right chains, directory entries with certificates, and devices that carry them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  certificateChainFor,
  createSoftwareKey,
  createTerminalKey,
  exportKeyFile,
  openSoftwareKey,
  verifyDirectoryEntry,
  withCertificates,
} from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { UserId } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn } from "@signet/protocol";

import { createAuthenticator } from "../support/authenticator.ts";
import { validate } from "../support/certificate-chain.ts";
import { makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { Authority, KeyKind } from "../support/certificates.ts";
import { assertRefused, makeEntry, nowMs, serverOrigin } from "../support/people.ts";

const authorityKinds: readonly KeyKind[] = ["P-256", "P-384", "P-521", "Ed25519", "RSA-2048", "RSA-PSS"];
const deviceKinds: readonly KeyKind[] = ["P-256", "Ed25519", "RSA-2048"];

for (const kind of authorityKinds) {
  test(`authorities with ${kind} keys: issued by the anchor, with one and with two between`, async () => {
    const root = await makeRoot({ kind });
    const first = await makeIntermediate(root);
    const second = await makeIntermediate(first, { name: "CN=Second" });
    const chains: readonly (readonly [Authority, readonly Authority[]])[] = [
      [root, []],
      [first, [first]],
      [second, [second, first]],
    ];
    for (const [issuer, above] of chains) {
      for (const device of deviceKinds) {
        const leaf = await makeLeaf(issuer, { kind: device });
        const result = await validate({ chain: [leaf, ...above], anchors: [root] });
        assert.deepEqual(result.ok ? result.userId : result.code, "alice", device);
      }
    }
  });
}

test("authorities of different kinds in one chain", async () => {
  const root = await makeRoot({ kind: "RSA-2048" });
  const first = await makeIntermediate(root, { kind: "P-384" });
  const second = await makeIntermediate(first, { name: "CN=Second", kind: "Ed25519" });
  const leaf = await makeLeaf(second, { kind: "P-256", notAfterMs: nowMs + 5000 });
  const result = await validate({ chain: [leaf, second, first], anchors: [root] });
  assert.ok(result.ok);
  assert.deepEqual(result.names, {
    subject: "Alice Example",
    issuer: "Second",
    anchor: "Root",
    validUntilMs: nowMs + 5000,
  });
});

test("an authority below another may be the anchor", async () => {
  const root = await makeRoot();
  const first = await makeIntermediate(root);
  const leaf = await makeLeaf(first);
  assert.ok((await validate({ chain: [leaf], anchors: [first] })).ok);
});

interface Certified {
  readonly root: Authority;
  readonly entry: DirectoryEntryIn;
}

async function certify(device: SignatureDevice, email = "alice@example.org"): Promise<Certified> {
  const root = await makeRoot();
  const intermediate = await makeIntermediate(root);
  const publicKey = await crypto.subtle.importKey(
    "spki",
    device.publicKey,
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["verify"],
  );
  const leaf = await makeLeaf(intermediate, {
    alternativeNames: [{ type: "email", value: email }],
    holder: publicKey,
  });
  const plain = await makeEntry(device, await createTerminalKey(), device.kind === "webauthn");
  return { root, entry: { ...plain, certificates: [leaf.certificate, intermediate.certificate] } };
}

const softwareKey = async () => createSoftwareKey({ algorithm: "ES256", passphrase: "word" });
const trusting = (...anchors: readonly Bytes[]) => ({
  trust: { anchors, userIdFrom: "email" } as const,
  nowMs,
});

test("a directory entry with a certificate says who certifies it, and one without says nothing", async () => {
  const device = await softwareKey();
  const { root, entry } = await certify(device);
  const verified = await verifyDirectoryEntry(entry, serverOrigin, trusting(root.certificate));
  assert.ok(verified.ok);
  assert.equal(verified.certificate?.issuer, "Cards");
  const { certificates: _, ...without } = entry;
  const plain = await verifyDirectoryEntry(without, serverOrigin, trusting(root.certificate));
  assert.ok(plain.ok);
  assert.equal(plain.certificate, undefined);
});

test("an entry with a certificate, and nobody to trust: certificate.notAccepted", async () => {
  const { entry } = await certify(await softwareKey());
  assertRefused(await verifyDirectoryEntry(entry, serverOrigin), "certificate.notAccepted");
  assertRefused(await verifyDirectoryEntry(entry, serverOrigin, { nowMs }), "certificate.notAccepted");
  assertRefused(await verifyDirectoryEntry(entry, serverOrigin, trusting()), "certificate.notAccepted");
});

test("an entry whose certificate names somebody else, or is another's: certificate.otherUser, certificate.otherKey", async () => {
  const device = await softwareKey();
  const { root, entry } = await certify(device, "bob@example.org");
  const options = trusting(root.certificate);
  assertRefused(await verifyDirectoryEntry(entry, serverOrigin, options), "certificate.otherUser");
  const other = await certify(await softwareKey());
  const swapped = { ...entry, certificates: other.entry.certificates };
  const both = trusting(root.certificate, other.root.certificate);
  assertRefused(await verifyDirectoryEntry(swapped, serverOrigin, both), "certificate.otherKey");
});

test("the certificate does not stand for the device's own proof", async () => {
  const { root, entry } = await certify(await softwareKey());
  const wrong = { ...entry, userId: UserId.parse("bob") };
  assertRefused(await verifyDirectoryEntry(wrong, serverOrigin, trusting(root.certificate)), "proof.user");
});

test("an entry that was good is refused when its certificate has expired", async () => {
  const { root, entry } = await certify(await softwareKey());
  const { trust } = trusting(root.certificate);
  const yearMs = 365 * 24 * 3_600_000;
  assertRefused(
    await verifyDirectoryEntry(entry, serverOrigin, { trust, nowMs: nowMs + yearMs }),
    "certificate.expired",
  );
});

test("a WebAuthn device has no certificates: certificate.notAccepted", async () => {
  const device = await createAuthenticator("ES256", serverOrigin);
  const { root, entry } = await certify(device);
  const options = trusting(root.certificate);
  assertRefused(await verifyDirectoryEntry(entry, serverOrigin, options), "certificate.notAccepted");
  const { certificates = [] } = entry;
  assert.throws(() => withCertificates(device, certificates), { code: "certificate.notAccepted" });
});

test("a software key takes its certificates out of any pile, in the right order, without the anchor", async () => {
  const device = await softwareKey();
  const { root, entry } = await certify(device);
  const [leaf, intermediate] = entry.certificates ?? [];
  assert.ok(leaf !== undefined && intermediate !== undefined);
  const stranger = await makeLeaf(root);
  const pile = [root.certificate, stranger.certificate, intermediate, leaf];
  const certified = withCertificates(device, pile);
  assert.deepEqual(certified.certificates, [leaf, intermediate]);
  assert.equal(certified.deviceId, device.deviceId);
  assert.equal(exportKeyFile(certified), exportKeyFile(device));
  assert.equal((await openSoftwareKey(exportKeyFile(certified), "word")).certificates, undefined);
  assert.equal(device.certificates, undefined);

  assert.throws(() => withCertificates(device, [stranger.certificate]), { code: "certificate.otherKey" });
  assert.throws(() => withCertificates(device, []), { code: "certificate.otherKey" });
  assert.throws(() => withCertificates(device, [leaf, leaf.slice(1)]), { code: "certificate.malformed" });
});

test("a chain of more than four is no device's: certificate.tooMany", async () => {
  const root = await makeRoot();
  const above: Authority[] = [];
  for (const n of [1, 2, 3, 4]) above.push(await makeIntermediate(above.at(-1) ?? root, { name: `CN=${n}` }));
  const bytes = above.map(({ certificate }) => certificate);
  const [, , third = root, fourth = root] = above;
  const four = await makeLeaf(third);
  assert.equal(certificateChainFor(four.publicKey, [...bytes, four.certificate]).length, 4);
  const five = await makeLeaf(fourth);
  assert.throws(() => certificateChainFor(five.publicKey, [...bytes, five.certificate]), {
    code: "certificate.tooMany",
  });
});
