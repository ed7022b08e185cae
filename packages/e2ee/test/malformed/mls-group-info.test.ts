/** A GroupInfo before anybody enters by it: what it is of, who signed it, and the way in for a newcomer whose Welcome does not hold. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallGroup, createLeafKey, groupInfoDigest, groupInfoSigner } from "../../src/index.ts";
import {
  commitToAll,
  disagreement,
  makeGroup,
  mustCommit,
  optionsFor,
  proofFor,
  randomCallId,
} from "../mls-world.ts";
import { alteredGroupInfo } from "../altered-group-info.ts";

test("all members of an epoch have one digest, by whichever way they came, and each epoch has its own", async () => {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const digests = (...groups: CallGroup[]) =>
    Promise.all(groups.map(async (group) => String(await groupInfoDigest(await group.groupInfo()))));
  const first = await digests(ann, ben, cleo);
  assert.equal(new Set(first).size, 1);
  const options = await optionsFor(callId, "cleo");
  const back = await CallGroup.rejoin({ ...options, groupInfo: await ann.groupInfo() });
  for (const group of [ann, ben]) await group.process(back.commit);
  const dans = await CallGroup.prepareJoin(await optionsFor(callId, "dan"));
  const { welcome } = await commitToAll(back.group, [ann, ben], {
    add: [dans.keyPackage],
    remove: [],
  });
  const dan = await dans.join(welcome!);
  const later = await digests(ann, ben, back.group, dan);
  assert.equal(new Set(later).size, 1);
  assert.notEqual(later[0], first[0]);
  await commitToAll(dan, [ann, ben], { remove: [back.group.ownLeaf] });
  assert.equal(new Set(await digests(ann, ben, dan)).size, 1);
});

test("the digest is another one when GroupContext, external key or confirmation tag is, and not for tree, signer or signature", async () => {
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  const groupInfo = await ann!.groupInfo();
  const own = String(await groupInfoDigest(groupInfo));
  for (const what of ["groupContext", "externalPub", "confirmationTag"] as const)
    assert.notEqual(String(await groupInfoDigest(alteredGroupInfo(groupInfo, what))), own, what);
  assert.equal(String(await groupInfoDigest(alteredGroupInfo(groupInfo, "signature"))), own);
  assert.equal(String(await groupInfoDigest(await ben!.groupInfo())), own);
  assert.equal(await groupInfoDigest(new Uint8Array(10)), undefined);
});

test("who signed it is told by a leaf that the hook accepts, with the epoch that it is of; of nothing else", async () => {
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  const options = await optionsFor(callId, "cleo");
  const groupInfo = await ben!.groupInfo();
  assert.deepEqual(await groupInfoSigner(options, groupInfo), { userId: "ben", epoch: 1 });
  assert.deepEqual(await groupInfoSigner(options, await ann!.groupInfo()), { userId: "ann", epoch: 1 });
  for (const what of ["groupContext", "externalPub", "confirmationTag", "signature", "signer"] as const)
    assert.equal(await groupInfoSigner(options, alteredGroupInfo(groupInfo, what)), undefined, what);
  assert.equal(await groupInfoSigner(options, new Uint8Array(10)), undefined);
  const strict = {
    ...options,
    hook: async (identity: Uint8Array<ArrayBuffer>, key: Uint8Array<ArrayBuffer>) => {
      const verdict = await options.hook(identity, key);
      return verdict.userId === "ben" ? { ok: false } : verdict;
    },
  };
  assert.equal(await groupInfoSigner(strict, groupInfo), undefined, "a leaf that the hook refuses");
});

test("in place of a Welcome a newcomer comes only into a group that has their leaf, with the key of this answer", async () => {
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  assert.ok(ann && ben);
  const before = await ben.groupInfo();
  const leafKey = await createLeafKey();
  const options = await optionsFor(callId, "cleo", { leafKey });
  const cleos = await CallGroup.prepareJoin(options);
  const pending = await mustCommit(ann, { add: [cleos.keyPackage] });
  await pending.accept();
  assert.equal((await ben.process(pending.commit)).type, "advanced");
  // The Welcome is lost on cleo.
  const enter = (groupInfo: Uint8Array<ArrayBuffer>, over: Partial<typeof options> = {}) =>
    CallGroup.rejoin({ ...options, ...over, groupInfo, mustHoldOwn: true });
  await assert.rejects(enter(before), { code: "mls.refused" }, "of before, whoever was in it then");
  const otherKey = await createLeafKey();
  const other = { leafKey: otherKey, identity: proofFor("cleo", otherKey) };
  await assert.rejects(enter(await ben.groupInfo(), other), { code: "mls.refused" }, "another answer");
  const cleo = await enter(await ben.groupInfo());
  for (const group of [ann, ben]) assert.equal((await group.process(cleo.commit)).type, "advanced");
  assert.equal(await disagreement([ann, ben, cleo.group]), undefined);
  assert.deepEqual(
    ann.members().map(({ userId }) => userId),
    ["ann", "ben", "cleo"],
  );
});
