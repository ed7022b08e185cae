import assert from "node:assert/strict";
import { test } from "node:test";

import { equalBytes } from "@signet/protocol";

import { CallGroup } from "../../src/index.ts";
import {
  commitToAll,
  disagreement,
  exported,
  hasPath,
  makeGroup,
  mustCommit,
  optionsFor,
  randomCallId,
} from "../mls-world.ts";

test("the initiator alone is epoch 0 with itself as leaf 0", async () => {
  const group = await CallGroup.create(await optionsFor(randomCallId(), "ann"));
  assert.equal(group.epoch, 0);
  assert.equal(group.ownLeaf, 0);
  assert.deepEqual(
    group.members().map((member) => member.userId),
    ["ann"],
  );
});

test("joiners that wait together enter by one Commit and share one secret", async () => {
  const groups = await makeGroup(randomCallId(), ["ann", "ben", "cleo", "dov", "eve"]);
  assert.deepEqual(
    groups.map((group) => group.epoch),
    [1, 1, 1, 1, 1],
  );
  assert.deepEqual(
    groups.map((group) => group.ownLeaf),
    [0, 1, 2, 3, 4],
  );
  assert.equal(await disagreement(groups), undefined);
});

test("a member that processes a Commit learns who came and who went", async () => {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  const pending = await mustCommit(ann, { add: [join.keyPackage], remove: [ben.ownLeaf] });
  const result = await cleo.process(pending.commit);
  assert.equal(result.type, "advanced");
  assert.deepEqual(
    result.type === "advanced" && [
      result.epoch,
      result.added.map((m) => m.userId),
      result.removed.map((m) => m.userId),
    ],
    [2, ["dov"], ["ben"]],
  );
});

test("the state moves only when the Commit was accepted", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben);
  const before = await exported(ann);
  const pending = await mustCommit(ann, { update: true });
  assert.equal(ann.epoch, 1);
  assert.ok(equalBytes(await exported(ann), before));
  pending.drop();
  await assert.rejects(pending.accept(), { code: "mls.staleEpoch" });
  assert.ok(equalBytes(await exported(ann), before));
  // Dropping wiped nothing that the group still needs: it goes on.
  await commitToAll(ann, [ben], { update: true });
  await commitToAll(ben, [ann], { update: true });
  assert.equal(await disagreement([ann, ben]), undefined);
});

test("of two Commits for one epoch the loser is dropped, the winner processed, and the loser commits again", async () => {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  const eve = await CallGroup.prepareJoin(await optionsFor(callId, "eve"));
  const annsTry = await mustCommit(ann, { add: [dov.keyPackage] });
  const bensTry = await mustCommit(ben, { add: [eve.keyPackage] });
  await annsTry.accept();
  assert.equal((await cleo.process(annsTry.commit)).type, "advanced");
  assert.equal((await ben.process(annsTry.commit)).type, "advanced");
  await assert.rejects(bensTry.accept(), { code: "mls.staleEpoch" });
  // Nobody takes the loser's Commit any more.
  for (const group of [ann, cleo])
    assert.deepEqual(await group.process(bensTry.commit), { type: "refused", code: "mls.staleEpoch" });
  const again = await commitToAll(ben, [ann, cleo], { add: [eve.keyPackage] });
  assert.ok(annsTry.welcome && again.welcome);
  const dovsGroup = await dov.join(annsTry.welcome);
  assert.equal((await dovsGroup.process(again.commit)).type, "advanced");
  const evesGroup = await eve.join(again.welcome);
  assert.equal(await disagreement([ann, ben, cleo, dovsGroup, evesGroup]), undefined);
});

