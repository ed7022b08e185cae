/** The log's tree against RFC 9162 as it is written, and everything that is no proof. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Bytes } from "@signet/protocol";
import fc from "fast-check";

import {
  appendLeaf,
  frontierNodes,
  frontierRoot,
  leafHash,
  nodeHash,
  planConsistency,
  planInclusion,
  proofOf,
  verifyConsistency,
  verifyInclusion,
} from "../../src/index.ts";
import type { Frontier } from "../../src/index.ts";
import { brokenHashes, someFlipped } from "../support/broken-hashes.ts";
import { anyBytes, entriesOf, flipped } from "../support/bytes.ts";
import { naiveConsistency, naivePath, naiveRoot } from "../support/naive-tree.ts";
import { StoredTree } from "../support/stored-tree.ts";

const anyTree = fc.array(anyBytes(0, 12), { minLength: 1, maxLength: 40 });

/** Two entries, of which the first has a hash that ends in a zero: without it, it would be hashed as with it. */
function endingInZero(): Bytes[] {
  const first = entriesOf(5_000).find((entry) => leafHash(entry)[31] === 0);
  return [first ?? assert.fail(), Uint8Array.of(1)];
}

describe("the tree of a log", () => {
  test("has the root and the proofs of the RFC, whatever is in it", () => {
    fc.assert(
      fc.property(anyTree, fc.nat(), fc.nat(), (entries, one, other) => {
        const tree = new StoredTree(entries);
        const size = 1 + (one % entries.length);
        const index = other % size;
        const then = entries.slice(0, size);
        assert.deepEqual(tree.root(), naiveRoot(entries));
        assert.deepEqual(tree.inclusion(index, size), naivePath(index, then));
        assert.deepEqual(tree.consistency(1 + index, size), naiveConsistency(1 + index, then));
      }),
    );
  });

  test("of more than one tile has them, too", () => {
    const entries = entriesOf(70_000);
    const tree = new StoredTree(entries);
    const root = tree.root();
    const sizes = [1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 69_999, 70_000];
    for (const size of sizes) {
      const index = size - 1;
      const claim = { leaf: leafHash(entries[index] as Bytes), index, size: 70_000, root };
      assert.ok(verifyInclusion(claim, tree.inclusion(index)), String(size));
      const nodes = frontierNodes(size).map((node) => tree.hashAt(node) as Bytes);
      const then = frontierRoot({ size, hashes: nodes });
      assert.ok(verifyConsistency({ size, root: then }, { size: 70_000, root }, tree.consistency(size)));
    }
    assert.deepEqual(root, naiveRoot(entries));
  });

  test("goes on from what is stored of it", () => {
    const entries = entriesOf(600);
    const tree = new StoredTree(entries);
    for (let size = 0; size <= 300; size++) {
      const hashes = frontierNodes(size).map((node) => tree.hashAt(node) as Bytes);
      let frontier: Frontier = { size, hashes };
      for (const entry of entries.slice(size)) ({ frontier } = appendLeaf(frontier, leafHash(entry)));
      assert.deepEqual(frontier, tree.frontier);
    }
  });

  test("says which node is missing, and knows what cannot be asked", () => {
    assert.throws(() => proofOf(planInclusion(0, 2), () => undefined), /level 0, index 1/);
    for (const [index, size] of [
      [0, 0],
      [3, 3],
      [-1, 3],
      [0.5, 3],
      [0, 2 ** 53],
    ] as const)
      assert.throws(() => planInclusion(index, size), RangeError);
    for (const [first, second] of [
      [0, 3],
      [4, 3],
      [1.5, 3],
      [-1, 3],
      [1, 2 ** 53],
    ] as const)
      assert.throws(() => planConsistency(first, second), RangeError);
    assert.throws(() => frontierNodes(-1), RangeError);
  });

  test("of nearly 2^53 leaves can be planned", () => {
    const most = Number.MAX_SAFE_INTEGER;
    assert.equal(planInclusion(0, most).length, 53);
    assert.equal(planInclusion(most - 1, most).length, 52);
    assert.ok(planConsistency(2 ** 52 + 1, most).length > 50);
    assert.equal(frontierNodes(most).length, 53);
  });
});

