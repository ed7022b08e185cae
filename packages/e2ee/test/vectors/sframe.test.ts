import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { publishedVectors } from "@signet/e2e/support/published-vectors.ts";

import { ctrHmacAead } from "../../src/sframe/ctr-hmac.ts";
import { frameNonce, openFrame, sealFrame } from "../../src/sframe/frame.ts";
import { decodeHeader, encodeHeader } from "../../src/sframe/header.ts";
import { deriveSFrameKey, importBaseKey, sframeKeyLabel, sframeSaltLabel } from "../../src/sframe/key.ts";
import { sframeSuites } from "../../src/sframe/suite.ts";
import { fromHex, toHex } from "../bytes.ts";
import { keptVectors } from "./kept-vectors.ts";

interface HeaderVector {
  readonly kid: string;
  readonly ctr: string;
  readonly encoded: string;
}

interface AeadVector {
  readonly cipher_suite: number;
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly pt: string;
  readonly ct: string;
}

interface FrameVector {
  readonly cipher_suite: number;
  readonly kid: string;
  readonly ctr: string;
  readonly base_key: string;
  readonly sframe_key_label: string;
  readonly sframe_salt_label: string;
  readonly sframe_salt: string;
  readonly metadata: string;
  readonly nonce: string;
  readonly pt: string;
  readonly ct: string;
}

interface Vectors {
  readonly header: readonly HeaderVector[];
  readonly sframe: readonly FrameVector[];
  readonly aes_ctr_hmac: readonly AeadVector[];
  readonly aes_256_ctr_hmac: readonly AeadVector[];
}

// The working group's whole file where it is at hand; a handful of its vectors always.
const sources: [name: string, text: string | undefined][] = [
  ["kept here", keptVectors("sframe.json")],
  ["all that are published", publishedVectors("sframe.json")],
];

for (const [name, source] of sources) {
  if (source === undefined) continue;
  // KID and CTR go up to 2^64 - 1, which JSON.parse would round.
  const text = source.replace(/"(kid|ctr)":\s*(\d+)/g, '"$1": "$2"');
  const vectors = JSON.parse(text) as Vectors;

  describe(`SFrame vectors, ${name}`, () => {
    test("headers encode and decode", () => {
      assert.ok(vectors.header.length > 0);
      for (const { kid, ctr, encoded } of vectors.header) {
        assert.equal(toHex(encodeHeader({ kid: BigInt(kid), ctr: BigInt(ctr) })), encoded);
        const header = { kid: BigInt(kid), ctr: BigInt(ctr), headerBytes: encoded.length / 2 };
        assert.deepEqual(decodeHeader(fromHex(encoded)), header);
      }
    });

    for (const vector of vectors.sframe) {
      test(`suite ${vector.cipher_suite} derives, seals and opens`, async () => {
        const suite = sframeSuites.get(vector.cipher_suite);
        assert.ok(suite);
        const kid = BigInt(vector.kid);
        const ctr = BigInt(vector.ctr);
        assert.equal(toHex(sframeKeyLabel(kid, suite.id)), vector.sframe_key_label);
        assert.equal(toHex(sframeSaltLabel(kid, suite.id)), vector.sframe_salt_label);
        const baseKey = await importBaseKey(fromHex(vector.base_key));
        const sealing = await deriveSFrameKey(baseKey, kid, "seal", suite);
        assert.equal(toHex(sealing.salt), vector.sframe_salt);
        assert.equal(toHex(frameNonce(sealing.salt, ctr)), vector.nonce);
        const sealed = await sealFrame(sealing, ctr, fromHex(vector.metadata), fromHex(vector.pt));
        assert.equal(toHex(sealed), vector.ct);

        const opening = await deriveSFrameKey(baseKey, kid, "open", suite);
        const header = decodeHeader(sealed);
        assert.ok(header);
        const opened = await openFrame(opening, header, fromHex(vector.metadata), sealed);
        assert.equal(opened && toHex(opened), vector.pt);
        assert.equal(await openFrame(opening, header, fromHex("00"), sealed), undefined, "other metadata");
      });
    }

    for (const vector of [...vectors.aes_ctr_hmac, ...vectors.aes_256_ctr_hmac]) {
      test(`AES-CTR with HMAC of suite ${vector.cipher_suite} seals and opens`, async () => {
        const [key, nonce, aad] = [fromHex(vector.key), fromHex(vector.nonce), fromHex(vector.aad)];
        const tagBytes = (vector.ct.length - vector.pt.length) / 2;
        const hash = key.length === 48 ? "SHA-256" : "SHA-512";
        const sealed = await (
          await ctrHmacAead(key, hash, tagBytes, "seal")
        ).seal(nonce, aad, fromHex(vector.pt));
        assert.equal(toHex(sealed), vector.ct);
        const opening = await ctrHmacAead(key, hash, tagBytes, "open");
        const opened = await opening.open(nonce, aad, sealed);
        assert.equal(opened && toHex(opened), vector.pt);
        sealed[0] = (sealed[0] ?? 0) ^ 1;
        assert.equal(await opening.open(nonce, aad, sealed), undefined);
      });
    }
  });
}

test("importing a base key wipes the bytes it came in", async () => {
  const bytes = fromHex("000102030405060708090a0b0c0d0e0f");
  const key = await importBaseKey(bytes);
  assert.equal(toHex(bytes), "00".repeat(16));
  assert.equal(key.extractable, false);
});
