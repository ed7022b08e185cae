/** Trees of RFC 9162 section 2 against what others published: transparency-dev's proofs, right and wrong, where `../shared/vectors` has them, and some kept here. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { publishedVectors } from "@signet/e2e/support/published-vectors.ts";
import type { Bytes } from "@signet/protocol";

import { emptyTreeRoot, fromBase64, verifyConsistency, verifyInclusion } from "../../src/index.ts";
import { fromHex, toHex } from "../support/bytes.ts";
import { StoredTree } from "../support/stored-tree.ts";

/** The entries with which certificate-transparency's first implementation tested, and the roots of the first so many. */
const entries = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map(fromHex);
const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("the trees of eight entries", () => {
  test("have these roots", () => {
    assert.equal(toHex(emptyTreeRoot), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const tree = new StoredTree();
    assert.deepEqual(tree.root(), emptyTreeRoot);
    for (const [place, root] of roots.entries()) {
      tree.append(entries[place] as Bytes);
      assert.equal(toHex(tree.root()), root);
    }
  });

  test("have these proofs", () => {
    const tree = new StoredTree(entries);
    assert.deepEqual(tree.inclusion(5).map(toHex), [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]);
    assert.deepEqual(tree.consistency(6).map(toHex), [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]);
  });
});

interface Vectors {
  readonly inclusion: readonly {
    readonly leafIdx: number;
    readonly treeSize: number;
    readonly root: string;
    readonly leafHash: string;
    readonly proof: readonly string[] | null;
    readonly wantErr: boolean;
    readonly name: string;
  }[];
  readonly consistency: readonly {
    readonly size1: number;
    readonly size2: number;
    readonly root1: string;
    readonly root2: string;
    readonly proof: readonly string[] | null;
    readonly wantErr: boolean;
    readonly name: string;
  }[];
}

const published = publishedVectors("rfc6962-proofs.json");
const decoded = (text: string): Bytes => fromBase64(text) ?? new Uint8Array();
const hashes = (proof: readonly string[] | null): readonly Bytes[] => (proof ?? []).map(decoded);

describe(
  "published proofs",
  { skip: published === undefined && "the file is not beside the checkout" },
  () => {
    const vectors = JSON.parse(published ?? `{"inclusion":[],"consistency":[]}`) as Vectors;

    test("of inclusion are taken or refused", () => {
      assert.ok(vectors.inclusion.length > 90 || published === undefined);
      for (const { leafHash, leafIdx, name, proof, root, treeSize, wantErr } of vectors.inclusion) {
        const claim = { leaf: decoded(leafHash), index: leafIdx, size: treeSize, root: decoded(root) };
        assert.equal(verifyInclusion(claim, hashes(proof)), !wantErr, name);
      }
    });

    test("of consistency are taken or refused", () => {
      assert.ok(vectors.consistency.length > 90 || published === undefined);
      for (const { name, proof, root1, root2, size1, size2, wantErr } of vectors.consistency) {
        const [first, second] = [
          { size: size1, root: decoded(root1) },
          { size: size2, root: decoded(root2) },
        ];
        // One that is right by theirs has texts in the place of roots.
        const areHashes = first.root.length === 32 && second.root.length === 32;
        assert.equal(verifyConsistency(first, second, hashes(proof)), !wantErr && areHashes, name);
      }
    });
  },
);
