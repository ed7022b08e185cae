import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  createSoftwareKey,
  createTerminalKey,
  deviceIdOf,
  importPublicKey,
  verifyDirectoryEntry,
} from "@signet/device";
import type { SignatureDevice, TerminalKey } from "@signet/device";
import { UserId, concatBytes } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode } from "@signet/protocol";

import { createAuthenticator, userPresent } from "../support/authenticator.ts";
import { assertRefused, makeEntry, serverOrigin, transcriptsOf } from "../support/people.ts";
import { rsaKeyWithExponent } from "../support/rsa.ts";

let device: SignatureDevice;
let stranger: SignatureDevice;
let terminal: TerminalKey;
let entry: DirectoryEntryIn;

before(async () => {
  device = await createAuthenticator("ES256", serverOrigin);
  stranger = await createAuthenticator("ES256", serverOrigin);
  terminal = await createTerminalKey();
  entry = await makeEntry(device, terminal, true);
});

const lies: readonly [string, () => Promise<Partial<DirectoryEntryIn>>, ErrorCode][] = [
  ["another user ID", async () => ({ userId: UserId.parse("mallory") }), "proof.user"],
  ["another display name", async () => ({ displayName: "Mallory" }), "proof.user"],
  ["another device ID", async () => ({ deviceId: stranger.deviceId }), "proof.device"],
  ["another key", async () => ({ publicKey: stranger.publicKey }), "proof.device"],
  [
    "another key and its device ID",
    async () => ({ publicKey: stranger.publicKey, deviceId: stranger.deviceId }),
    "proof.device",
  ],
  ["another kind", async () => ({ kind: "software" }), "proof.signer"],
  ["another algorithm", async () => ({ algorithm: "EdDSA" }), "proof.algorithm"],
  ["user verification taken away", async () => ({ userVerification: false }), "proof.userVerification"],
  [
    "a proof by another key",
    async () => ({ proof: await stranger.sign(transcriptsOf(device, terminal).register) }),
    "proof.signature",
  ],
  [
    "a proof for another key",
    async () => ({
      proof: await device.sign({
        ...transcriptsOf(device, terminal).register,
        devicePublicKey: stranger.publicKey,
      }),
    }),
    "proof.device",
  ],
  [
    "a sign-in proof",
    async () => ({ proof: await device.sign(transcriptsOf(device, terminal)["sign-in"]) }),
    "proof.purpose",
  ],
];

for (const [name, lie, code] of lies) {
  test(`an entry with ${name}: ${code}`, async () => {
    assert.ok((await verifyDirectoryEntry(entry, serverOrigin)).ok, "the true entry is accepted");
    assertRefused(await verifyDirectoryEntry({ ...entry, ...(await lie()) }, serverOrigin), code);
  });
}

test("an entry of another server: proof.origin", async () => {
  assertRefused(await verifyDirectoryEntry(entry, "http://localhost:8081"), "proof.origin");
});

test("an entry with user verification that the device did not show: proof.userVerification", async () => {
  const key = await createAuthenticator("ES256", serverOrigin, userPresent);
  const claimed = await makeEntry(key, terminal, true);
  assertRefused(await verifyDirectoryEntry(claimed, serverOrigin), "proof.userVerification");
  const file = await createSoftwareKey({ algorithm: "EdDSA" });
  assertRefused(
    await verifyDirectoryEntry(await makeEntry(file, terminal, true), serverOrigin),
    "proof.userVerification",
  );
});

/** An otherwise true entry, signed, over a key that Signet does not accept. */
async function entryWithKey(publicKey: Bytes, like: SignatureDevice): Promise<DirectoryEntryIn> {
  const deviceId = await deviceIdOf(publicKey);
  const disguised = { ...like, deviceId, publicKey };
  return makeEntry(disguised, terminal, like.kind === "webauthn");
}

