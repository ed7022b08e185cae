import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, exportKeyFile, isNewerKeyFile, openSoftwareKey } from "@signet/device";
import { toBase64Url } from "@signet/protocol";

const passphrase = "correct horse battery staple";
/** What a file may ask for: the least is that of version 0.1 (see test/released), the most is 128 MiB. */
const [leastCost, mostCost] = [2 ** 15, 2 ** 17];

interface KeyFileJson {
  format: string;
  algorithm: string;
  publicKey: string;
  kdf: Record<string, string | number>;
  cipher: Record<string, string>;
}

let fileText: string;

before(async () => {
  fileText = exportKeyFile(await createSoftwareKey({ algorithm: "ES256", passphrase }));
});

const parse = (): KeyFileJson => JSON.parse(fileText) as KeyFileJson;

async function refuses(text: string, code: string, word = passphrase): Promise<void> {
  await assert.rejects(openSoftwareKey(text, word), { name: "SignetError", code });
}

test("another passphrase: device.badPassphrase", async () => {
  await refuses(fileText, "device.badPassphrase", "correct horse battery");
  await refuses(fileText, "device.badPassphrase", "");
});

test("an altered ciphertext, nonce, salt, cost or public key: device.badPassphrase", async () => {
  const stranger = await createSoftwareKey({ algorithm: "ES256", passphrase });
  const changes: readonly ((file: KeyFileJson) => void)[] = [
    (file) => (file.cipher["ciphertext"] = flip(file.cipher["ciphertext"])),
    (file) => (file.cipher["nonce"] = flip(file.cipher["nonce"])),
    (file) => (file.kdf["salt"] = flip(file.kdf["salt"])),
    (file) => (file.kdf["n"] = leastCost),
    (file) => (file.publicKey = toBase64Url(stranger.publicKey)),
    (file) => (file.algorithm = "EdDSA"),
  ];
  for (const change of changes) {
    const file = parse();
    change(file);
    await refuses(JSON.stringify(file), "device.badPassphrase");
  }
});

/** The first character always carries six bits of the first byte. */
const flip = (text: unknown): string => {
  assert.ok(typeof text === "string");
  return (text.startsWith("A") ? "B" : "A") + text.slice(1);
};

const malformed: readonly [string, (file: KeyFileJson) => unknown][] = [
  ["an unknown format", (file) => ({ ...file, format: "signet-key/v2" })],
  ["an RSA algorithm", (file) => ({ ...file, algorithm: "RS256" })],
  ["an unknown member", (file) => ({ ...file, more: 1 })],
  ["a missing member", ({ cipher: _, ...rest }) => rest],
  ["a cost above the most", (file) => ({ ...file, kdf: { ...file.kdf, n: 2 * mostCost } })],
  ["a cost below the least", (file) => ({ ...file, kdf: { ...file.kdf, n: leastCost / 2 } })],
  ["a cost that is no power of two", (file) => ({ ...file, kdf: { ...file.kdf, n: leastCost + 1 } })],
  ["a negative cost", (file) => ({ ...file, kdf: { ...file.kdf, n: -leastCost } })],
  ["a larger block", (file) => ({ ...file, kdf: { ...file.kdf, r: 9 } })],
  ["a smaller block", (file) => ({ ...file, kdf: { ...file.kdf, r: 7 } })],
  ["more lanes", (file) => ({ ...file, kdf: { ...file.kdf, p: 2 } })],
  ["no lane", (file) => ({ ...file, kdf: { ...file.kdf, p: 0 } })],
  ["another derivation", (file) => ({ ...file, kdf: { ...file.kdf, name: "none" } })],
  ["a short salt", (file) => ({ ...file, kdf: { ...file.kdf, salt: "AAAA" } })],
  ["another cipher", (file) => ({ ...file, cipher: { ...file.cipher, name: "AES-128-GCM" } })],
  ["a short nonce", (file) => ({ ...file, cipher: { ...file.cipher, nonce: "AAAA" } })],
  ["no ciphertext", (file) => ({ ...file, cipher: { ...file.cipher, ciphertext: "" } })],
  ["padded base64", (file) => ({ ...file, publicKey: `${file.publicKey}==` })],
  ["a public key that is too short", (file) => ({ ...file, publicKey: "AAAA" })],
];

for (const [name, change] of malformed) {
  test(`a key file with ${name}: device.badKeyFile`, async () => {
    await refuses(JSON.stringify(change(parse())), "device.badKeyFile");
  });
}

test("what is no key file at all: device.badKeyFile", async () => {
  const texts = ["", "{", "null", "[]", "7", `"signet-key/v1"`, "-----BEGIN PRIVATE KEY-----", "{}"];
  for (const text of [...texts, fileText.slice(0, -3), `${fileText}x`, `${" ".repeat(5000)}${fileText}`]) {
    await refuses(text, "device.badKeyFile");
  }
});

test("a file of a newer version is told from one that is damaged", async () => {
  const text = exportKeyFile(await createSoftwareKey({ algorithm: "EdDSA", passphrase: "word" }));
  assert.equal(isNewerKeyFile(text), false);
  for (const version of [2, 3, 10, 999_999_999])
    assert.equal(isNewerKeyFile(text.replace("signet-key/v1", `signet-key/v${version}`)), true);
  for (const other of ["signet-key/v0", "signet-key/v01", "signet-key/v-2", "other-key/v2"])
    assert.equal(isNewerKeyFile(text.replace("signet-key/v1", other)), false, other);
  assert.equal(isNewerKeyFile(""), false);
});