test("an own Commit outlives another's that is refused: the server may take it yet", async () => {
  const [ann, ben, cleo] = await makeGroup(randomCallId(), ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const bensTry = await mustCommit(ben, { update: true });
  const { commit } = await mustCommit(ann, { update: true });
  const nobodys = { by: "cleo", admitted: [], removed: [] };
  assert.deepEqual(await ben.process(commit, nobodys), { type: "refused", code: "mls.unasked" });
  assert.deepEqual(await ben.process(commit.slice(0, 40)), { type: "refused", code: "mls.badMessage" });
  await bensTry.accept();
  for (const group of [ann, cleo]) assert.equal((await group.process(bensTry.commit)).type, "advanced");
  assert.equal(await disagreement([ann, ben, cleo]), undefined);
});

test("a removed member ends and cannot follow; every Commit that removes carries a path", async () => {
  const [ann, ben, cleo] = await makeGroup(randomCallId(), ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const bensSecret = await exported(ben);
  const pending = await commitToAll(ann, [cleo], { remove: [ben.ownLeaf] });
  assert.ok(hasPath(pending.commit));
  assert.deepEqual(await ben.process(pending.commit), { type: "removedSelf" });
  assert.ok(!equalBytes(bensSecret, await exported(ann)));
  assert.ok(ben.closed);
  await assert.rejects(exported(ben), { code: "mls.closed" });
  assert.deepEqual(await ben.process(pending.commit), { type: "refused", code: "mls.closed" });
  assert.deepEqual(
    ann.members().map((member) => member.userId),
    ["ann", "cleo"],
  );
});

test("one's own Commit is not processed, nor a repeated one, nor one for an epoch not reached", async () => {
  const [ann, ben, cleo] = await makeGroup(randomCallId(), ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const first = await mustCommit(ann, { update: true });
  assert.deepEqual(await ann.process(first.commit), { type: "refused", code: "mls.refused" });
  await first.accept();
  assert.equal((await ben.process(first.commit)).type, "advanced");
  assert.deepEqual(await ben.process(first.commit), { type: "refused", code: "mls.staleEpoch" });
  const second = await mustCommit(ben, { update: true });
  assert.deepEqual(await cleo.process(second.commit), { type: "refused", code: "mls.futureEpoch" });
  // In order, all is well.
  assert.equal((await cleo.process(first.commit)).type, "advanced");
  assert.equal((await cleo.process(second.commit)).type, "advanced");
});

test("who lost the state rejoins by an external Commit and takes the place of the former leaf", async () => {
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const groupInfo = await ann.groupInfo();
  const { group, commit } = await CallGroup.rejoin({ ...(await optionsFor(callId, "ben")), groupInfo });
  const result = await ann.process(commit);
  assert.deepEqual(
    result.type === "advanced" && [result.added.map((m) => m.userId), result.removed.map((m) => m.userId)],
    [["ben"], ["ben"]],
  );
  assert.equal((await cleo.process(commit)).type, "advanced");
  assert.deepEqual(await ben.process(commit), { type: "replacedSelf" });
  assert.equal(await disagreement([ann, group, cleo]), undefined);
  // The rejoiner's GroupInfo serves the next one, here somebody who is not in the group.
  const next = await group.groupInfo();
  const dov = await CallGroup.rejoin({ ...(await optionsFor(callId, "dov")), groupInfo: next });
  for (const member of [ann, group, cleo]) assert.equal((await member.process(dov.commit)).type, "advanced");
  assert.equal(await disagreement([ann, group, cleo, dov.group]), undefined);
});

test("nothing to commit is no Commit, and blank leaves are passed over", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben);
  assert.deepEqual(await ann.commit({ add: [], remove: [] }), { type: "nothing", refused: [] });
  assert.deepEqual(await ann.commit({ add: [], remove: [7] }), { type: "nothing", refused: [] });
  await assert.rejects(ann.commit({ add: [], remove: [0] }), { code: "mls.refused" });
});

test("an export is of the epoch in which it was asked for, even when the epoch ends meanwhile", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben);
  const before = await exported(ann);
  const pending = await mustCommit(ben, { update: true });
  const processing = ann.process(pending.commit);
  const asked = exported(ann);
  await processing;
  assert.ok(equalBytes(await asked, before));
  assert.ok(!equalBytes(await exported(ann), before));
});

test("the safety code is thirty digits, equal in an epoch, another one in the next and in another call", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  const [otherAnn] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben && otherAnn);
  const code = await ann.safetyCode();
  assert.match(code, /^\d{5}( \d{5}){5}$/);
  assert.equal(await ben.safetyCode(), code);
  assert.ok(equalBytes(ann.epochAuthenticator, ben.epochAuthenticator));
  assert.notEqual(await otherAnn.safetyCode(), code);
  await commitToAll(ann, [ben], { update: true });
  assert.notEqual(await ann.safetyCode(), code);
});

test("after close everything answers that the group is closed", async () => {
  const [ann, ben] = await makeGroup(randomCallId(), ["ann", "ben"]);
  assert.ok(ann && ben);
  const pending = await mustCommit(ann, { update: true });
  const running = ann.commit({ add: [], remove: [], update: true });
  ann.close();
  ann.close();
  await assert.rejects(running, { code: "mls.closed" });
  await assert.rejects(pending.accept(), { code: "mls.staleEpoch" });
  await assert.rejects(exported(ann), { code: "mls.closed" });
  await assert.rejects(ann.safetyCode(), { code: "mls.closed" });
  await assert.rejects(ann.groupInfo(), { code: "mls.closed" });
  await assert.rejects(ann.commit({ add: [], remove: [] }), { code: "mls.closed" });
  assert.deepEqual(await ann.process(pending.commit), { type: "refused", code: "mls.closed" });
});

test("a Welcome serves once, and a bad one before it does no harm", async () => {
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const ben = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const cleo = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const forCleo = await commitToAll(ann, [], { add: [cleo.keyPackage] });
  const forBen = await commitToAll(ann, [], { add: [ben.keyPackage] });
  assert.ok(forCleo.welcome && forBen.welcome);
  await assert.rejects(ben.join(forCleo.welcome), { code: "mls.refused" });
  await assert.rejects(ben.join(forBen.welcome.slice(0, 100)), { code: "mls.badMessage" });
  const group = await ben.join(forBen.welcome);
  assert.equal(await disagreement([ann, group]), undefined);
  await assert.rejects(ben.join(forBen.welcome), { code: "mls.closed" });
});
