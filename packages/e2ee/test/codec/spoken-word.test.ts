/** Words for what was said, as bytes: one word for each, and each for one. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";

import {
  isWordSigned,
  leastWordBytes,
  mostTags,
  mostWordBytes,
  readWord,
  signWord,
  type SpokenWord,
} from "../../src/frames/spoken-word.ts";
import { createLeafKey, type LeafKey } from "../../src/mls/suite.ts";
import { someBytes } from "../bytes.ts";

const callId = someBytes(16, 3);
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const words: fc.Arbitrary<SpokenWord> = fc
  .record({
    epoch: u64,
    leaf: fc.nat({ max: 0xffff }),
    context: fc.nat({ max: 255 }),
    pauses: fc.boolean(),
    from: fc.bigInt({ min: 0n, max: 2n ** 40n }),
    ahead: fc.bigInt({ min: 0n, max: 2n ** 40n }),
    tags: fc.array(fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }), { maxLength: mostTags }),
  })
  .map(({ ahead, ...word }) => ({ ...word, first: word.from + ahead }));
let leafKey: LeafKey;
let key: CryptoKey;

before(async () => {
  leafKey = await createLeafKey();
  key = await crypto.subtle.importKey("raw", leafKey.publicKey, "Ed25519", false, ["verify"]);
});

test("a word is read as it was said, and its signature holds for its call alone", async () => {
  await fc.assert(
    fc.asyncProperty(words, async (word) => {
      const bytes = await signWord(leafKey, callId, word);
      assert.ok(bytes.length >= leastWordBytes && bytes.length <= mostWordBytes);
      assert.deepEqual(readWord(bytes), word);
      assert.ok(await isWordSigned(key, callId, bytes));
      assert.ok(!(await isWordSigned(key, someBytes(16, 4), bytes)));
    }),
  );
});

test("with one bit flipped it does not hold", async () => {
  await fc.assert(
    fc.asyncProperty(words, fc.nat(), async (word, at) => {
      const bytes = await signWord(leafKey, callId, word);
      const bit = at % (bytes.length * 8);
      const flipped = bytes.map((byte, n) => (n === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      assert.ok(!(await isWordSigned(key, callId, flipped)));
    }),
  );
});

test("half a tag, a first counter below that of its epoch, and what is neither a pause nor none, are no words", async () => {
  const word = { epoch: 1n, leaf: 1, context: 0, pauses: false, from: 5n, first: 5n, tags: [1n] };
  const bytes = await signWord(leafKey, callId, word);
  assert.ok(readWord(bytes) !== undefined);
  for (const length of [1, 4, 7])
    assert.equal(readWord(new Uint8Array([...bytes, ...someBytes(length)])), undefined);
  assert.equal(readWord(await signWord(leafKey, callId, { ...word, first: 4n })), undefined);
  assert.equal(readWord(bytes.map((byte, n) => (n === 11 ? 2 : byte))), undefined);
});
