/** The library lets an external Commit remove any leaf: nobody takes another's place by it, nor one's own with what is older. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallGroup, createLeafKey, SpentLeafKeys } from "../../src/index.ts";
import type { MembershipOptions, ReplacedLeaf } from "../../src/index.ts";
import { disagreement, makeGroup, optionsFor, randomCallId, someList, trustingHook } from "../mls-world.ts";

/** ann and ben, as whoever asks `hook` sees them. */
async function two(replacementHook: NonNullable<MembershipOptions["replacementHook"]>) {
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann", { replacementHook }));
  const ben = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { replacementHook }));
  const pending = await ann.commit({ add: [ben.keyPackage], remove: [] });
  assert.ok(pending.type === "pending" && pending.welcome !== undefined);
  await pending.accept();
  return { callId, ann, ben: await ben.join(pending.welcome) };
}

test("another leaf of the same person takes the place of theirs where both leaves may, and the one before ends by it", async () => {
  const asked: (readonly [ReplacedLeaf, ReplacedLeaf])[] = [];
  const { callId, ann, ben } = await two((former, next) => void asked.push([former, next]));
  const old = ben.members().find(({ userId }) => userId === "ben")!;
  const groupInfo = await ann.groupInfo();
  const options = await optionsFor(callId, "ben");
  const moved = await CallGroup.rejoin({ ...options, groupInfo, mustReplace: true });
  const annual = await ann.process(moved.commit, { by: "ben", admitted: [], removed: [] });
  assert.equal(annual.type, "advanced");
  assert.deepEqual(await ben.process(moved.commit), { type: "replacedSelf" });
  assert.ok(ben.closed);
  assert.equal(await disagreement([ann, moved.group]), undefined);
  // Each of the two who were there was asked about both.
  assert.equal(asked.length, 2);
  for (const [former, next] of asked) {
    assert.deepEqual(former.leafPublicKey, old.leafPublicKey);
    assert.deepEqual(next.leafPublicKey, options.leafKey.publicKey);
    assert.deepEqual([former.userId, next.userId], ["ben", "ben"]);
  }
  assert.equal(ann.members().filter(({ userId }) => userId === "ben").length, 1);
});

test("what the hook refuses replaces nobody, at who processes it and at who makes it", async () => {
  const { callId, ann, ben } = await two(() => "proof.beforeStay");
  const groupInfo = await ann.groupInfo();
  const { commit } = await CallGroup.rejoin({ ...(await optionsFor(callId, "ben")), groupInfo });
  for (const group of [ann, ben])
    assert.deepEqual(await group.process(commit), { type: "refused", code: "proof.beforeStay" });
  assert.ok(!ben.closed);
  assert.equal(await disagreement([ann, ben]), undefined);
  const options = await optionsFor(callId, "ben", { replacementHook: () => "proof.beforeStay" });
  await assert.rejects(CallGroup.rejoin({ ...options, groupInfo }), { code: "proof.beforeStay" });
});

test("the same key goes on in another leaf without being asked about", async () => {
  const { callId, ann } = await two(() => undefined);
  const leafKey = await createLeafKey();
  const refusing = await optionsFor(callId, "ben", { leafKey });
  const first = await CallGroup.rejoin({ ...refusing, groupInfo: await ann.groupInfo() });
  assert.equal((await ann.process(first.commit)).type, "advanced");
  const strict = { ...refusing, replacementHook: () => "proof.beforeStay" as const };
  const again = await CallGroup.rejoin({ ...strict, groupInfo: await ann.groupInfo(), mustReplace: true });
  assert.equal((await ann.process(again.commit)).type, "advanced");
});

test("who moves needs a leaf of their own to move from", async () => {
  const { callId, ann } = await two(() => undefined);
  const groupInfo = await ann.groupInfo();
  await assert.rejects(
    CallGroup.rejoin({ ...(await optionsFor(callId, "cleo")), groupInfo, mustReplace: true }),
    { code: "mls.refused" },
  );
});

test("nobody takes the place of somebody else, nor removes anybody on the way", async () => {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const own = await optionsFor(callId, "ben");
  // As ben's terminal is made to see it: ann's leaf is ben's.
  const lying: MembershipOptions = {
    ...own,
    callListDigest: () => someList,
    hook: async (identity, key) => {
      const verdict = await trustingHook(identity, key);
      if (verdict.userId === "ann") return { ok: true, userId: "ben" };
      return verdict.userId === "ben" &&
        key.length > 0 &&
        !own.leafKey.publicKey.every((b, i) => b === key[i])
        ? { ok: true, userId: "ann" }
        : verdict;
    },
  };
  const { commit } = await CallGroup.rejoin({
    ...lying,
    groupInfo: await cleo.groupInfo(),
    mustReplace: true,
  });
  const refused = { type: "refused", code: "mls.refused" } as const;
  for (const group of [ann, ben, cleo]) assert.deepEqual(await group.process(commit), refused);
  assert.ok([ann, ben, cleo].every(({ closed }) => !closed));
});

test("a key whose leaf gave way is spent: it takes the place back from nobody", async () => {
  const callId = randomCallId();
  const spentKeys = new SpentLeafKeys();
  const ann = await CallGroup.create(await optionsFor(callId, "ann", { spentKeys }));
  const first = await optionsFor(callId, "ben");
  const entered = await CallGroup.rejoin({ ...first, groupInfo: await ann.groupInfo() });
  assert.equal((await ann.process(entered.commit)).type, "advanced");
  const second = await optionsFor(callId, "ben");
  const moved = await CallGroup.rejoin({ ...second, groupInfo: await ann.groupInfo(), mustReplace: true });
  assert.equal((await ann.process(moved.commit)).type, "advanced");
  const back = await CallGroup.rejoin({ ...first, groupInfo: await ann.groupInfo(), mustReplace: true });
  assert.deepEqual(await ann.process(back.commit), { type: "refused", code: "mls.spentKey" });
});
