/** Words that go with the sound: taken from the frame as they were put before it, and no frame of ours is taken for one that carries any. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes } from "@signet/protocol";
import fc from "fast-check";

import { CarriedWords, takeWord, withWord } from "../../src/frames/carried-word.ts";
import { decodeHeader, encodeHeader } from "../../src/sframe/header.ts";
import { encodeKid, decodeKid, maxContexts, maxLeaves } from "../../src/sframe/kid.ts";
import { someBytes } from "../bytes.ts";

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((some) => some.slice());

test("a word and its frame come apart as they were", () => {
  fc.assert(
    fc.property(bytes(900), bytes(200), (word, frame) => {
      assert.deepEqual(takeWord(withWord(word, frame)), { word, frame });
    }),
  );
});

test("no frame that is sealed in a call begins as one that carries a word, and who is of before takes such a one for none", () => {
  const parts = fc.record({
    context: fc.nat({ max: maxContexts - 1 }),
    leaf: fc.nat({ max: maxLeaves - 1 }),
    epochBits: fc.nat({ max: 255 }),
  });
  fc.assert(
    fc.property(parts, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), bytes(900), (kid, ctr, word) => {
      const frame = encodeHeader({ kid: encodeKid(kid), ctr });
      assert.deepEqual(takeWord(frame), { word: undefined, frame });
      const header = decodeHeader(withWord(word, frame));
      assert.ok(header === undefined || decodeKid(header.kid) === undefined);
    }),
  );
});

test("what is cut short is nothing", () => {
  const carried = withWord(someBytes(100), someBytes(0));
  for (let length = 1; length < carried.length; length++)
    assert.equal(takeWord(carried.slice(0, length)), undefined);
  assert.deepEqual(takeWord(new Uint8Array(0)), { word: undefined, frame: new Uint8Array(0) });
});

test("the copies of a word go six frames apart, each frame carries one, and no more wait than are of use", () => {
  const carried = new CarriedWords();
  const [one, other, frame] = [someBytes(70, 1), someBytes(80, 2), someBytes(60, 3)];
  carried.add({ word: one, copies: 3 });
  carried.add({ word: other, copies: 1 });
  const sent: [number, Bytes][] = [];
  const load = (ctr: number): void => {
    const word = takeWord(carried.load(BigInt(ctr), frame))?.word;
    if (word !== undefined) sent.push([ctr, word]);
  };
  for (let ctr = 10; ctr < 40; ctr++) load(ctr);
  assert.deepEqual(sent, [
    [10, one],
    [11, other],
    [16, one],
    [22, one],
  ]);
  for (let n = 0; n < 100; n++) carried.add({ word: someBytes(70, n), copies: 1 });
  sent.length = 0;
  for (let ctr = 40; ctr < 200; ctr++) load(ctr);
  assert.equal(sent.length, 16);
});