test("a P-384 key, a padded key, a compressed point, an RSA key of 1024 bits: proof.algorithm", async () => {
  const p384 = await spki({ name: "ECDSA", namedCurve: "P-384" });
  const publicExponent = Uint8Array.of(1, 0, 1);
  const small = await spki({
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 1024,
    publicExponent,
    hash: "SHA-256",
  });
  const compressed = concatBytes(
    Uint8Array.from(Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex")),
    Uint8Array.of(2 + ((device.publicKey.at(-1) ?? 0) & 1)),
    device.publicKey.slice(27, 59),
  );
  for (const publicKey of [p384, concatBytes(device.publicKey, Uint8Array.of(0)), compressed]) {
    const wrong = await entryWithKey(publicKey, device);
    assertRefused(await verifyDirectoryEntry(wrong, serverOrigin), "proof.algorithm");
  }
  const rsa = await createAuthenticator("RS256", serverOrigin);
  assertRefused(await verifyDirectoryEntry(await entryWithKey(small, rsa), serverOrigin), "proof.algorithm");
});

async function spki(algorithm: EcKeyGenParams | RsaHashedKeyGenParams): Promise<Bytes> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
}

test("an RSA key with an exponent of 3, or with bytes after it: proof.algorithm", async () => {
  const rsa = await createAuthenticator("RS256", serverOrigin);
  const three = rsa.publicKey.slice();
  // The exponent 65537 is the last INTEGER: 02 03 01 00 01.
  three.set([0x00, 0x00, 0x03], three.length - 3);
  for (const publicKey of [three, concatBytes(rsa.publicKey, Uint8Array.of(0))]) {
    const wrong = await entryWithKey(publicKey, rsa);
    assertRefused(await verifyDirectoryEntry(wrong, serverOrigin), "proof.algorithm");
  }
});

test("an RSA key with an exponent of more than 32 bits, which makes checking slow: proof.algorithm", async () => {
  const rsa = await createAuthenticator("RS256", serverOrigin);
  const within = await entryWithKey(rsaKeyWithExponent("ffffffff"), rsa);
  // It is another key than the one that signed.
  assertRefused(await verifyDirectoryEntry(within, serverOrigin), "proof.signature");
  for (const exponent of ["0100000001", "ff".repeat(255)]) {
    const wrong = await entryWithKey(rsaKeyWithExponent(exponent), rsa);
    assertRefused(await verifyDirectoryEntry(wrong, serverOrigin), "proof.algorithm");
  }
});

test("an RSA key for a software device: proof.algorithm", async () => {
  const rsa = await createAuthenticator("RS256", serverOrigin);
  const file = await createSoftwareKey({ algorithm: "EdDSA" });
  const disguised = {
    ...file,
    algorithm: "RS256",
    publicKey: rsa.publicKey,
    deviceId: rsa.deviceId,
  } as const;
  const wrong = await makeEntry(disguised, terminal, false);
  assertRefused(await verifyDirectoryEntry(wrong, serverOrigin), "proof.algorithm");
});

const smallOrderPoints = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

test("an Ed25519 key of small order is refused", async () => {
  for (const hex of smallOrderPoints) {
    const point = Uint8Array.from(Buffer.from(hex, "hex"));
    assert.ok(hasSmallOrder(point), `${hex} is of small order`);
    const publicKey = concatBytes(Buffer.from("302a300506032b6570032100", "hex"), point);
    assert.equal(await importPublicKey("EdDSA", publicKey), undefined);
  }
});

/** Whether 8P is the neutral element (RFC 8032 section 5.1.4); y of a double depends on x squared and y alone. */
function hasSmallOrder(point: Uint8Array): boolean {
  const p = 2n ** 255n - 19n;
  const d = -121665n * inverse(121666n, p);
  const littleEndian = [...point].reverse().map((byte) => byte.toString(16).padStart(2, "0"));
  let y = BigInt(`0x${littleEndian.join("")}`) & (2n ** 255n - 1n);
  for (let i = 0; i < 3; i++) {
    const xx = (y * y - 1n) * inverse(d * y * y + 1n, p);
    y = ((((y * y + xx) * inverse(1n - d * xx * y * y, p)) % p) + p) % p;
  }
  return y === 1n;
}

/** By Fermat's theorem. */
function inverse(value: bigint, p: bigint): bigint {
  let result = 1n;
  let base = ((value % p) + p) % p;
  for (let exponent = p - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % p;
    base = (base * base) % p;
  }
  return result;
}
