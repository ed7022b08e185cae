/** The map against its description, in whatever order it came about, and everything that proves nothing. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { utf8 } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";
import fc from "fast-check";

import {
  buildMap,
  decodeMapNode,
  emptyMapHash,
  encodeMapNode,
  mapKey,
  mapNodeHash,
  MapNodesInMemory,
  mapRoot,
  proveInMap,
  setInMap,
  verifyMapProof,
} from "../../src/index.ts";
import type { MapEntry, MapNode } from "../../src/index.ts";
import { brokenHashes } from "../support/broken-hashes.ts";
import { anyHash, eachFlipped, fromHex, toHex } from "../support/bytes.ts";
import { bitsOf, naiveMapRoot } from "../support/naive-map.ts";

/** Keys that share their first bits far more often than hashes do, and the last bit alone. */
const anyKey = fc.oneof(
  anyHash,
  fc.integer({ min: 0, max: 255 }).map((byte): Bytes => new Uint8Array(32).fill(0x55).fill(byte, 0, 1)),
  fc.integer({ min: 0, max: 7 }).map((byte): Bytes => new Uint8Array(32).fill(byte, 31)),
);
const anyEntries = fc.array(fc.tuple(anyKey, anyHash), { maxLength: 24 });

const mapOf = (entries: readonly MapEntry[]): MapNodesInMemory => {
  const nodes = new MapNodesInMemory();
  for (const [key, value] of entries) setInMap(nodes, key, value);
  return nodes;
};
const latest = (entries: readonly MapEntry[]): Map<string, MapEntry> =>
  new Map(entries.map((entry) => [toHex(entry[0]), entry]));
const naive = (entries: readonly MapEntry[]): Bytes =>
  naiveMapRoot(new Map(entries.map(([key, value]) => [bitsOf(key), value])));

const value = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(9);
const keyOf = (userId: string): Bytes => mapKey(userId as UserId);

describe("the map", () => {
  test("has the bytes that docs/directory.md gives", () => {
    assert.equal(toHex(emptyMapHash), "c555eab45d08845ae9f10d452a99bfcb06f74a50b988fe7e48dd323789b88ee3");
    assert.equal(toHex(keyOf("alice")), "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90");
    // By an independent encoder: the head of each is SHA-256 of "head of <name>".
    const roots = [
      "6f1f8211da491a505a16c32768344407a9891e0ec79193ca8738f50d8f61f4e6",
      "c5be9fd92c1364c757456b913eaca854348329977f7a76c4ac6c059eae18c504",
      "210cacf05931dbf6c28a4e0f0fdfbc0f472ff4a14145807f4a05a9acbb32a783",
      "6ad815608bf74b302898567d269a5f0ce0958cc293188393f57ea7e3143d01d1",
    ];
    const nodes = new MapNodesInMemory();
    for (const [place, name] of ["alice", "bob", "carol", "dan"].entries())
      assert.equal(toHex(setInMap(nodes, keyOf(name), keyOf(`head of ${name}`))), roots[place]);
  });

  test("is what its description says, one by one and at once, in any order", () => {
    fc.assert(
      fc.property(anyEntries, fc.infiniteStream(fc.nat()), (entries, random) => {
        const final = [...latest(entries).values()];
        const root = naive(final);
        const nodes = mapOf(entries);
        assert.deepEqual(mapRoot(nodes), root);
        const shuffled = final
          .map((entry) => [random.next().value, entry] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, entry]) => entry);
        const built = new MapNodesInMemory();
        assert.deepEqual(
          buildMap(shuffled, (path, node) => built.write(path, node)),
          root,
        );
        assert.deepEqual(mapRoot(built), root);
        assert.equal(built.size, nodes.size);
        assert.deepEqual(mapRoot(mapOf(shuffled)), root);
        for (const [key] of final) assert.deepEqual(proveInMap(built, key), proveInMap(nodes, key));
      }),
    );
  });

  test("says each new root", () => {
    const nodes = new MapNodesInMemory();
    assert.deepEqual(mapRoot(nodes), emptyMapHash);
    const entries: MapEntry[] = [];
    for (let i = 0; i < 40; i++) {
      entries.push([keyOf(`person ${i}`), utf8(`${i}`.padStart(32))]);
      const root = setInMap(nodes, ...(entries.at(-1) as MapEntry));
      assert.deepEqual(root, naive(entries));
      assert.deepEqual(root, mapRoot(nodes));
    }
  });

  test("of many takes few steps for a change, and few hashes for a proof", () => {
    const nodes = new MapNodesInMemory();
    const entries = Array.from({ length: 4_096 }, (_, i): MapEntry => [keyOf(`person ${i}`), value]);
    buildMap(entries, (path, node) => nodes.write(path, node));
    let [reads, writes, longest] = [0, 0, 0];
    const counting = {
      read: (path: string) => (reads++, nodes.read(path)),
      write: (path: string, node: MapNode) => (writes++, nodes.write(path, node)),
    };
    for (let i = 0; i < 200; i++) {
      setInMap(counting, keyOf(`person ${i}`), other);
      setInMap(counting, keyOf(`newcomer ${i}`), other);
      longest = Math.max(longest, proveInMap(nodes, keyOf(`person ${i}`)).siblings.length);
    }
    assert.ok(reads / 400 < 16 && writes / 400 < 18, `${reads} reads, ${writes} writes`);
    assert.ok(longest < 32);
  });

  test("takes no key twice, and nothing of another length", () => {
    const nodes = new MapNodesInMemory();
    assert.throws(
      () =>
        buildMap([
          [keyOf("a"), value],
          [keyOf("b"), value],
          [keyOf("a"), other],
        ]),
      RangeError,
    );
    for (const short of [value.slice(1), new Uint8Array(33), new Uint8Array()]) {
      assert.throws(() => setInMap(nodes, keyOf("a"), short), RangeError);
      assert.throws(() => setInMap(nodes, short, value), RangeError);
      assert.throws(() => buildMap([[short, value]]), RangeError);
      assert.throws(() => buildMap([[keyOf("a"), short]]), RangeError);
    }
    assert.equal(nodes.size, 0);
  });
});

