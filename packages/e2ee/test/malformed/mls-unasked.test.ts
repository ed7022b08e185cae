/** A Commit is held against what it was asked to do: all of it, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes } from "@signet/protocol";

import { CallGroup, createLeafKey } from "../../src/index.ts";
import type { AskedChange, CredentialHook } from "../../src/index.ts";
import {
  commitToAll,
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

/** ann with ben, who takes nobody of this user ID any more once `end` was called. */
async function endable(userId: string) {
  let isOver = false;
  const hook: CredentialHook = async (identity, key) => {
    const verdict = await trustingHook(identity, key);
    return isOver && verdict.userId === userId ? { ok: false, code: "history.deviceRevoked" } : verdict;
  };
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { hook }));
  const { welcome } = await commitToAll(ann, [], { add: [join.keyPackage] });
  assert.ok(welcome);
  return { callId, ann, ben: await join.join(welcome), hook, end: () => (isOver = true) };
}

const over = { type: "refused", code: "history.deviceRevoked" } as const;

test("who was looked at in a Commit that was refused is looked at anew in the next one", async () => {
  const { callId, ann, ben, end } = await endable("cleo");
  const cleo = await optionsFor(callId, "cleo");
  const external = await CallGroup.rejoin({ ...cleo, groupInfo: await ann.groupInfo() });
  const joining = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const added = await mustCommit(ann, { add: [joining.keyPackage] });
  const refused = { type: "refused", code: "mls.unasked" } as const;
  for (const { commit: made } of [external, added])
    assert.deepEqual(await ben.process(made, { by: "eve", admitted: [], removed: [] }), refused);
  end();
  assert.deepEqual(await ben.process(external.commit, { by: "cleo", admitted: [], removed: [] }), over);
  assert.deepEqual(await ben.process(added.commit, { by: "ann", admitted: ["cleo"], removed: [] }), over);
  assert.deepEqual(await ben.commit({ add: [joining.keyPackage], remove: [] }), {
    type: "nothing",
    refused: [{ index: 0, code: over.code }],
  });
});

test("so is who was to be let in by a Commit of one's own that came to nothing", async () => {
  const { callId, ann, ben, end } = await endable("cleo");
  const cleo = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  (await mustCommit(ben, { add: [cleo.keyPackage] })).drop();
  end();
  const added = await mustCommit(ann, { add: [cleo.keyPackage] });
  assert.deepEqual(await ben.process(added.commit), over);
});

test("so is whoever comes back with the key that they are in the group with", async () => {
  const { callId, ann, ben, end } = await endable("cleo");
  const cleo = await optionsFor(callId, "cleo");
  const entered = await CallGroup.rejoin({ ...cleo, groupInfo: await ann.groupInfo() });
  for (const group of [ann, ben]) assert.equal((await group.process(entered.commit)).type, "advanced");
  const again = await CallGroup.rejoin({ ...cleo, groupInfo: await ann.groupInfo() });
  end();
  assert.deepEqual(await ben.process(again.commit), over);
});

test("and so are those of a Welcome that came to nothing", async () => {
  const { callId, ann, hook, end } = await endable("ann");
  let list = new Uint8Array(32).fill(8);
  const cleo = await CallGroup.prepareJoin(
    await optionsFor(callId, "cleo", { hook, callListDigest: () => list }),
  );
  const { welcome } = await mustCommit(ann, { add: [cleo.keyPackage] });
  assert.ok(welcome);
  await assert.rejects(cleo.join(welcome), { code: "mls.otherList" });
  list = someList;
  end();
  await assert.rejects(cleo.join(welcome), { code: over.code });
});
