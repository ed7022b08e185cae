/** The code, what both terminals make of it, and the words that are sealed with it. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";

import {
  codeOfFragment,
  decodePairingMessage,
  encodePairingMessage,
  fromBase64Url,
  pairingCode,
  pairingCodeBytes,
  pairingUrl,
  readPairingCode,
  toBase64Url,
} from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { pairingKeys } from "../../src/session/pairing/pairing-keys.ts";
import type { PairingKeys } from "../../src/session/pairing/pairing-keys.ts";
import { SealedWords } from "../../src/session/pairing/sealed-words.ts";
import { randomBytes } from "../support/people.ts";

const origin = "https://calls.example.org";
const code = "0DT7-M1EV-8N2F-W9P3-GXAQ";
/** As docs/protocol.md has them. */
const vector = {
  random: Uint8Array.from({ length: 20 }, (_, place) => place * 13),
  pairingId: "2gHTsw0ehDFmVA4GQMLczw",
  start: "ge0sPFThq74qv1SB0i1mNcY_NIb1EbXG1cMnLU2n3SY",
  ended: "BwcHBwcHBwcHBwcH0nGDOLCGe6iSCYtbQCjc7mbbe4DYL3TWGDeAr8F2rWN-pd4vQdGLmNsHxQ-3Kjo",
  ready: "BwcHBwcHBwcHBwcH0nGDOLCGe6iSHoBeQTXc7mbCcpSfN2ySPTufoYcpwE3TAv7iXxszYuWdw7yZbg",
};

let keys: PairingKeys;
before(async () => {
  keys = await pairingKeys(origin, code);
});

test("the vectors of docs/protocol.md", async () => {
  assert.equal(pairingCode(vector.random), code);
  assert.deepEqual([keys.pairingId, toBase64Url(keys.start)], [vector.pairingId, vector.start]);
  assert.equal(keys.key.extractable, false);
  const words = new SealedWords(keys, (lengthBytes) => new Uint8Array(lengthBytes).fill(7));
  const first = await words.seal("old", encodePairingMessage({ type: "ended", why: "failed" }));
  assert.equal(toBase64Url(first), vector.ended);
  const second = await words.seal("new", encodePairingMessage({ type: "ready", name: "Desk" }));
  assert.equal(toBase64Url(second), vector.ready);
  const heard = new SealedWords(keys, randomBytes);
  assert.deepEqual(await opened(heard, "old", fromBase64Url(vector.ended)), { type: "ended", why: "failed" });
  assert.deepEqual(await opened(heard, "new", fromBase64Url(vector.ready)), { type: "ready", name: "Desk" });
});

const opened = async (words: SealedWords, from: "old" | "new", sealed: Bytes | undefined) => {
  const word = await words.open(from, sealed ?? new Uint8Array());
  return word && decodePairingMessage(word);
};

test("every code is read back as people type it, and nothing else is one", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.constantFrom("", " ", "-", "–"),
      (bytes, gap) => {
        const made = pairingCode(Uint8Array.from(bytes));
        assert.match(made, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
        const typed = made.toLowerCase().replaceAll("-", gap).replaceAll("0", "o").replaceAll("1", "l");
        assert.equal(readPairingCode(` ${typed}\n`), made);
        assert.equal(codeOfFragment(new URL(pairingUrl(origin, made)).hash), made);
        assert.equal(readPairingCode(made.slice(1)), undefined);
        assert.equal(readPairingCode(`${made}0`), undefined);
        assert.equal(readPairingCode(`U${made.slice(1)}`), undefined);
      },
    ),
  );
  assert.throws(() => pairingCode(randomBytes(pairingCodeBytes - 1)), RangeError);
  for (const hash of ["", "#", "#add=", `#other=${code}`, `#add=${code}x`])
    assert.equal(codeOfFragment(hash), undefined);
});

test("another code, or the same one at another server, leads elsewhere and opens nothing", async () => {
  const said = await new SealedWords(keys, randomBytes).seal("old", Uint8Array.of(1));
  for (const other of [
    await pairingKeys("https://calls.example.com", code),
    await pairingKeys(origin, "0DT7-M1EV-8N2F-W9P3-GXAR"),
  ]) {
    assert.notEqual(other.pairingId, keys.pairingId);
    assert.equal(await new SealedWords(other, randomBytes).open("old", said), undefined);
  }
});

test("a word opens once, in its place and from its side, and no bit of it can be changed", async () => {
  const [speaker, listener] = [new SealedWords(keys, randomBytes), new SealedWords(keys, randomBytes)];
  const first = await speaker.seal("old", Uint8Array.of(1, 2, 3));
  for (let bit = 0; bit < first.length * 8; bit += 1) {
    const changed = first.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(await new SealedWords(keys, randomBytes).open("old", changed), undefined);
  }
  assert.equal(await listener.open("new", first), undefined, "it is not their turn");
  assert.deepEqual(await listener.open("old", first), Uint8Array.of(1, 2, 3));
  assert.equal(await listener.open("old", first), undefined, "said twice");
  const second = await listener.seal("new", Uint8Array.of(4));
  // Of a conversation that began otherwise, by the same code.
  const another = new SealedWords(keys, randomBytes);
  await another.seal("old", Uint8Array.of(1, 2, 3));
  assert.equal(await another.open("new", second), undefined);
  assert.deepEqual(await speaker.open("new", second), Uint8Array.of(4));
  await assert.rejects(speaker.seal("new", second), /out of turn/);
  for (const short of [0, 11, 12, 27])
    assert.equal(await listener.open("old", new Uint8Array(short)), undefined);
});

test("what is no message is none", () => {
  const bytes = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value));
  for (const value of [
    null,
    {},
    { type: "ready" },
    { type: "ready", name: "" },
    { type: "ready", name: "Desk", more: 1 },
    { type: "begin", deviceId: "AAECAwQFBgcICQoLDA0ODw", sequence: 0, previous: "", serverChallenge: "" },
    { type: "ended", why: "bored" },
    {
      type: "offer",
      userId: "ann",
      displayName: "Ann",
      credentialIds: Array.from({ length: 17 }, () => "AQID"),
    },
  ])
    assert.equal(decodePairingMessage(bytes(value)), undefined, JSON.stringify(value));
  assert.equal(decodePairingMessage(Uint8Array.of(0xff)), undefined);
  const offer = { type: "offer", userId: "ann", displayName: "Ann", credentialIds: ["AQID"] };
  assert.equal(decodePairingMessage(bytes(offer))?.type, "offer");
});
