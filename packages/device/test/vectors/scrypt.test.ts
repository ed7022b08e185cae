/** RFC 7914 section 12, by both ways in which key files are opened. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { utf8 } from "@signet/protocol";

import { nativeScrypt, portableScrypt, scrypt } from "../../src/scrypt.ts";

const vectors = [
  [
    "password",
    "NaCl",
    { n: 1024, r: 8, p: 16 },
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
  ],
  [
    "pleaseletmein",
    "SodiumChloride",
    { n: 16384, r: 8, p: 1 },
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
  ],
] as const;

const native = nativeScrypt ?? assert.fail("this is Node");
assert.equal(scrypt, native);

for (const [name, derive] of Object.entries({ native, portable: portableScrypt })) {
  for (const [password, salt, cost, expected] of vectors) {
    test(`scrypt, ${name}: ${password}, ${salt}`, async () => {
      const derived = await derive(utf8(password), utf8(salt), cost, 64);
      assert.equal(Buffer.from(derived).toString("hex"), expected);
    });
  }
}

test("scrypt, native: the most that a key file may ask for", async () => {
  const derived = await native(utf8("password"), utf8("salt"), { n: 2 ** 17, r: 8, p: 1 }, 32);
  assert.equal(derived.length, 32);
});
