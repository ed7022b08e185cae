import assert from "node:assert/strict";
import { test } from "node:test";

import { equalBytes } from "@signet/protocol";
import { deriveSecret } from "ts-mls/crypto/kdf.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { createUpdatePath } from "ts-mls/updatePath.js";

import { CallGroup } from "../../src/index.ts";
import { contextIn, Mole, removeOf } from "../mole.ts";
import {
  commitToAll,
  disagreement,
  exported,
  hasPath,
  makeGroup,
  mustCommit,
  optionsFor,
  publicMessageIn,
  randomCallId,
} from "../mls-world.ts";

// What groups of one and two do, where a path has no nodes or a tree no leaf. patches/ts-mls+1.6.4.patch: with the library as
// published most of these fail.

/** A group of two, in which the other is a mole. */
async function withMole(): Promise<{ callId: string; ann: CallGroup; mole: Mole }> {
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const mole = await Mole.make("mole");
  const { welcome } = await commitToAll(ann, [], { add: [mole.keyPackage] });
  assert.ok(welcome);
  await mole.join(welcome);
  return { callId, ann, mole };
}

test("who was removed from a group of two derives neither that epoch nor the next, to which somebody was added without a path", async () => {
  const { callId, ann, mole } = await withMole();
  let before = contextIn(await ann.groupInfo());
  const cleo = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  for (const changes of [{ remove: [mole.leaf] }, { add: [cleo.keyPackage] }, { add: [dov.keyPackage] }]) {
    const { commit } = await commitToAll(ann, [], changes);
    assert.equal(hasPath(commit), "remove" in changes);
    const after = contextIn(await ann.groupInfo());
    const secret = await exported(ann);
    for (const made of await mole.derivable({ commit, before, after })) assert.ok(!equalBytes(made, secret));
    before = after;
  }
});

test("the path of a Remove that leaves one has no nodes, and is a path all the same", async () => {
  const { ann, mole } = await withMole();
  const { content } = publicMessageIn((await commitToAll(ann, [], { remove: [mole.leaf] })).commit);
  assert.ok(content.contentType === "commit");
  assert.deepEqual(content.commit.path?.nodes, []);
});

test("who is alone renews the keys, and the secret of before is not enough", async () => {
  const mole = await Mole.make("mole");
  await mole.create(randomCallId());
  const before = contextIn(await mole.groupInfo());
  const thief = mole.copy();
  const { commit } = await mole.commit([]);
  const secret = await mole.exported();
  const after = contextIn(await mole.groupInfo());
  for (const made of await thief.derivable({ commit, before, after })) assert.ok(!equalBytes(made, secret));
});

test("who is alone rejoins in the place of the former leaf, which derives nothing, and others come in afterwards", async () => {
  const callId = randomCallId();
  const mole = await Mole.make("ann");
  await mole.create(callId);
  const groupInfo = await mole.groupInfo();
  const { group, commit } = await CallGroup.rejoin({ ...(await optionsFor(callId, "ann")), groupInfo });
  assert.deepEqual(
    group.members().map(({ leaf, userId }) => [leaf, userId]),
    [[0, "ann"]],
  );
  const secret = await exported(group);
  const seen = { commit, before: contextIn(groupInfo), after: contextIn(await group.groupInfo()) };
  for (const made of await mole.derivable(seen)) assert.ok(!equalBytes(made, secret));
  const ben = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const { welcome } = await commitToAll(group, [], { add: [ben.keyPackage] });
  assert.ok(welcome);
  assert.equal(await disagreement([group, await ben.join(welcome)]), undefined);
});

test("who sees that one's own leaf was taken over alone ends", async () => {
  const callId = randomCallId();
  const former = await CallGroup.create(await optionsFor(callId, "ann"));
  const groupInfo = await former.groupInfo();
  const { group, commit } = await CallGroup.rejoin({ ...(await optionsFor(callId, "ann")), groupInfo });
  assert.deepEqual(await former.process(commit), { type: "replacedSelf" });
  assert.ok(former.closed);
  await commitToAll(group, [], { update: true });
});

