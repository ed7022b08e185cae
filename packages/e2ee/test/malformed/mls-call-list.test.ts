/** A group holds one call list: whoever has another one does not come in, and does not go on. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bytes } from "@signet/protocol";

import { CallGroup } from "../../src/index.ts";
import { callListDigestIn, callListExtension } from "../../src/mls/call-list-extension.ts";
import { capabilities } from "../../src/mls/suite.ts";
import { contextIn, listOf, Mole, setting } from "../mole.ts";
import {
  commitToAll,
  disagreement,
  hasPath,
  makeGroup,
  mustCommit,
  optionsFor,
  randomCallId,
  someList,
} from "../mls-world.ts";

const otherList: Bytes = new Uint8Array(32).fill(8);
const mute = { ...capabilities, extensions: [] };

/** One's own list, which a test changes. */
class OwnList {
  digest = someList;
  readonly over = { callListDigest: () => this.digest };
}

async function withMole(list: OwnList): Promise<{ mole: Mole; ben: CallGroup; callId: string }> {
  const callId = randomCallId();
  const mole = await Mole.make("mole");
  await mole.create(callId);
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", list.over));
  const { welcome } = await mole.add([join.keyPackage]);
  return { mole, ben: await join.join(welcome), callId };
}

const held = async (group: CallGroup) => callListDigestIn(contextIn(await group.groupInfo()).extensions);

test("the list is there from epoch 0, and changes with a member's Commit, beside Add and Remove", async () => {
  const list = new OwnList();
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"], list.over);
  assert.ok(ann && ben && cleo);
  const [alone] = await makeGroup(randomCallId(), ["ann"], list.over);
  assert.ok(alone);
  for (const group of [alone, ann, ben, cleo]) assert.deepEqual(await held(group), someList);
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov", list.over));
  list.digest = otherList;
  const changes = { add: [dov.keyPackage], remove: [cleo.ownLeaf] };
  const { commit, welcome } = await commitToAll(ann, [ben, cleo], changes);
  assert.ok(welcome && hasPath(commit));
  const dovs = await dov.join(welcome);
  assert.equal(await disagreement([ann, ben, dovs]), undefined);
  for (const group of [ann, ben, dovs]) assert.deepEqual(await held(group), otherList);
  // Nothing else is to be done, and it is a Commit all the same; then it stays, whatever is committed.
  list.digest = someList;
  const only = await mustCommit(dovs, {});
  assert.ok(hasPath(only.commit));
  await only.accept();
  for (const group of [ann, ben]) assert.equal((await group.process(only.commit)).type, "advanced");
  assert.equal((await dovs.commit({ add: [], remove: [] })).type, "nothing");
  await commitToAll(ann, [ben, dovs], { update: true });
  for (const group of [ann, ben, dovs]) assert.deepEqual(await held(group), someList);
});

test("who comes back by themselves takes the list over", async () => {
  const list = new OwnList();
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"], list.over);
  assert.ok(ann && ben);
  list.digest = otherList;
  await commitToAll(ann, [ben], { update: true });
  const options = await optionsFor(callId, "ben", list.over);
  const back = await CallGroup.rejoin({ ...options, groupInfo: await ann.groupInfo() });
  assert.equal((await ann.process(back.commit)).type, "advanced");
  assert.equal(await disagreement([ann, back.group]), undefined);
  assert.deepEqual(await held(back.group), otherList);
});

test("a list that a member swaps is refused by who holds another, and followed by who holds it too", async () => {
  const list = new OwnList();
  const { mole, ben } = await withMole(list);
  const { commit } = await mole.commit([listOf(otherList)]);
  assert.deepEqual(await ben.process(commit), { type: "refused", code: "mls.otherList" });
  assert.equal(ben.epoch, 1);
  assert.deepEqual(await held(ben), someList);
  list.digest = otherList;
  assert.equal((await ben.process(commit)).type, "advanced");
  assert.deepEqual(await ben.exportSecret("signet test", new Uint8Array([1]), 32), await mole.exported());
});

test("a change that is due and left out is refused, as is a list that is dropped or joined by another extension", async () => {
  const list = new OwnList();
  const { mole, ben } = await withMole(list);
  const before = mole.copy();
  const { commit } = await mole.commit([]);
  list.digest = otherList;
  assert.deepEqual(await ben.process(commit), { type: "refused", code: "mls.otherList" });
  list.digest = someList;
  const { commit: dropped } = await before.commit([setting()]);
  assert.deepEqual(await ben.process(dropped), { type: "refused", code: "mls.refused" });
  assert.deepEqual(await held(ben), someList);
});

