import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bytes } from "@signet/protocol";
import { getCiphersuiteFromName, getCiphersuiteImpl } from "ts-mls";

import { hashing } from "../../src/mls/hashing.ts";
import { suiteName } from "../../src/mls/suite.ts";

const bytes = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const { hash, kdf } = hashing;

test("HKDF of RFC 5869, appendix A.1", async () => {
  const prk = await kdf.extract(bytes("000102030405060708090a0b0c"), bytes("0b".repeat(22)));
  assert.equal(hex(prk), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  assert.equal(
    hex(await kdf.expand(prk, bytes("f0f1f2f3f4f5f6f7f8f9"), 42)),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
});

test("HMAC of RFC 4231, test cases 2 and 6", async () => {
  const short = bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const asked = bytes("7768617420646f2079612077616e7420666f72206e6f7468696e673f");
  assert.equal(hex(await hash.mac(bytes("4a656665"), asked)), hex(short));
  const long = new TextEncoder().encode("Test Using Larger Than Block-Size Key - Hash Key First");
  assert.equal(
    hex(await hash.mac(bytes("aa".repeat(131)), long)),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  );
});

test("a MAC verifies for its key and message alone, whole", async () => {
  const [key, message] = [bytes("01".repeat(32)), bytes("02")];
  const mac = await hash.mac(key, message);
  assert.ok(await hash.verifyMac(key, mac, message));
  assert.ok(!(await hash.verifyMac(bytes("02".repeat(32)), mac, message)));
  assert.ok(!(await hash.verifyMac(key, mac, bytes("03"))));
  assert.ok(!(await hash.verifyMac(key, mac.with(31, (mac[31] ?? 0) ^ 1), message)));
  assert.ok(!(await hash.verifyMac(key, mac.slice(0, 31), message)));
  assert.ok(!(await hash.verifyMac(key, new Uint8Array(0), message)));
});

test("the same as the library's own, which is WebCrypto's, for all lengths around a block", async () => {
  const own = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
  assert.equal(kdf.size, own.kdf.size);
  for (const length of [0, 1, 31, 32, 33, 55, 56, 63, 64, 65, 127, 128, 129, 1_000]) {
    const data = crypto.getRandomValues(new Uint8Array(length));
    const key = crypto.getRandomValues(new Uint8Array(32 + (length % 64)));
    assert.equal(hex(await hash.digest(data)), hex(await own.hash.digest(data)));
    assert.equal(hex(await hash.mac(key, data)), hex(await own.hash.mac(key, data)));
    // Of a salt or pseudorandom key the library's takes 32 bytes only.
    const short = key.slice(0, 32);
    assert.equal(hex(await kdf.extract(short, data)), hex(await own.kdf.extract(short, data)));
    for (const size of [12, 16, 32, 64])
      assert.equal(hex(await kdf.expand(short, data, size)), hex(await own.kdf.expand(short, data, size)));
  }
});
