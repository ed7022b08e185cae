/** The sealed document of a person, and its key at each of their devices. */
import assert from "node:assert/strict";
import { createDecipheriv, hkdfSync } from "node:crypto";
import { describe, test } from "node:test";

import {
  changePerson,
  decodeDocument,
  DeviceId,
  emptyDocument,
  encodeDocument,
  encodeFields,
  FieldReader,
  mostDocumentBytes,
  mostSealedBytes,
  mostWrappedBytes,
  TerminalId,
  toBase64Url,
  UserId,
  utf8,
  viewDocument,
} from "@signet/protocol";
import type { Bytes, PersonalDocument } from "@signet/protocol";

import {
  createDocumentKeyPair,
  createProfileSecret,
  createRecoveryPhrase,
  importProfileKey,
  openGiven,
  openKey,
  phraseKeyPair,
  prfInput,
  prfKeyPair,
  sealDocument,
  sizeClassesBytes,
  wrapKey,
  wrappedFor,
} from "@signet/e2ee";

import { fieldsOf } from "../fields.ts";

const owner = { serverOrigin: "https://signet.example", userId: UserId.parse("anna") };
const by = { terminalId: TerminalId.parse(toBase64Url(new Uint8Array(16))), nowMs: 1 };
const document = changePerson(emptyDocument, UserId.parse("ben"), { note: "from the choir" }, by);
const secret = createProfileSecret();
const profileKey = await importProfileKey(owner, secret);
const deviceId = DeviceId.parse(toBase64Url(new Uint8Array(16).fill(4)));
const prfOutput = new Uint8Array(32).fill(6);

/** Whose encoding has so many bytes. */
function ofBytes(bytes: number): PersonalDocument {
  const stamp = { atMs: 1, counter: 0, terminalId: by.terminalId };
  const filled = (values: number): PersonalDocument => {
    const fields = new Map<string, { stamp: typeof stamp; value: Bytes }>();
    for (let left = values, i = 100; left > 0; left -= 8_192, i++)
      fields.set(`field-${i}`, { stamp, value: new Uint8Array(Math.min(left, 8_192)) });
    return { ...emptyDocument, items: new Map([["settings", { removed: undefined, fields }]]) };
  };
  const values = Math.ceil(bytes * 0.98);
  return filled(values + bytes - encodeDocument(filled(values)).length);
}

describe("a sealed document", () => {
  test("is opened with its key, and has its version", async () => {
    const opened = await openGiven(profileKey, undefined, await sealDocument(profileKey, 3, document));
    assert.deepEqual(opened?.document, document);
    assert.equal(opened?.version, 3);
  });

  test("is never sealed twice in the same way", async () => {
    const [one, other] = await Promise.all([1, 1].map((v) => sealDocument(profileKey, v, document)));
    assert.notDeepEqual(one, other);
  });

  test("has the length of its class alone, to a byte on each side of each", async () => {
    const lengths = new Set<number>();
    for (const [i, most] of sizeClassesBytes.slice(0, -1).entries()) {
      const [full, next] = await Promise.all(
        [most - 4, most - 3].map((bytes) => sealDocument(profileKey, 1, ofBytes(bytes))),
      );
      assert.equal((next?.length ?? 0) - (full?.length ?? 0), (sizeClassesBytes[i + 1] ?? 0) - most);
      lengths.add(full?.length ?? 0);
    }
    const largest = ofBytes(mostDocumentBytes);
    const sealed = await sealDocument(profileKey, 1, largest);
    assert.deepEqual((await openGiven(profileKey, undefined, sealed))?.document, largest);
    assert.equal(lengths.has((await sealDocument(profileKey, 2 ** 40, document)).length), true);
    const long = { serverOrigin: `https://${"x".repeat(248)}`, userId: UserId.parse("x".repeat(32)) };
    const longest = await sealDocument(await importProfileKey(long, secret), 2 ** 53 - 1, largest);
    assert.equal(longest.length <= mostSealedBytes, true);
    await assert.rejects(sealDocument(profileKey, 1, ofBytes(mostDocumentBytes + 1)), {
      code: "document.tooLarge",
    });
  });

  test("is what docs/decisions says: read with another implementation", async () => {
    const sealed = await sealDocument(profileKey, 7, document);
    const fields = fieldsOf(sealed);
    const [label, origin, userId, version, keyId, nonce, ciphertext] = fields;
    assert.ok(label && origin && userId && version && keyId && nonce && ciphertext);
    assert.deepEqual(
      [label, origin, userId],
      [utf8("signet/sealed-document/v1"), utf8(owner.serverOrigin), utf8("anna")],
    );
    assert.equal(version[7], 7);
    const derived = (use: string, bytes: number) => {
      const info = encodeFields([utf8(`signet/document/${use}/v1`), origin, userId]);
      return new Uint8Array(hkdfSync("sha256", secret, "", info, bytes));
    };
    assert.deepEqual(keyId, derived("key-id", 16));
    const cipher = createDecipheriv("aes-256-gcm", derived("sealing", 32), nonce);
    cipher.setAAD(encodeFields(fields.slice(0, 6)));
    cipher.setAuthTag(ciphertext.slice(-16));
    const padded = new Uint8Array(Buffer.concat([cipher.update(ciphertext.slice(0, -16)), cipher.final()]));
    assert.equal(padded.length, sizeClassesBytes[0]);
    assert.deepEqual(decodeDocument(new FieldReader(padded, 0).field() ?? padded), document);
  });

  test("shows nothing of what is in it, nor does its key in WebCrypto come out", async () => {
    const sealed = Buffer.from(await sealDocument(profileKey, 1, document));
    assert.equal(sealed.includes("ben") || sealed.includes("choir"), false);
    await assert.rejects(crypto.subtle.exportKey("raw", profileKey.sealing));
  });
});

