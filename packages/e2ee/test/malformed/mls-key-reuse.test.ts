import assert from "node:assert/strict";
import { before, test } from "node:test";

import { type Bytes } from "@signet/protocol";
import { type LeafNode, type RatchetTree } from "ts-mls";

import { CallGroup, createLeafKey, type LeafKey } from "../../src/index.ts";
import { CredentialJudge } from "../../src/mls/credential.ts";
import { makeKeyPackage } from "../../src/mls/key-package.ts";
import { readRoster } from "../../src/mls/roster.ts";
import { signingSuite } from "../../src/mls/suite.ts";
import { commitToAll, optionsFor, proofFor, randomCallId, trustingHook } from "../mls-world.ts";

// RFC 9420 section 7.3: keys are unique in a group. The library compares those of the tree before a Commit alone.

const judge = new CredentialJudge(trustingHook);
const keys: LeafKey[] = [];
let leaves: LeafNode[] = [];

before(async () => {
  keys.push(await createLeafKey(), await createLeafKey());
  leaves = await Promise.all(keys.map((key, i) => leafOf(`u${i}`, key)));
});

async function leafOf(userId: string, key: LeafKey): Promise<LeafNode> {
  const own = await makeKeyPackage(proofFor(userId, key), key, await signingSuite(key), Date.now());
  return own.publicPackage.leafNode;
}

/** Two leaves, and between them a parent with `parentKey`. */
async function verdict(parentKey: Uint8Array, ...both: (LeafNode | undefined)[]): Promise<string> {
  const [left, right] = both.map((leaf) => leaf && ({ nodeType: "leaf", leaf } as const));
  const parent = { hpkePublicKey: parentKey, parentHash: new Uint8Array(0), unmergedLeaves: [] };
  const tree: RatchetTree = [left, { nodeType: "parent", parent }, right];
  const result = await readRoster(tree, judge);
  return result.ok ? "ok" : result.code;
}

const other = new Uint8Array(32).fill(9);
const encryptionKey = (leaf = 0): Bytes => new Uint8Array(leaves[leaf]?.hpkePublicKey ?? []);

test("no key for encryption stands twice in a tree, at leaves or above them", async () => {
  const [first, second] = leaves;
  assert.ok(first && second);
  assert.equal(await verdict(other, first, second), "ok");
  assert.equal(await verdict(encryptionKey(0), first, second), "mls.refused");
  assert.equal(await verdict(encryptionKey(1), first, second), "mls.refused");
  const same = { ...second, hpkePublicKey: encryptionKey(0) };
  assert.equal(await verdict(other, first, same), "mls.refused");
});

test("no signature key stands twice in a tree, under whichever names", async () => {
  const [key] = keys;
  assert.ok(key);
  assert.equal(await verdict(other, leaves[0], await leafOf("u2", key)), "mls.refused");
});

test("of two joiners with one leaf key only the first gets in, and none with the key of somebody in the group", async () => {
  const callId = randomCallId();
  const leafKey = await createLeafKey();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const joiners = await Promise.all(
    ["ben", "cleo"].map(async (name) => CallGroup.prepareJoin(await optionsFor(callId, name, { leafKey }))),
  );
  const [ben, cleo] = joiners.map(({ keyPackage }) => keyPackage);
  assert.ok(ben && cleo);
  const pending = await commitToAll(ann, [], { add: [ben, cleo] });
  assert.deepEqual(pending.refused, [{ index: 1, code: "mls.refused" }]);
  assert.deepEqual(
    ann.members().map(({ userId }) => userId),
    ["ann", "ben"],
  );
  const refused = [{ index: 0, code: "mls.refused" }];
  assert.deepEqual(await ann.commit({ add: [cleo], remove: [] }), { type: "nothing", refused });
});
