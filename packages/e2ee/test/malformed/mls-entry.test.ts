/** Whoever comes into a group that stands is asked about once more, by all who were there: a credential may be right, and too old to come in with. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallGroup } from "../../src/index.ts";
import type { EntryHook } from "../../src/index.ts";
import { disagreement, makeGroup, optionsFor, randomCallId } from "../mls-world.ts";

type Asked = Parameters<EntryHook>[0];

/** ann and ben, who ask `entryHook`. */
function two(callId: string, entryHook: EntryHook): Promise<CallGroup[]> {
  return makeGroup(callId, ["ann", "ben"], { entryHook });
}

test("whoever is added, and whoever comes in from outside, is asked about with what stands in their leaf", async () => {
  const callId = randomCallId();
  const asked: Asked[] = [];
  const [ann, ben] = await two(callId, (entering) => void asked.push(entering));
  assert.ok(ann && ben);
  assert.equal(asked.length, 0, "a newcomer asks about nobody who was there before");
  const cleo = await optionsFor(callId, "cleo");
  const pending = await ann.commit({
    add: [(await CallGroup.prepareJoin(cleo)).keyPackage],
    remove: [],
  });
  assert.ok(pending.type === "pending");
  await pending.accept();
  assert.equal((await ben.process(pending.commit)).type, "advanced");
  const dan = await optionsFor(callId, "dan");
  const entered = await CallGroup.rejoin({ ...dan, groupInfo: await ann.groupInfo() });
  assert.equal((await ben.process(entered.commit)).type, "advanced");
  assert.deepEqual(
    asked.map(({ userId, leafPublicKey }) => [userId, leafPublicKey]),
    [
      ["cleo", cleo.leafKey.publicKey],
      ["dan", dan.leafKey.publicKey],
    ],
  );
  for (const [index, { identity }] of [cleo, dan].entries())
    assert.deepEqual(asked[index]?.identity, identity);
});

test("who comes back in their own place, or goes on there with another key, is not asked about", async () => {
  const callId = randomCallId();
  const [ann, ben] = await two(callId, () => "proof.time");
  assert.ok(ann && ben);
  const moved = await CallGroup.rejoin({
    ...(await optionsFor(callId, "ben")),
    groupInfo: await ann.groupInfo(),
  });
  assert.equal((await ann.process(moved.commit)).type, "advanced");
  assert.equal(await disagreement([ann, moved.group]), undefined);
});

for (const [way, commitOf] of [
  [
    "is added",
    async (callId: string, ann: CallGroup) => {
      const { keyPackage } = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
      const pending = await ann.commit({ add: [keyPackage], remove: [] });
      assert.ok(pending.type === "pending");
      return pending.commit;
    },
  ],
  [
    "comes in from outside",
    async (callId: string, ann: CallGroup) => {
      const groupInfo = await ann.groupInfo();
      return (await CallGroup.rejoin({ ...(await optionsFor(callId, "cleo")), groupInfo })).commit;
    },
  ],
] as const)
  test(`nobody ${way} whom the hook refuses, and the group stays as it was`, async () => {
    const callId = randomCallId();
    const [ann, ben] = await two(callId, ({ userId }) => (userId === "cleo" ? "proof.time" : undefined));
    assert.ok(ann && ben);
    const commit = await commitOf(callId, ann);
    assert.deepEqual(await ben.process(commit), { type: "refused", code: "proof.time" });
    assert.equal(await disagreement([ann, ben]), undefined);
  });
