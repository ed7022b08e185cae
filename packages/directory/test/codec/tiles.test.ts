/** Tiles as C2SP's tlog-tiles names and fills them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Bytes } from "@signet/protocol";
import fc from "fast-check";

import {
  decodeEntryBundle,
  decodeTile,
  encodeEntryBundle,
  encodeTile,
  hashInTile,
  parseTilePath,
  tilePartOf,
  tilePath,
  tileWidthAt,
} from "../../src/index.ts";
import type { TilePlace } from "../../src/index.ts";
import { anyBytes, anyHash, entriesOf } from "../support/bytes.ts";
import { naiveRoot } from "../support/naive-tree.ts";
import { StoredTree } from "../support/stored-tree.ts";

const anyPlace = fc.record(
  {
    level: fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 63 })),
    index: fc.oneof(fc.nat(5_000), fc.maxSafeNat()),
    width: fc.integer({ min: 1, max: 256 }),
  },
  { noNullPrototype: true },
);

describe("the path of a tile", () => {
  test("is as the specification's examples", () => {
    const paths: [TilePlace, string][] = [
      [{ level: 0, index: 1_234_067, width: 256 }, "tile/0/x001/x234/067"],
      [{ level: 0, index: 0, width: 256 }, "tile/0/000"],
      [{ level: 1, index: 999, width: 17 }, "tile/1/999.p/17"],
      [{ level: 2, index: 1_000, width: 1 }, "tile/2/x001/000.p/1"],
      [{ level: "entries", index: 273, width: 112 }, "tile/entries/273.p/112"],
      [
        { level: 63, index: Number.MAX_SAFE_INTEGER, width: 255 },
        "tile/63/x009/x007/x199/x254/x740/991.p/255",
      ],
    ];
    for (const [place, path] of paths) {
      assert.equal(tilePath(place), path);
      assert.deepEqual(parseTilePath(path), place);
    }
  });

  test("names one tile, and each has one", () => {
    fc.assert(fc.property(anyPlace, (place) => assert.deepEqual(parseTilePath(tilePath(place)), place)));
    const almost = fc.stringMatching(/^tile\/[0-9e]{1,3}\/(x?\d{2,4}\/){0,2}\d{2,4}(\.p\/\d{1,3})?$/);
    fc.assert(
      fc.property(almost, (path) => {
        const place = parseTilePath(path);
        if (place !== undefined) assert.equal(tilePath(place), path);
      }),
    );
  });

  const malformed = [
    "",
    "tile",
    "tile/0",
    "tile/0/",
    "/tile/0/000",
    "tile/0/000/",
    "tile/00/000",
    "tile/-1/000",
    "tile/64/000",
    "tile/100/000",
    "tile/data/000",
    "tile/entries0/000",
    "tile/0/0",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/x000/000",
    "tile/0/x000/x001/000",
    "tile/0/001/000",
    "tile/0/x001",
    "tile/0/x001/x000",
    "tile/0/X001/000",
    "tile/0/x01/000",
    "tile/0/x009/x007/x199/x254/x740/992",
    "tile/0/x001/x000/x000/x000/x000/x000/000",
    "tile/0/000.p",
    "tile/0/000.p/",
    "tile/0/000.p/0",
    "tile/0/000.p/01",
    "tile/0/000.p/256",
    "tile/0/000.p/999",
    "tile/0/000.p/1000",
    "tile/0/000.p/-1",
    "tile/0/000.P/1",
    "tile/0/000.p/1/",
    "tile/0/000\n",
    "tile/0/000.p/1\n",
    "tile/0/..%2f",
    "tile/0/../000",
    "tile/0/\u0660\u0660\u0660",
    "tile/+1/000",
    "tile/1e1/000",
  ];
  for (const path of malformed)
    test(`is not ${JSON.stringify(path)}`, () => assert.equal(parseTilePath(path), undefined));

  test("is none for what is no tile", () => {
    const good: TilePlace = { level: 0, index: 0, width: 1 };
    for (const level of [-1, 64, 0.5]) assert.throws(() => tilePath({ ...good, level }), RangeError);
    for (const index of [-1, 0.5, 2 ** 53]) assert.throws(() => tilePath({ ...good, index }), RangeError);
    for (const width of [0, 257, 1.5]) assert.throws(() => tilePath({ ...good, width }), RangeError);
  });
});

describe("a tile", () => {
  test("is as wide as the specification says", () => {
    // Its example: 70,000 entries.
    assert.equal(tileWidthAt(0, 272, 70_000), 256);
    assert.equal(tileWidthAt("entries", 272, 70_000), 256);
    assert.equal(tileWidthAt(0, 273, 70_000), 112);
    assert.equal(tileWidthAt("entries", 273, 70_000), 112);
    assert.equal(tileWidthAt(0, 274, 70_000), 0);
    assert.equal(tileWidthAt(1, 0, 70_000), 256);
    assert.equal(tileWidthAt(1, 1, 70_000), 17);
    assert.equal(tileWidthAt(2, 0, 70_000), 1);
    assert.equal(tileWidthAt(3, 0, 70_000), 0);
    assert.equal(tileWidthAt(0, 0, 256), 256);
    assert.equal(tileWidthAt(1, 0, 256), 1);
    assert.equal(tileWidthAt(63, 0, Number.MAX_SAFE_INTEGER), 0);
    assert.equal(tileWidthAt(0, 0, 0), 0);
  });

  test("holds the hashes of every eighth level, and those between are made of it", () => {
    const entries = entriesOf(1_500);
    const tree = new StoredTree(entries);
    assert.deepEqual(tree.tile(1, 0)[3], naiveRoot(entries.slice(768, 1_024)));
    assert.equal(tree.tile(1, 0).length, 5);
    for (let level = 0; level <= 10; level++)
      for (let index = 0; (index + 1) * 2 ** level <= 1_500; index += 1 + Math.floor(20 / 2 ** level))
        assert.deepEqual(
          tree.hashAt({ level, index }),
          naiveRoot(entries.slice(index * 2 ** level, (index + 1) * 2 ** level)),
        );
    assert.equal(tree.hashAt({ level: 10, index: 1 }), undefined);
    assert.equal(tree.hashAt({ level: 0, index: 1_500 }), undefined);
    assert.equal(hashInTile({ level: 3, index: 0 }, tree.tile(0, 0).slice(0, 7)), undefined);
    assert.deepEqual(tilePartOf({ level: 10, index: 65 }), { level: 1, index: 1, from: 4, to: 8 });
  });

  test("is its hashes, one after the other, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(anyHash, { minLength: 1, maxLength: 256 }), (hashes) => {
        const bytes = encodeTile(hashes);
        assert.deepEqual(decodeTile(bytes, hashes.length), hashes);
        for (const width of [hashes.length - 1, hashes.length + 1])
          assert.equal(decodeTile(bytes, width), undefined);
        assert.equal(decodeTile(bytes.slice(1), hashes.length), undefined);
      }),
      { numRuns: 20 },
    );
    const hash = new Uint8Array(32);
    for (const hashes of [[], [hash.slice(1)], Array.from({ length: 257 }, () => hash)])
      assert.throws(() => encodeTile(hashes), RangeError);
    assert.equal(decodeTile(new Uint8Array(), 0), undefined);
    assert.equal(decodeTile(new Uint8Array(257 * 32), 257), undefined);
  });
});

describe("a bundle of entries", () => {
  const bundle = encodeEntryBundle([Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4)]);

  test("has the length of each before it", () => {
    assert.deepEqual(bundle, Uint8Array.of(0, 3, 1, 2, 3, 0, 0, 0, 1, 4));
    const long = new Uint8Array(65_535).fill(1);
    assert.deepEqual(encodeEntryBundle([long]).slice(0, 3), Uint8Array.of(255, 255, 1));
    fc.assert(
      fc.property(fc.array(anyBytes(0, 300), { minLength: 1, maxLength: 256 }), (entries) =>
        assert.deepEqual(decodeEntryBundle(encodeEntryBundle(entries), entries.length), entries),
      ),
      { numRuns: 20 },
    );
  });

  test("is nothing that is cut off, goes on, or has another number of them", () => {
    assert.equal(decodeEntryBundle(bundle, 3)?.length, 3);
    for (const width of [0, 1, 2, 4, 257]) assert.equal(decodeEntryBundle(bundle, width), undefined);
    for (let length = 0; length < bundle.length; length++)
      assert.equal(decodeEntryBundle(bundle.slice(0, length), 3), undefined);
    assert.equal(decodeEntryBundle(Uint8Array.of(...bundle, 0), 3), undefined);
    assert.equal(decodeEntryBundle(Uint8Array.of(...bundle, 0, 0), 3), undefined);
    assert.equal(decodeEntryBundle(new Uint8Array(), 0), undefined);
    const many: Bytes[] = Array.from({ length: 257 }, () => new Uint8Array());
    assert.equal(decodeEntryBundle(new Uint8Array(2 * 257), 257), undefined);
    for (const entries of [[], many, [new Uint8Array(65_536)]])
      assert.throws(() => encodeEntryBundle(entries), RangeError);
  });
});
