import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bytes } from "@signet/protocol";
import {
  decodeMlsMessage,
  defaultAuthenticationService,
  defaultLifetimeConfig,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type GroupInfo,
  type RatchetTree,
} from "ts-mls";
import { validateRatchetTree } from "ts-mls/clientState.js";
import { ratchetTreeFromExtension } from "ts-mls/groupInfo.js";
import { treeHashRoot } from "ts-mls/treeHash.js";

import { CallGroup } from "../../src/index.ts";
import { suiteName } from "../../src/mls/suite.ts";
import { commitToAll, disagreement, makeGroup, optionsFor, randomCallId } from "../mls-world.ts";

// patches/ts-mls+1.6.4.patch. With the library as published the first test and the last three fail: it refuses trees that
// are valid, climbs from a leaf outside of the tree until memory is used up, and takes trees that RFC 9420 sections 7.9.2
// and 12.4.3.1 forbid.

function groupInfoIn(message: Bytes): GroupInfo {
  const decoded = decodeMlsMessage(message, 0)?.[0];
  if (decoded?.wireformat !== "mls_group_info") throw new Error("not a GroupInfo");
  return decoded.groupInfo;
}

/** What the library says of `tree` in the group of `info`, with the tree hash made to fit. */
async function complaintAbout(tree: RatchetTree, info: GroupInfo): Promise<string | undefined> {
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
  const treeHash = await treeHashRoot(tree, suite.hash);
  const error = await validateRatchetTree(
    tree,
    { ...info.groupContext, treeHash },
    defaultLifetimeConfig,
    defaultAuthenticationService,
    treeHash,
    suite,
  );
  return error?.message;
}

/** Gives the parent at `nodeIndex` another list of unmerged leaves. */
function withUnmerged(tree: RatchetTree, nodeIndex: number, unmergedLeaves: number[]): RatchetTree {
  const node = tree[nodeIndex];
  if (node?.nodeType !== "parent") throw new Error(`node ${nodeIndex} is blank`);
  return tree.with(nodeIndex, { nodeType: "parent", parent: { ...node.parent, unmergedLeaves } });
}

/**
 * Eight members; leaf 3 leaves by a Commit of leaf 0, which fills nodes 1, 3 and 7, and somebody new takes leaf 3: unmerged
 * at node 3 and at the root, node 7.
 */
async function groupWithUnmergedLeaf() {
  const callId = randomCallId();
  const groups = await makeGroup(callId, ["u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"]);
  const staying = groups.filter((_, leaf) => leaf !== 3);
  const [first, ...others] = staying;
  assert.ok(first);
  await commitToAll(first, others, { remove: [3] });
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "u8"));
  const pending = await commitToAll(first, others, { add: [join.keyPackage] });
  assert.deepEqual(
    pending.added.map((member) => member.leaf),
    [3],
  );
  const info = groupInfoIn(await first.groupInfo());
  const tree = ratchetTreeFromExtension(info);
  assert.ok(tree && pending.welcome);
  return { callId, members: [...staying, await join.join(pending.welcome)], info, tree };
}

test("a leaf that is unmerged at a node and merged at a later one above it does not keep others from joining", async () => {
  const { callId, members } = await groupWithUnmergedLeaf();
  const byLeaf = (leaf: number) => members.find((member) => member.ownLeaf === leaf);
  const fifth = byLeaf(4);
  assert.ok(fifth);
  // Leaf 4 renews the root, which forgets that leaf 3 was unmerged there; node 3 is not on its path and still lists it.
  await commitToAll(
    fifth,
    members.filter((member) => member !== fifth),
    { update: true },
  );
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "u9"));
  const pending = await commitToAll(
    fifth,
    members.filter((member) => member !== fifth),
    { add: [join.keyPackage] },
  );
  assert.ok(pending.welcome);
  assert.equal(await disagreement([...members, await join.join(pending.welcome)]), undefined);
});

test("the tree of such a group passes as it is", async () => {
  const { info, tree } = await groupWithUnmergedLeaf();
  assert.equal(await complaintAbout(tree, info), undefined);
});

test("a non-blank node between an unmerged leaf and the node that lists it has to list it too", async () => {
  const { info, tree } = await groupWithUnmergedLeaf();
  assert.match((await complaintAbout(withUnmerged(tree, 3, []), info)) ?? "", /intermediate node must list/);
});

test("an unmerged leaf outside of the tree is refused instead of being climbed from for ever", async () => {
  const { info, tree } = await groupWithUnmergedLeaf();
  for (const leaf of [8, 2 ** 30, 2 ** 31 - 1, 2 ** 32 - 1])
    assert.match((await complaintAbout(withUnmerged(tree, 7, [leaf]), info)) ?? "", /descendant leaf node/);
});

test("an unmerged leaf has to descend from the node that lists it", async () => {
  const { info, tree } = await groupWithUnmergedLeaf();
  assert.match((await complaintAbout(withUnmerged(tree, 3, [3, 6]), info)) ?? "", /descendant leaf node/);
});

test("a node whose key a leaf below it never got may not hide that leaf", async () => {
  const { info, tree } = await groupWithUnmergedLeaf();
  // The root's key was made before leaf 3 came. Unlisted there, leaf 3 would count as one that knows it.
  assert.match((await complaintAbout(withUnmerged(tree, 7, []), info)) ?? "", /parent hash/);
});

test("a tree hash that was kept is that of the tree as it is, for this place, these children and this hash", async () => {
  const { tree } = await groupWithUnmergedLeaf();
  const { hash } = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
  await treeHashRoot(tree, hash);
  const swapped = tree.with(8, tree[10]).with(10, tree[8]);
  const changed: [string, RatchetTree][] = [
    ["a leaf at the left end", tree.with(0, tree[2])],
    ["a leaf at the right end", tree.with(14, tree[12])],
    ["a blank leaf at the left end", tree.with(0, undefined)],
    ["a blank leaf at the right end", tree.with(14, undefined)],
    ["a blank parent", tree.with(3, undefined)],
    ["the same nodes in other places", swapped],
    ["a parent with another list", withUnmerged(tree, 3, [])],
  ];
  for (const [what, other] of changed)
    // Nothing is known of a copy.
    assert.deepEqual(await treeHashRoot(other, hash), await treeHashRoot(structuredClone(other), hash), what);
  const longer = {
    ...hash,
    digest: async (data: Uint8Array) => new Uint8Array([...(await hash.digest(data)), 0]),
  };
  assert.deepEqual(await treeHashRoot(tree, longer), await treeHashRoot(structuredClone(tree), longer));
});