test("an external Commit into a group of another list is refused by who holds another", async () => {
  const list = new OwnList();
  const { mole, ben } = await withMole(list);
  const again = await Mole.make("mole");
  const commit = await again.joinExternally(await ben.groupInfo(), mole.leafKey());
  list.digest = otherList;
  assert.deepEqual(await ben.process(commit), { type: "refused", code: "mls.otherList" });
  list.digest = someList;
  assert.equal((await ben.process(commit)).type, "advanced");
});

test("nobody comes by a Welcome or a GroupInfo into a group of another list than their own, of none, or of more", async () => {
  const unknown = { extensionType: 0xf0a2, extensionData: new Uint8Array(32) };
  const list = callListExtension(someList);
  const cases = [
    ["another list", [callListExtension(otherList)], "mls.otherList"],
    ["no list", [], "mls.refused"],
    ["a digest of 31 bytes", [callListExtension(someList.slice(1))], "mls.refused"],
    ["another extension beside it", [list, unknown], "mls.refused"],
    ["the list twice", [list, list], "mls.refused"],
  ] as const;
  for (const [what, extensions, code] of cases) {
    const callId = randomCallId();
    const mole = await Mole.make("mole", { ...capabilities, extensions: [0xf0a1, 0xf0a2] });
    await mole.create(callId, [...extensions]);
    const groupInfo = await mole.groupInfo();
    // Before anything else that it holds is looked at, such as leaves whose time is over.
    const nowMs = () => Date.now() + 1_000 * 86_400_000;
    const ann = await optionsFor(callId, "ann", { nowMs });
    await assert.rejects(CallGroup.rejoin({ ...ann, groupInfo }), { code }, what);
    const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
    const made = await mole.add([join.keyPackage]).catch(() => undefined);
    if (made !== undefined) await assert.rejects(join.join(made.welcome), { code }, what);
    // What the library does not make for a newcomer who does not speak it, it does not make at all.
    else assert.equal(what, "another extension beside it");
  }
});

test("a list that changed between KeyPackage and Welcome is held against the one of then", async () => {
  const list = new OwnList();
  const callId = randomCallId();
  const mole = await Mole.make("mole");
  await mole.create(callId, [callListExtension(otherList)]);
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", list.over));
  const { welcome } = await mole.add([join.keyPackage]);
  await assert.rejects(join.join(welcome), { code: "mls.otherList" });
  list.digest = otherList;
  assert.equal((await join.join(welcome)).epoch, 1);
});

test("who does not speak the list is not added, and a group with such a leaf is not entered", async () => {
  const callId = randomCallId();
  const [ann] = await makeGroup(callId, ["ann"]);
  assert.ok(ann);
  const silent = await Mole.make("silent", mute);
  const result = await ann.commit({ add: [silent.keyPackage], remove: [] });
  assert.deepEqual(result, { type: "nothing", refused: [{ index: 0, code: "mls.refused" }] });
  const founder = await Mole.make("founder", mute);
  const other = randomCallId();
  await founder.create(other);
  const groupInfo = await founder.groupInfo();
  await assert.rejects(CallGroup.rejoin({ ...(await optionsFor(other, "ann")), groupInfo }), {
    code: "mls.refused",
  });
  const entering = await Mole.make("entering", mute);
  const commit = await entering.joinExternally(await ann.groupInfo()).catch(() => undefined);
  if (commit !== undefined)
    assert.deepEqual(await ann.process(commit), { type: "refused", code: "mls.refused" });
});

test("of two who change the list at once the loser drops theirs, and takes the other's", async () => {
  const [anns, bens] = [new OwnList(), new OwnList()];
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann", anns.over));
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", bens.over));
  const { welcome } = await commitToAll(ann, [], { add: [join.keyPackage] });
  assert.ok(welcome);
  const ben = await join.join(welcome);
  bens.digest = new Uint8Array(32).fill(9);
  const lost = await mustCommit(ben, {});
  anns.digest = otherList;
  const won = await commitToAll(ann, [], {});
  assert.deepEqual(await ben.process(won.commit), { type: "refused", code: "mls.otherList" });
  lost.drop();
  bens.digest = otherList;
  assert.equal((await ben.process(won.commit)).type, "advanced");
  assert.equal(await disagreement([ann, ben]), undefined);
});
