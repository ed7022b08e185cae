import assert from "node:assert/strict";
import { test } from "node:test";

import { utf8 } from "@signet/protocol";

import { SignatureChecks } from "../../src/mls/signature-checks.ts";

async function signer() {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    sign: async (message: Uint8Array<ArrayBuffer>) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message)),
  };
}

test("a signature that was found valid is so for this key and this message alone", async () => {
  const checks = new SignatureChecks();
  const [ann, ben] = [await signer(), await signer()];
  const message = utf8("a leaf");
  const signature = await ann.sign(message);
  assert.ok(await checks.verify(ann.publicKey, message, signature));
  assert.ok(await checks.verify(ann.publicKey, message, signature));
  assert.ok(!(await checks.verify(ann.publicKey, utf8("b leaf"), signature)));
  assert.ok(!(await checks.verify(ben.publicKey, message, signature)));
  assert.ok(!(await checks.verify(ann.publicKey, message, await ben.sign(message))));
  assert.ok(await checks.verify(ann.publicKey, message, signature));
});

test("(R, S + L), which anybody can make, is not valid where (R, S) was found to be", async () => {
  const checks = new SignatureChecks();
  const ann = await signer();
  const message = utf8("a leaf");
  const signature = await ann.sign(message);
  assert.ok(await checks.verify(ann.publicKey, message, signature));
  const scalar = BigInt(`0x${Buffer.from(signature.slice(32).toReversed()).toString("hex")}`);
  // Order of the group (RFC 8032 section 5.1).
  const other = scalar + 2n ** 252n + 27742317777372353535851937790883648493n;
  const twin = signature.slice();
  twin.set(Buffer.from(other.toString(16).padStart(64, "0"), "hex").toReversed(), 32);
  assert.ok(!(await checks.verify(ann.publicKey, message, twin)));
});

test("what the caller changes afterwards does not change what was found valid", async () => {
  const checks = new SignatureChecks();
  const ann = await signer();
  const message = utf8("a leaf");
  const signature = await ann.sign(message);
  assert.ok(await checks.verify(ann.publicKey, message, signature));
  message[0] = 0x62;
  assert.ok(!(await checks.verify(ann.publicKey, message, signature)));
});

test("more signatures than are remembered verify all the same", async () => {
  const checks = new SignatureChecks();
  const ann = await signer();
  const messages = Array.from({ length: 514 }, (_, i) => utf8(`leaf ${i}`));
  for (const message of [...messages, ...messages.slice(0, 2)])
    assert.ok(await checks.verify(ann.publicKey, message, await ann.sign(message)));
  assert.ok(!(await checks.verify(ann.publicKey, utf8("leaf 0"), await ann.sign(utf8("leaf 1")))));
});

test("a long message is verified each time, so that what is remembered stays small", async (t) => {
  const checks = new SignatureChecks();
  const ann = await signer();
  const verify = t.mock.method(crypto.subtle, "verify");
  const verifications = async (length: number): Promise<number> => {
    const message = new Uint8Array(length);
    const signature = await ann.sign(message);
    verify.mock.resetCalls();
    for (let time = 0; time < 3; time++) assert.ok(await checks.verify(ann.publicKey, message, signature));
    return verify.mock.callCount();
  };
  assert.equal(await verifications(16_384), 1);
  assert.equal(await verifications(16_385), 3);
});
