/** Documents signed by tokens: by the same way, the same PIN and with the same codes as proofs. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { before, test } from "node:test";

import { withCertificates } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { openToken } from "@signet/device/pkcs11";
import type { Pkcs11Device } from "@signet/device/pkcs11";
import type { Bytes } from "@signet/protocol";

import { KeyUsageFlags, holderOf, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { Authority } from "../support/certificates.ts";
import { document, signedAtMs, verdict } from "../support/cms.ts";
import { goodPin, rejectsWith, tokenFor } from "../support/tokens.ts";

const token = tokenFor({
  keys: [
    { label: "key", kind: "p256" },
    // CKA_ALWAYS_AUTHENTICATE
    { label: "careful", kind: "p256", privateTemplate: { 0x202: true } },
    { label: "secret", kind: "p256" },
    { label: "bare", kind: "p256" },
  ],
});
const { modulePath } = token;

let root: Authority;
let cards: Authority;
before(async () => {
  root = await makeRoot();
  cards = await makeIntermediate(root);
  for (const label of ["key", "careful", "secret"]) {
    const device = await open(label);
    device.close();
    const { digitalSignature, keyEncipherment } = KeyUsageFlags;
    const keyUsage = label === "secret" ? keyEncipherment : digitalSignature;
    const leaf = await makeLeaf(cards, { name: `CN=${label}`, holder: await holderOf(device), keyUsage });
    token.writeCertificates([leaf.certificate, cards.certificate], Buffer.from(label).toString("hex"));
  }
});

const open = async (keyLabel: string, pin = goodPin): Promise<Pkcs11Device> =>
  openToken({ modulePath, keyLabel }, pin);

async function signed(device: SignatureDevice, signal?: AbortSignal): Promise<Bytes> {
  assert.ok(device.signCms !== undefined);
  return device.signCms(document, { signedAtMs, ...(signal !== undefined && { signal }) });
}

const signatures = (): number => token.calls().filter((name) => name === "C_Sign").length;

test("with the certificates that the token has; without any it signs no documents", async () => {
  const device = await open("key");
  assert.equal(await verdict(await signed(device), [root]), "key");
  device.close();
  const bare = await open("bare");
  assert.equal(bare.signCms, undefined);
  const leaf = await makeLeaf(root, { name: "CN=from a file", holder: await holderOf(bare) });
  assert.equal(
    await verdict(await signed(withCertificates(bare, [leaf.certificate])), [root]),
    "from a file",
  );
  bare.close();
});

test("a key that wants the PIN for each signature has it asked for each document", async () => {
  const answers = ["1234", "1234", "1234", "4321"];
  let asked = 0;
  const device = await open("careful", async () => answers[asked++] ?? "4321");
  assert.equal(asked, 1);
  for (const expected of [2, 3]) {
    assert.equal(await verdict(await signed(device), [root]), "careful");
    assert.equal(asked, expected);
  }
  await rejectsWith(signed(device), "device.pinWrongFew");
  const before = signatures();
  // One that was wrong is not tried again.
  await rejectsWith(signed(device), "device.pinWrong");
  assert.equal(signatures(), before);
  device.close();
  (await open("key")).close();
});

test("a login that lapsed is made anew", async () => {
  let asked = 0;
  const device = await open("key", async () => {
    asked += 1;
    return "1234";
  });
  token.behave({ signsPerLogin: 1 });
  await signed(device);
  assert.equal(await verdict(await signed(device), [root]), "key");
  assert.equal(asked, 2);
  token.behave({});
  device.close();
});

test("what nobody would take is refused before the token is asked for anything", async () => {
  const device = await open("secret");
  const before = token.calls().length;
  await rejectsWith(signed(device), "certificate.keyUsage");
  const careful = await open("key");
  const expired = { signedAtMs: signedAtMs + 400 * 86_400_000 };
  await rejectsWith(Promise.resolve(careful.signCms?.(document, expired)), "certificate.expired");
  assert.ok(!token.calls().slice(before).includes("C_Sign"));
  careful.close();
  device.close();
});

test("a token that is pulled while it signs a document is a removal, also for whoever comes later", async () => {
  const device = await open("key");
  const removed = new Promise<void>((resolve) => device.onRemoved(resolve));
  // With certificates of its own: a copy of the device, which is the same token.
  const leaf = await makeLeaf(root, { holder: await holderOf(device) });
  const copy = withCertificates(device, [leaf.certificate]);
  token.behave({ hold: ["C_Sign"] });
  const before = signatures();
  const signing = signed(device);
  const alsoSigning = signed(copy);
  while (signatures() === before) await sleep(20);
  token.pull();
  await rejectsWith(signing, "device.tokenRemoved");
  await rejectsWith(alsoSigning, "device.tokenRemoved");
  await removed;
  await rejectsWith(signed(device), "device.tokenRemoved");
  await rejectsWith(signed(copy), "device.tokenRemoved");
  token.putBack();
  token.behave({});
});

test("whoever waits for a slow card may give up, and it signs the next one", async () => {
  const device = await open("key");
  token.behave({ hold: ["C_Sign"] });
  const before = signatures();
  const waiting = new AbortController();
  const given = signed(device, waiting.signal);
  while (signatures() === before) await sleep(20);
  waiting.abort();
  await rejectsWith(given, "device.cancelled");
  token.behave({});
  assert.equal(await verdict(await signed(device), [root]), "key");
  device.close();
});

test("a signature that the token made wrong does not leave it", async () => {
  const device = await open("key");
  token.behave({ cutSignature: 1 });
  await rejectsWith(signed(device), "device.signatureMalformed");
  token.behave({});
  device.close();
});

test("a copy with certificates says why its token was lost", async () => {
  const answers = ["1234"];
  const device = await open("key", async () => answers.shift() ?? "");
  const leaf = await makeLeaf(root, { holder: await holderOf(device) });
  const copy = withCertificates(device, [leaf.certificate]);
  const removed = new Promise<void>((resolve) => copy.onRemoved(resolve));
  token.behave({ logouts: 3 });
  await removed;
  assert.equal(copy.lostBecause?.code, "device.pinRequired");
  token.behave({});
});