test("the library ends at one's own removal by an external Commit, alone and in company, instead of climbing for ever", async () => {
  for (const company of [0, 1, 2]) {
    const callId = randomCallId();
    const mole = await Mole.make("ann");
    await mole.create(callId);
    const others = await Promise.all(
      Array.from({ length: company }, async (_, i) =>
        CallGroup.prepareJoin(await optionsFor(callId, `other${i}`)),
      ),
    );
    if (company > 0) await mole.add(others.map(({ keyPackage }) => keyPackage));
    const groupInfo = await mole.groupInfo();
    const { commit } = await CallGroup.rejoin({ ...(await optionsFor(callId, "ann")), groupInfo });
    await mole.process(commit);
    assert.equal(mole.state.groupActiveState.kind, "removedFromGroup");
  }
});

test("somebody new enters a group of one by an external Commit, and goes again", async () => {
  const callId = randomCallId();
  const [ann] = await makeGroup(callId, ["ann"]);
  assert.ok(ann);
  const groupInfo = await ann.groupInfo();
  const { group: ben, commit } = await CallGroup.rejoin({ ...(await optionsFor(callId, "ben")), groupInfo });
  assert.equal((await ann.process(commit)).type, "advanced");
  assert.equal(await disagreement([ann, ben]), undefined);
  // The first leaf goes; who is left sits at the second one, with a blank beside it.
  const { commit: removal } = await commitToAll(ben, [], { remove: [ann.ownLeaf] });
  assert.deepEqual(await ann.process(removal), { type: "removedSelf" });
  const rejoined = await CallGroup.rejoin({
    ...(await optionsFor(callId, "ben")),
    groupInfo: await ben.groupInfo(),
  });
  assert.deepEqual(await ben.process(rejoined.commit), { type: "replacedSelf" });
  assert.equal(rejoined.group.ownLeaf, 0);
  await commitToAll(rejoined.group, [], { update: true });
});

test("with nobody in the left half of the tree the commit secret is one after the last of the path, as RFC 9420 section 12.4.1 has it", async () => {
  const moles = await Promise.all(["u0", "u1", "u2", "u3"].map((userId) => Mole.make(userId)));
  const [u0, , u2] = moles;
  assert.ok(u0 && u2);
  await u0.create(randomCallId());
  const { welcome } = await u0.add(moles.slice(1).map(({ keyPackage }) => keyPackage));
  await u2.join(welcome);
  await u2.commit([0, 1].map(removeOf));
  const { state, signing } = u2;
  const [tree, , pathSecrets, , commitSecret] = await createUpdatePath(
    state.ratchetTree,
    toLeafIndex(2),
    state.groupContext,
    signing.handle,
    signing.suite,
  );
  assert.equal(tree[3], undefined, "the root is not in the filtered path");
  assert.deepEqual(
    pathSecrets.map(({ nodeIndex }) => nodeIndex),
    [5],
  );
  const [only] = pathSecrets;
  assert.ok(only);
  assert.deepEqual(commitSecret, await deriveSecret(only.secret, "path", signing.suite.kdf));
});

test("of two who race in a group of two the loser takes the other's Commit", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben);
  const lost = await mustCommit(ben, { update: true });
  await commitToAll(ann, [ben], { update: true });
  await assert.rejects(lost.accept(), { code: "mls.staleEpoch" });
  await commitToAll(ben, [ann], { update: true });
  assert.equal(await disagreement([ann, ben]), undefined);
});

test("of two, of whom each removes the other, the first one stays and the other's Commit is refused", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben);
  const bens = await mustCommit(ben, { remove: [ann.ownLeaf] });
  const anns = await commitToAll(ann, [], { remove: [ben.ownLeaf] });
  assert.deepEqual(await ann.process(bens.commit), { type: "refused", code: "mls.staleEpoch" });
  assert.deepEqual(await ben.process(anns.commit), { type: "removedSelf" });
  await assert.rejects(bens.accept(), { code: "mls.staleEpoch" });
});