describe("a stored node", () => {
  test("is read as it was written, and nothing else is one", () => {
    const node: MapNode = { type: "leaf", key: keyOf("a"), value };
    const inner: MapNode = { type: "inner", left: emptyMapHash, right: value };
    for (const each of [node, inner]) assert.deepEqual(decodeMapNode(encodeMapNode(each)), each);
    const bytes = encodeMapNode(node);
    assert.equal(decodeMapNode(bytes.slice(0, 64)), undefined);
    assert.equal(decodeMapNode(Uint8Array.of(...bytes, 0)), undefined);
    for (const first of [0, 1, 0x10, 0x13]) assert.equal(decodeMapNode(bytes.with(0, first)), undefined);
    assert.throws(() => encodeMapNode({ type: "inner", left: value, right: value.slice(1) }), RangeError);
  });
});

describe("what a map says of a key", () => {
  const people = ["alice", "bob", "carol", "dan", "eve", "frank", "grace"];
  const nodes = mapOf(people.map((name): MapEntry => [keyOf(name), value]));
  const root = mapRoot(nodes);

  test("is its value, or that it has none", () => {
    fc.assert(
      fc.property(anyEntries, anyKey, (entries, asked) => {
        const map = mapOf(entries);
        const held = latest(entries);
        for (const key of [asked, ...entries.map(([each]) => each)])
          assert.deepEqual(verifyMapProof(mapRoot(map), key, proveInMap(map, key)), {
            ok: true,
            value: held.get(toHex(key))?.[1],
          });
      }),
    );
  });

  test("is proven of nobody's place by whoever stands alone there, and by an empty one", () => {
    const absent = Array.from({ length: 40 }, (_, i) => keyOf(`nobody ${i}`));
    const proofs = absent.map((key) => [key, proveInMap(nodes, key)] as const);
    assert.ok(proofs.some(([, { leaf }]) => leaf === undefined));
    assert.ok(proofs.some(([, { leaf }]) => leaf !== undefined));
    for (const [key, proof] of proofs)
      assert.deepEqual(verifyMapProof(root, key, proof), { ok: true, value: undefined });
    const nobody = new MapNodesInMemory();
    assert.deepEqual(verifyMapProof(emptyMapHash, keyOf("a"), proveInMap(nobody, keyOf("a"))), {
      ok: true,
      value: undefined,
    });
  });

  test("is refused with whatever else in the proof, for another key and another root", () => {
    const refuses = (...args: Parameters<typeof verifyMapProof>): void =>
      assert.deepEqual(verifyMapProof(...args), { ok: false });
    for (const name of [...people, "nobody 1", "nobody 2", "nobody 3", "nobody 4"]) {
      const key = keyOf(name);
      const proof = proveInMap(nodes, key);
      const { leaf, siblings } = proof;
      assert.ok(verifyMapProof(root, key, proof).ok);
      for (const broken of brokenHashes(siblings)) refuses(root, key, { ...proof, siblings: broken });
      for (const each of eachFlipped(root)) refuses(each, key, proof);
      refuses(root.slice(1), key, proof);
      refuses(root, key.slice(0, 31), proof);
      refuses(root, Uint8Array.of(...key, 0), proof);
      if (leaf === undefined) {
        refuses(root, key, { siblings, leaf: { key, value } });
        continue;
      }
      refuses(root, key, { siblings, leaf: undefined });
      for (const each of eachFlipped(leaf.value))
        refuses(root, key, { siblings, leaf: { ...leaf, value: each } });
      for (const each of eachFlipped(leaf.key))
        refuses(root, key, { siblings, leaf: { ...leaf, key: each } });
      refuses(root, key, { siblings, leaf: { ...leaf, value: leaf.value.slice(1) } });
      refuses(root, key, { siblings, leaf: { ...leaf, key: Uint8Array.of(...leaf.key, 0) } });
    }
  });

  test("of a key that is there is never that it is not, by another's proof", () => {
    for (const name of people)
      for (const someone of [...people, "nobody 1", "nobody 2"]) {
        const answer = verifyMapProof(root, keyOf(name), proveInMap(nodes, keyOf(someone)));
        assert.ok(!answer.ok || answer.value !== undefined, `${name} by ${someone}`);
      }
  });

  test("is nothing where a dishonest map has a leaf to which its own key does not lead", () => {
    const key = new Uint8Array(32);
    const elsewhere = new Uint8Array(32).fill(255);
    const leaf = { key: elsewhere, value };
    const dishonest = mapNodeHash({
      type: "inner",
      left: mapNodeHash({ type: "leaf", ...leaf }),
      right: emptyMapHash,
    });
    assert.deepEqual(verifyMapProof(dishonest, key, { siblings: [emptyMapHash], leaf }), { ok: false });
  });

  test("takes no inner node for a leaf, nor a leaf for an inner one", () => {
    const [left, right] = [mapNodeHash({ type: "leaf", key: keyOf("a"), value }), emptyMapHash];
    const inner = mapNodeHash({ type: "inner", left, right });
    assert.deepEqual(verifyMapProof(inner, left, { siblings: [], leaf: { key: left, value: right } }), {
      ok: false,
    });
    const key = fromHex("00".repeat(32));
    const alone = mapNodeHash({ type: "leaf", key, value });
    assert.deepEqual(verifyMapProof(alone, key, { siblings: [value], leaf: undefined }), { ok: false });
  });

  test("has no more hashes beside it than a key has bits", () => {
    const [one, two] = [new Uint8Array(32), new Uint8Array(32).with(31, 1)];
    const close = mapOf([
      [one, value],
      [two, other],
    ]);
    const proof = proveInMap(close, one);
    assert.equal(proof.siblings.length, 256);
    assert.deepEqual(verifyMapProof(mapRoot(close), one, proof), { ok: true, value });
    // With a bit beyond the last one, all keys would go on to the left.
    const deeper = mapNodeHash({
      type: "inner",
      left: mapNodeHash({ type: "leaf", key: one, value }),
      right: value,
    });
    const path = Array.from({ length: 256 }, () => emptyMapHash);
    const made = path.reduce(
      (hash) => mapNodeHash({ type: "inner", left: hash, right: emptyMapHash }),
      deeper,
    );
    assert.deepEqual(verifyMapProof(made, one, { siblings: [...path, value], leaf: { key: one, value } }), {
      ok: false,
    });
  });
});
