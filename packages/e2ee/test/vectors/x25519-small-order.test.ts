import assert from "node:assert/strict";
import { test } from "node:test";

import { isEncryptionKey } from "../../src/mls/encryption-key.ts";

// Small orders and their other forms, as in RFC 7748 section 6.1 and https://cr.yp.to/ecdh.html#validate.
const smallOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/** Whether WebCrypto agrees on a secret with `key`. */
async function agrees(key: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const own = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  const publicKey = await crypto.subtle.importKey("raw", key, "X25519", false, []);
  return crypto.subtle.deriveBits({ name: "X25519", public: publicKey }, own.privateKey, 256).then(
    () => true,
    () => false,
  );
}

test("nothing can be encrypted to a key of small order, with the highest bit and without", async () => {
  for (const hex of smallOrder)
    for (const bit of [0, 0x80]) {
      const key = new Uint8Array(Buffer.from(hex, "hex"));
      key[31] = (key[31] ?? 0) | bit;
      assert.ok(!(await agrees(key)), hex);
      assert.ok(!isEncryptionKey(key), hex);
    }
});

test("any other key of 32 bytes will do", async () => {
  for (let first = 2; first < 60; first++) {
    const key = new Uint8Array(32);
    key[0] = first;
    assert.equal(isEncryptionKey(key), await agrees(key));
    assert.ok(isEncryptionKey(crypto.getRandomValues(key)));
  }
  for (const length of [0, 31, 33]) assert.ok(!isEncryptionKey(new Uint8Array(length).fill(9)));
});
