import assert from "node:assert/strict";
import { test } from "node:test";

import { CallGroup } from "../../src/index.ts";
import { addOf, Mole, removeOf } from "../mole.ts";
import { disagreement, optionsFor, randomCallId } from "../mls-world.ts";

// RFC 9420 section 7.5: the public keys of a path are those that its path secrets give. The library as published takes others, after
// which a member who did nothing wrong makes the Commit that nobody below such a node can open.

/** A committer whose inner nodes have public keys that only it knows the private ones of. */
async function withFalseNodes(): Promise<{ callId: string; mole: Mole; ann: CallGroup; ben: CallGroup }> {
  const callId = randomCallId();
  const mole = await Mole.make("mole");
  await mole.create(callId);
  const joins = await Promise.all(
    ["ann", "ben"].map(async (userId) => CallGroup.prepareJoin(await optionsFor(callId, userId))),
  );
  const { welcome } = await mole.add(joins.map(({ keyPackage }) => keyPackage));
  const [ann, ben] = await Promise.all(joins.map((join) => join.join(welcome)));
  assert.ok(ann && ben);
  return { callId, mole, ann, ben };
}

test("a path whose public keys are not those of its secrets is refused, and the group goes on", async () => {
  const { mole, ann, ben } = await withFalseNodes();
  const { commit } = await mole.copy().commit([], { falseNodes: true });
  for (const group of [ann, ben])
    assert.deepEqual(await group.process(commit), { type: "refused", code: "mls.unreadable" });
  const honest = await mole.commit([]);
  for (const group of [ann, ben]) assert.equal((await group.process(honest.commit)).type, "advanced");
  assert.equal(await disagreement([ann, ben]), undefined);
});

test("a joiner to whom such a path secret is sent stays out", async () => {
  const { callId, mole, ben } = await withFalseNodes();
  const cleo = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const proposals = [removeOf(ben.ownLeaf), addOf(cleo.keyPackage)];
  const { welcome } = await mole.copy().commit(proposals, { falseNodes: true });
  assert.ok(welcome);
  await assert.rejects(cleo.join(welcome), { code: "mls.refused" });
  const honest = await mole.commit(proposals);
  assert.ok(honest.welcome);
  await cleo.join(honest.welcome);
});