describe("a proof of inclusion", () => {
  /** Small trees, whole, and one that is several tiles deep. */
  const sizes = [1, 2, 3, 5, 7, 8, 12];

  test("is refused with whatever else in it, for another place, size, leaf or root", () => {
    for (const size of sizes) {
      const tree = new StoredTree(entriesOf(size));
      for (let index = 0; index < size; index++) {
        const leaf = leafHash(entriesOf(size)[index] as Bytes);
        const claim = { leaf, index, size, root: tree.root() };
        const proof = tree.inclusion(index);
        assert.ok(verifyInclusion(claim, proof));
        for (const broken of brokenHashes(proof)) assert.ok(!verifyInclusion(claim, broken));
        for (let bit = 0; bit < 256; bit++) {
          assert.ok(!verifyInclusion({ ...claim, leaf: flipped(leaf, bit) }, proof));
          assert.ok(!verifyInclusion({ ...claim, root: flipped(claim.root, bit) }, proof));
        }
        for (const other of [
          -1,
          0.5,
          Number.NaN,
          2 ** 53,
          size,
          ...Array.from({ length: size }, (_, i) => i),
        ])
          if (other !== index) assert.ok(!verifyInclusion({ ...claim, index: other }, proof), `at ${other}`);
        for (const other of [0, -1, index, 2 * size, size - 0.5, size + 0.5, Number.NaN, 2 ** 53, Infinity])
          if (other !== size) assert.ok(!verifyInclusion({ ...claim, size: other }, proof), `of ${other}`);
        assert.ok(!verifyInclusion({ ...claim, leaf: leaf.slice(0, 31) }, proof));
        assert.ok(!verifyInclusion({ ...claim, root: new Uint8Array() }, proof));
      }
    }
  });

  test("of a large tree is refused with any bit changed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 1_000 }), (at, width) => {
        const size = Math.max(at + 1, width);
        const entries = entriesOf(size);
        const tree = new StoredTree(entries);
        const claim = { leaf: leafHash(entries[at] as Bytes), index: at, size, root: tree.root() };
        const proof = tree.inclusion(at);
        assert.ok(verifyInclusion(claim, proof));
        for (const broken of someFlipped(proof)) assert.ok(!verifyInclusion(claim, broken));
      }),
      { numRuns: 30 },
    );
  });

  test("is none in a tree that is too small for it", () => {
    const [one, two] = entriesOf(2).map(leafHash) as [Bytes, Bytes];
    const root = nodeHash(one, two);
    assert.ok(!verifyInclusion({ leaf: two, index: 0, size: 1, root }, [one]));
    const root3 = nodeHash(one, nodeHash(two, one));
    assert.ok(!verifyInclusion({ leaf: one, index: 1, size: 2, root: root3 }, [two, one]));
  });

  test("takes no hash without the zero at its end", () => {
    const entries = endingInZero();
    const tree = new StoredTree(entries);
    const [leaf] = entries.map(leafHash) as [Bytes];
    const claim = { leaf, index: 0, size: 2, root: tree.root() };
    assert.ok(verifyInclusion(claim, tree.inclusion(0)));
    assert.ok(!verifyInclusion({ ...claim, leaf: leaf.slice(0, 31) }, tree.inclusion(0)));
    assert.ok(!verifyInclusion({ leaf: leaf.slice(0, 31), index: 0, size: 1, root: leaf.slice(0, 31) }, []));
    const second = { ...claim, leaf: leafHash(entries[1] as Bytes), index: 1 };
    assert.ok(verifyInclusion(second, [leaf]));
    assert.ok(!verifyInclusion(second, [leaf.slice(0, 31)]));
  });

  test("takes no node of the tree for a leaf", () => {
    const entries = entriesOf(4);
    const tree = new StoredTree(entries);
    const [left, right] = [tree.hashAt({ level: 1, index: 0 }), tree.hashAt({ level: 1, index: 1 })] as [
      Bytes,
      Bytes,
    ];
    const entry = Uint8Array.of(...left, ...right);
    assert.ok(
      verifyInclusion({ leaf: left, index: 0, size: 2, root: tree.root() }, [right]),
      "as hashes alone",
    );
    assert.ok(!verifyInclusion({ leaf: leafHash(entry), index: 0, size: 1, root: tree.root() }, []));
  });
});

