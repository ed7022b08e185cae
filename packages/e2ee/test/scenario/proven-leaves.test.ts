/** Whether somebody signs what they say stands in their leaf: those of before have leaves without it, and nobody on the way can take it out of one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { exportFrameEpoch } from "../../src/frames/epoch-keys.ts";
import { callListExtensionType } from "../../src/mls/call-list-extension.ts";
import { spokenExtensionType } from "../../src/mls/spoken-extension.ts";
import { capabilities } from "../../src/mls/suite.ts";
import { commitToAll, makeGroup, mustCommit, randomCallId } from "../mls-world.ts";
import { Mole } from "../mole.ts";

const ofBefore = { ...capabilities, extensions: [callListExtensionType] };

test("a leaf of this version says that its terminal signs, for all in the group alike, and one of before does not", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann !== undefined && ben !== undefined);
  const old = await Mole.make("cleo", ofBefore);
  await commitToAll(ann, [ben], { add: [old.keyPackage] });
  // With each path that somebody commits their leaf is another one.
  await commitToAll(ben, [ann], { add: [], remove: [], update: true });
  for (const group of [ann, ben]) {
    assert.deepEqual(
      group.members().map(({ userId, proves }) => [userId, proves]),
      [
        ["ann", true],
        ["ben", true],
        ["cleo", false],
      ],
    );
    const { senders, callId } = await exportFrameEpoch(group);
    assert.deepEqual(
      senders.map(({ proves }) => proves),
      [true, true, false],
    );
    assert.deepEqual(callId, ann.callId);
  }
});

test("a server that takes it out of a KeyPackage has its person kept out, and not made silent", async () => {
  const [ann] = await makeGroup(randomCallId(), ["ann"]);
  assert.ok(ann !== undefined);
  const ben = await Mole.make("ben", capabilities);
  const at = ben.keyPackage.findIndex(
    (byte, n) => byte === spokenExtensionType >> 8 && ben.keyPackage[n + 1] === (spokenExtensionType & 0xff),
  );
  assert.ok(at > 0);
  const altered = ben.keyPackage.map((byte, n) => (n === at + 1 ? 0xa3 : byte));
  const pending = await ann.commit({ add: [altered], remove: [] });
  assert.deepEqual(
    pending.refused.map(({ code }) => code),
    ["mls.refused"],
  );
  assert.equal((await mustCommit(ann, { add: [ben.keyPackage] })).added[0]?.proves, true);
});