describe("the profile key", () => {
  test("is opened with the PRF output of a device", async () => {
    const { publicKey } = await prfKeyPair(owner, deviceId, prfOutput);
    const wrapped = await wrapKey(owner, secret, { kind: "prf", deviceId }, publicKey);
    assert.deepEqual(wrappedFor(owner, wrapped), { kind: "prf", deviceId });
    const again = await prfKeyPair(owner, deviceId, prfOutput);
    assert.deepEqual(again.publicKey, publicKey);
    assert.deepEqual(await openKey(owner, wrapped, again), secret);
    assert.notDeepEqual(await wrapKey(owner, secret, { kind: "prf", deviceId }, publicKey), wrapped);
  });

  test("of another device, person, server or use the same output gives another key", async () => {
    const otherDevice = DeviceId.parse(toBase64Url(new Uint8Array(16).fill(5)));
    const pairs = [
      await prfKeyPair(owner, deviceId, prfOutput),
      await prfKeyPair(owner, otherDevice, prfOutput),
      await prfKeyPair({ ...owner, userId: UserId.parse("ben") }, deviceId, prfOutput),
      await prfKeyPair({ ...owner, serverOrigin: "https://other" }, deviceId, prfOutput),
    ];
    assert.equal(new Set(pairs.map(({ publicKey }) => toBase64Url(publicKey))).size, 4);
  });

  test("takes nothing of another length than a PRF output: no signature is one", async () => {
    for (const bytes of [31, 33, 64, 71])
      await assert.rejects(prfKeyPair(owner, deviceId, new Uint8Array(bytes)), RangeError);
  });

  test("asks a device for a PRF at a place of this person and server alone", async () => {
    const inputs = await Promise.all(
      [owner, { ...owner, userId: UserId.parse("ben") }, { ...owner, serverOrigin: "https://other" }].map(
        async (one) => toBase64Url(await prfInput(one)),
      ),
    );
    assert.equal(new Set(inputs).size, 3);
    assert.equal(toBase64Url(await prfInput(owner)), inputs[0]);
  });

  test("is opened by the terminal that it was wrapped for, whose key does not come out", async () => {
    const keys = await createDocumentKeyPair();
    await assert.rejects(crypto.subtle.exportKey("pkcs8", keys.pair.privateKey));
    const wrapped = await wrapKey(
      owner,
      secret,
      { kind: "terminal", publicKey: keys.publicKey },
      keys.publicKey,
    );
    assert.deepEqual(wrappedFor(owner, wrapped), { kind: "terminal", publicKey: keys.publicKey });
    assert.deepEqual(await openKey(owner, wrapped, keys), secret);
  });

  test("is opened with the recovery phrase, however it is typed", async () => {
    const phrase = await createRecoveryPhrase();
    assert.match(phrase, /^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.notEqual(await createRecoveryPhrase(), phrase);
    const { publicKey } = await phraseKeyPair(owner, phrase);
    const wrapped = await wrapKey(owner, secret, { kind: "phrase" }, publicKey);
    assert.deepEqual(wrappedFor(owner, wrapped), { kind: "phrase" });
    const typed = phrase.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    assert.deepEqual(await openKey(owner, wrapped, await phraseKeyPair(owner, typed)), secret);
  });

  test("takes little room in each form", async () => {
    const long = { serverOrigin: `https://${"x".repeat(248)}`, userId: UserId.parse("x".repeat(32)) };
    const { publicKey } = await createDocumentKeyPair();
    for (const wrapped of [
      await wrapKey(long, secret, { kind: "prf", deviceId }, publicKey),
      await wrapKey(long, secret, { kind: "terminal", publicKey }, publicKey),
    ])
      assert.equal(wrapped.length <= mostWrappedBytes, true);
  });

  test("opens what was sealed at another terminal of the person", async () => {
    const keys = await createDocumentKeyPair();
    const wrapped = await wrapKey(
      owner,
      secret,
      { kind: "terminal", publicKey: keys.publicKey },
      keys.publicKey,
    );
    const there = await importProfileKey(owner, await openKey(owner, wrapped, keys));
    const opened = await openGiven(there, undefined, await sealDocument(profileKey, 1, document));
    assert.equal(viewDocument(opened?.document ?? emptyDocument).people[0]?.note, "from the choir");
  });
});