describe("a proof of consistency", () => {
  test("is refused with whatever else in it, between other sizes and other roots", () => {
    for (const second of [1, 2, 3, 6, 7, 8, 13]) {
      const tree = new StoredTree(entriesOf(second));
      const last = { size: second, root: tree.root() };
      for (let size = 1; size <= second; size++) {
        const first = { size, root: new StoredTree(entriesOf(size)).root() };
        const proof = tree.consistency(size);
        assert.ok(verifyConsistency(first, last, proof));
        for (const broken of brokenHashes(proof)) assert.ok(!verifyConsistency(first, last, broken));
        for (let bit = 0; bit < 256; bit++) {
          assert.ok(!verifyConsistency({ size, root: flipped(first.root, bit) }, last, proof));
          assert.ok(!verifyConsistency(first, { ...last, root: flipped(last.root, bit) }, proof));
        }
        const sizes = Array.from({ length: second + 3 }, (_, i) => i - 1);
        for (const other of [...sizes, size - 0.5, size + 0.5, Number.NaN, 2 ** 53, Infinity]) {
          if (other !== size) assert.ok(!verifyConsistency({ ...first, size: other }, last, proof));
        }
        const wrong = [
          0,
          -1,
          size - 1,
          second - 0.5,
          second + 0.5,
          Number.NaN,
          2 ** 53,
          Infinity,
          4 * second,
        ];
        for (const other of wrong)
          if (other !== second) assert.ok(!verifyConsistency(first, { ...last, size: other }, proof));
        const short = { size, root: first.root.slice(0, 31) };
        assert.ok(!verifyConsistency(short, size === second ? short : last, proof));
      }
    }
  });

  test("is never one between a tree and a fork of it", () => {
    fc.assert(
      fc.property(anyTree, fc.nat(), fc.nat(), (entries, one, other) => {
        const second = entries.length;
        const first = 1 + (one % second);
        const changed = entries.with(other % first, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
        const [tree, fork] = [new StoredTree(entries), new StoredTree(changed)];
        const seen = { size: first, root: naiveRoot(changed.slice(0, first)) };
        const now = { size: second, root: tree.root() };
        for (const proof of [tree.consistency(first), fork.consistency(first)])
          assert.ok(!verifyConsistency(seen, now, proof));
      }),
    );
  });

  test("takes no root without the zero at its end", () => {
    const entries = endingInZero();
    const tree = new StoredTree(entries);
    const first = { size: 1, root: leafHash(entries[0] as Bytes) };
    const second = { size: 2, root: tree.root() };
    assert.ok(verifyConsistency(first, second, tree.consistency(1)));
    assert.ok(!verifyConsistency({ size: 1, root: first.root.slice(0, 31) }, second, tree.consistency(1)));
    const short = { size: 1, root: first.root.slice(0, 31) };
    assert.ok(!verifyConsistency(short, short, []));
  });

  test("from the empty tree says nothing, and is none", () => {
    const tree = new StoredTree(entriesOf(3));
    const empty = { size: 0, root: new StoredTree().root() };
    assert.ok(!verifyConsistency(empty, { size: 3, root: tree.root() }, []));
    assert.ok(!verifyConsistency(empty, empty, []));
  });
});
