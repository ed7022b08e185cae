import assert from "node:assert/strict";
import { test } from "node:test";

import { CallGroup, createLeafKey, SpentLeafKeys } from "../../src/index.ts";
import { addOf, Mole, removeOf } from "../mole.ts";
import {
  commitToAll,
  disagreement,
  makeGroup,
  mustCommit,
  optionsFor,
  publicMessageIn,
  randomCallId,
} from "../mls-world.ts";

// A leaf key is made for one stay in a call, and the proof that names it was signed for that stay. Both are public, so anybody could
// bring somebody back with them who has gone.

const refused = { type: "refused", code: "mls.spentKey" };

/** A dishonest committer, with two who joined. */
async function dishonestCall() {
  const callId = randomCallId();
  const mole = await Mole.make("mole");
  await mole.create(callId);
  const bensKey = await createLeafKey();
  const [bens, cleos] = await Promise.all([
    CallGroup.prepareJoin(await optionsFor(callId, "ben", { leafKey: bensKey })),
    CallGroup.prepareJoin(await optionsFor(callId, "cleo")),
  ]);
  const { welcome } = await mole.add([bens.keyPackage, cleos.keyPackage]);
  const [ben, cleo] = await Promise.all([bens.join(welcome), cleos.join(welcome)]);
  return { callId, mole, ben, bensKey, bensKeyPackage: bens.keyPackage, cleo };
}

test("a KeyPackage of somebody who has gone does not bring them back, however much later", async () => {
  const { callId, mole, ben, bensKeyPackage, cleo } = await dishonestCall();
  const { commit } = await mole.commit([removeOf(ben.ownLeaf)]);
  assert.equal((await cleo.process(commit)).type, "advanced");
  for (const again of [0, 1]) {
    const replay = await mole.copy().add([bensKeyPackage]);
    assert.deepEqual(await cleo.process(replay.commit), refused, `time ${again}`);
    const other = await mole.commit([]);
    assert.equal((await cleo.process(other.commit)).type, "advanced");
  }
  // With a key of their own they come back, as they may.
  const answer = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const added = await mole.add([answer.keyPackage]);
  assert.equal((await cleo.process(added.commit)).type, "advanced");
});

test("nor in the Commit that takes them out, at their own leaf or another", async () => {
  const { mole, ben, bensKeyPackage, cleo } = await dishonestCall();
  const fresh = await Mole.make("dov");
  for (const more of [[], [addOf(fresh.keyPackage)]]) {
    const proposals = [removeOf(ben.ownLeaf), ...more, addOf(bensKeyPackage)];
    const { commit } = await mole.copy().commit(proposals);
    assert.deepEqual(await cleo.process(commit), refused);
  }
});

test("who was removed does not come back with the same key by an external Commit", async () => {
  const { callId, mole, ben, bensKey, cleo } = await dishonestCall();
  const { commit } = await mole.commit([removeOf(ben.ownLeaf)]);
  assert.equal((await cleo.process(commit)).type, "advanced");
  const groupInfo = await cleo.groupInfo();
  const same = await optionsFor(callId, "ben", { leafKey: bensKey });
  const back = await CallGroup.rejoin({ ...same, groupInfo });
  assert.deepEqual(await cleo.process(back.commit), refused);
  const anew = await CallGroup.rejoin({ ...(await optionsFor(callId, "ben")), groupInfo });
  assert.equal((await cleo.process(anew.commit)).type, "advanced");
});

test("a committer admits nobody with such a key, and the others who wait all the same", async () => {
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const bens = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const { welcome } = await commitToAll(ann, [], { add: [bens.keyPackage] });
  assert.ok(welcome);
  const ben = await bens.join(welcome);
  await commitToAll(ann, [], { remove: [ben.ownLeaf] });
  const cleos = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const pending = await mustCommit(ann, { add: [bens.keyPackage, cleos.keyPackage] });
  assert.deepEqual(pending.refused, [{ index: 0, code: "mls.spentKey" }]);
  assert.deepEqual(
    pending.added.map(({ userId }) => userId),
    ["cleo"],
  );
});

test("a group that a removed member led on from an earlier epoch is not rejoined, whatever its number", async () => {
  const { callId, mole: host } = await dishonestCall();
  // Ann is in the call, with a thief who will be removed.
  const spentKeys = new SpentLeafKeys();
  const options = await optionsFor(callId, "ann", { spentKeys });
  const anns = await CallGroup.prepareJoin(options);
  const thief = await Mole.make("thief");
  const { welcome } = await host.add([anns.keyPackage, thief.keyPackage]);
  const ann = await anns.join(welcome);
  await thief.join(welcome);
  const fork = thief.copy();
  const removal = await host.commit([removeOf(thief.leaf)]);
  assert.equal((await ann.process(removal.commit)).type, "advanced");
  for (let i = 0; i < 5; i++) await fork.commit([]);
  const groupInfo = await fork.groupInfo();
  await assert.rejects(CallGroup.rejoin({ ...options, groupInfo }), { code: "mls.spentKey" });
  // Without what this terminal saw the group is as good as any other: that is the whole difference.
  const forgetful = await CallGroup.rejoin({ ...options, spentKeys: new SpentLeafKeys(), groupInfo });
  assert.ok(forgetful.group.epoch > ann.epoch + 1);
  await CallGroup.rejoin({ ...options, groupInfo: await host.groupInfo() });
});

test("nor is such a group joined by a Welcome, after a stay in which this terminal saw them go", async () => {
  const { callId, mole: host } = await dishonestCall();
  const spentKeys = new SpentLeafKeys();
  const anns = await CallGroup.prepareJoin(await optionsFor(callId, "ann", { spentKeys }));
  const thief = await Mole.make("thief");
  const { welcome } = await host.add([anns.keyPackage, thief.keyPackage]);
  const ann = await anns.join(welcome);
  await thief.join(welcome);
  const fork = thief.copy();
  assert.equal((await ann.process((await host.commit([removeOf(thief.leaf)])).commit)).type, "advanced");
  ann.close();
  await fork.commit([removeOf(ann.ownLeaf)]);
  const again = await CallGroup.prepareJoin(await optionsFor(callId, "ann", { spentKeys }));
  const forged = await fork.add([again.keyPackage]);
  await assert.rejects(again.join(forged.welcome), { code: "mls.spentKey" });
});

test("who rejoins in the place of the former leaf keeps the key, as often as it takes, also at another leaf", async () => {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const key = await createLeafKey();
  const options = await optionsFor(callId, "cleo", { leafKey: key });
  const first = await CallGroup.rejoin({ ...options, groupInfo: await ann.groupInfo() });
  for (const group of [ann, ben]) assert.equal((await group.process(first.commit)).type, "advanced");
  await commitToAll(ann, [first.group], { remove: [ben.ownLeaf] });
  let current = first.group;
  for (let i = 0; i < 3; i++) {
    const next = await CallGroup.rejoin({ ...options, groupInfo: await ann.groupInfo() });
    assert.equal((await ann.process(next.commit)).type, "advanced");
    assert.equal(publicMessageIn(next.commit).content.contentType, "commit");
    current = next.group;
  }
  assert.equal(current.ownLeaf, 1, "the leaf that was blank");
  assert.equal(await disagreement([ann, current]), undefined);
});
