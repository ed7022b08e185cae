/** A Commit is held against what it was asked to do: all of it, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes } from "@signet/protocol";

import { CallGroup, createLeafKey } from "../../src/index.ts";
import type { AskedChange } from "../../src/index.ts";
import {
  makeGroup,
  mustCommit,
  optionsFor,
  proofFor,
  randomCallId,
  someList,
  trustingHook,
} from "../mls-world.ts";

/** ann commits: dov comes in, cleo goes; ben processes it. */
async function commit(): Promise<{ ben: CallGroup; cleo: CallGroup; commit: Bytes }> {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  const made = await mustCommit(ann, { add: [dov.keyPackage], remove: [cleo.ownLeaf] });
  return { ben, cleo, commit: made.commit };
}

const whole: AskedChange = { by: "ann", admitted: ["dov"], removed: ["cleo"] };

test("a Commit that does what it was asked to do is followed, whoever else left before they were in", async () => {
  const { ben, commit: made } = await commit();
  const asked = { ...whole, removed: ["cleo", "eve"] };
  assert.equal((await ben.process(made, asked)).type, "advanced");
});

const others: readonly [string, AskedChange][] = [
  ["removes somebody whom nobody asked to remove", { ...whole, removed: [] }],
  ["lets somebody in who does not ask to come", { ...whole, admitted: [] }],
  ["keeps somebody in who was to go", { ...whole, removed: ["cleo", "ben"] }],
  ["keeps out somebody who was to come", { ...whole, admitted: ["dov", "eve"] }],
  ["lets in another than was to come", { ...whole, admitted: ["eve"] }],
  ["is another's than is said", { ...whole, by: "cleo" }],
];

for (const [name, asked] of others) {
  test(`refuses a Commit that ${name}, and stays in its epoch`, async () => {
    const { ben, commit: made } = await commit();
    assert.deepEqual(await ben.process(made, asked), { type: "refused", code: "mls.unasked" });
    assert.equal(ben.epoch, 1);
    assert.equal((await ben.process(made, whole)).type, "advanced", "nothing of it was kept");
  });
}

test("who is removed and did not ask for it stays, and can say so", async () => {
  const { cleo, commit: made } = await commit();
  assert.deepEqual(await cleo.process(made, { ...whole, removed: [] }), {
    type: "refused",
    code: "mls.unasked",
  });
  assert.equal(cleo.closed, false);
  assert.deepEqual(await cleo.process(made, whole), { type: "removedSelf" });
});

test("an external Commit lets nobody in but who sent it, and was asked to do nothing else", async () => {
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  assert.ok(ann && ben);
  const leafKey = await createLeafKey();
  const { commit: made } = await CallGroup.rejoin({
    callId,
    leafKey,
    identity: proofFor("ben", leafKey),
    hook: trustingHook,
    callListDigest: () => someList,
    nowMs: () => Date.now(),
    groupInfo: await ann.groupInfo(),
  });
  const refused = { type: "refused", code: "mls.unasked" } as const;
  assert.deepEqual(await ann.process(made, { by: "ann", admitted: [], removed: [] }), refused);
  assert.deepEqual(await ann.process(made, { by: "ben", admitted: ["ben"], removed: [] }), refused);
  assert.deepEqual(await ann.process(made, { by: "ben", admitted: [], removed: ["ben"] }), refused);
  assert.equal((await ann.process(made, { by: "ben", admitted: [], removed: [] })).type, "advanced");
});
