/** Somebody who has gone from a call is brought back by a dishonest server or member: nobody takes them for present. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { CallGroup, createLeafKey, groupInfoDigest } from "@signet/e2ee";
import { decodeTranscript, encodeProof } from "@signet/protocol";
import type { Bytes, CallId, EventBody, RequestBody } from "@signet/protocol";
import { deviceAtHand } from "@signet/terminal";

import { credulous, newDevice, callListOf, randomBytes } from "./support/forgery.ts";
import { agree, answer, callAll, participant, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

/** What the terminal sent when it answered. */
function joinOf({ server: { requests } }: Deceived): RequestBody<"call.join"> {
  const sent = requests.findLast(({ type }) => type === "call.join");
  assert.ok(sent?.type === "call.join");
  return sent.body;
}

test("a KeyPackage and proof of somebody who left bring them back at nobody's terminal", async () => {
  const rogue = await scene.rogue("rogue");
  const [ben, cleo, dan] = await scene.people("ben", "cleo", "dan");
  await rogue.call([ben.userId, cleo.userId, dan.userId]);
  await answer(ben);
  await answer(cleo);
  await cleo.until(
    (state) => state.call?.participants.filter((one) => one.state === "joined").length === 3,
    "that all are in the group",
  );
  const { keyPackage } = joinOf(ben);
  let isBack = false;
  await ben.terminal.leave();
  await cleo.until((state) => participant(state, ben.userId).state === "left", "that ben has left");
  cleo.terminal.subscribe((state) => {
    const shown = state.call?.participants.find(({ userId }) => userId === ben.userId);
    isBack ||= shown?.state === "joined";
  });
  rogue.smuggle = [keyPackage];
  await answer(dan);
  const { call } = await cleo.until(
    (state) => state.call?.phase === "ended" || participant(state, dan.userId).state === "joined",
    "what becomes of the Commit that holds ben again",
  );
  assert.ok(!isBack, "nobody takes ben for present");
  assert.ok(call?.end === undefined || call.end.type === "failed");
});

test("a newcomer knows who left before: whoever is brought back with an old answer is not shown as there, or not let in", async () => {
  const rogue = await scene.rogue("rogue-newcomer");
  const [mia, nat, oli] = await scene.people("mia", "nat", "oli");
  await rogue.call([mia.userId, nat.userId]);
  await answer(mia);
  await mia.until(({ call }) => call?.phase === "active", "that mia is in the group");
  const { keyPackage } = joinOf(mia);
  await mia.terminal.leave();
  // With the newcomer, who comes by a Welcome and saw nobody go.
  rogue.smuggle = [keyPackage];
  await answer(nat);
  const { call } = await nat.until(
    (state) => state.call?.phase === "active" && participant(state, mia.userId).leaving === true,
    "that mia's key is in the group, and she is not there",
  );
  assert.equal(
    participant({ call } as Parameters<typeof participant>[0], mia.userId).verification,
    undefined,
  );
  await nat.terminal.leave();

  const second = await scene.rogue("rogue-later");
  await second.call([mia.userId, nat.userId, oli.userId]);
  await answer(mia);
  await mia.until((state) => state.call?.phase === "active", "that mia is in the group");
  const later = joinOf(mia);
  await mia.terminal.leave();
  await answer(nat);
  await nat.until((state) => state.call?.phase === "active", "that nat is in the group");
  // And in a Commit that the newcomer processes.
  second.smuggle = [later.keyPackage];
  await answer(oli);
  await nat.until(
    (state) => participant(state, second.userId).leaveReason === "badCommit",
    "that the Commit is refused and its sender out",
  );
  const said = nat.server.requests.findLast(({ type }) => type === "call.judgeCommit");
  assert.ok(said?.type === "call.judgeCommit");
  assert.equal(said.body.code, "proof.beforeLeave");
});

for (const isTold of [true, false])
  test(`a group that a removed member led on is not come back into, however many epochs it counts, ${
    isTold ? "when their signed leave was told" : "and when it was not"
  }`, async () => {
    const device = await newDevice();
    const name = (text: string) => `${text}${isTold ? "1" : "2"}`;
    // Ivy can read what Fred cannot: the Commit stands, and he has to come back.
    const [eva, fred, hugo, ivy] = await scene.people(name("eva"), name("fred"), name("hugo"), name("ivy"));
    const gina = await scene.deceived(name("gina"), { device });
    if (!isTold)
      fred.server.onEvent("call.member", (event) => (event.member.userId === gina.userId ? [] : [event]));
    await callAll(eva, fred, gina, hugo, ivy);
    const { callId, epoch } = eva.terminal.state.call!;
    const offered = eva.server.next("call.offerGroupInfo");
    eva.server.inject({ type: "call.groupInfoNeeded", body: { callId, epoch: epoch! } });
    const { groupInfo } = await offered;
    // While gina is in the call she answers once more, with another key, for a group that only she and the server know of.
    const ahead = await enterAhead(gina, device, callId, groupInfo);
    await gina.terminal.leave();
    await agree(eva, fred, hugo, ivy);
    for (let i = 0; i < 5; i++) {
      const update = await ahead.commit({ add: [], remove: [], update: true });
      assert.ok(update.type === "pending");
      await update.accept();
    }
    const groupInfoAhead = await ahead.groupInfo();
    const forged = {
      type: "given" as const,
      epoch: ahead.epoch,
      groupInfo: groupInfoAhead,
      by: ivy.userId,
      digest: (await groupInfoDigest(groupInfoAhead))!,
    };
    fred.server.answer("call.groupInfo", () => forged);
    fred.server.onEvent("call.committed", (commit) => [{ ...commit, commit: randomBytes(300) }]);
    await hugo.terminal.leave();
    const { call } = await fred.until((state) => state.call?.phase === "ended", "that fred leaves");
    const code = isTold ? "call.rejectedMember" : "call.broughtBack";
    assert.deepEqual(call?.end, { type: "failed", code, userId: gina.userId });
    assert.ok(!fred.server.requests.some(({ type }) => type === "call.rejoin"));
  });

async function enterAhead(
  gina: Deceived,
  device: SignatureDevice,
  callId: CallId,
  groupInfo: Bytes,
): Promise<CallGroup> {
  const answered = decodeTranscript(joinOf(gina).proof.transcript);
  assert.ok(answered?.purpose === "join");
  const leafKey = await createLeafKey();
  const proof = await device.sign({ ...answered, issuedAtMs: Date.now(), leafKey: leafKey.publicKey });
  const callListDigest = await callListOf(answered.callProofDigest);
  const { group } = await CallGroup.rejoin({
    callId,
    leafKey,
    identity: encodeProof(proof),
    hook: credulous,
    callListDigest: () => callListDigest,
    nowMs: () => Date.now(),
    groupInfo,
  });
  assert.equal(group.members().find(({ leaf }) => leaf === group.ownLeaf)?.userId, gina.userId);
  return group;
}

test("whose terminal comes back into a group of others is told who came and who went", async () => {
  const [ida, jon, kim, liz] = await scene.people("ida", "jon", "kim", "liz");
  await ida.terminal.call([jon, kim, liz].map(({ userId }) => userId));
  // In this order: who comes back takes the leaf of who left.
  for (const one of [liz, kim, jon]) await answer(one);
  await agree(ida, jon, kim, liz);
  let broken = false;
  jon.server.onEvent("call.committed", (commit) => {
    if (broken) return [commit];
    broken = true;
    return [{ ...commit, commit: randomBytes(300) }];
  });
  await liz.terminal.leave();
  await agree(ida, jon, kim);
  assert.deepEqual(jon.terminal.state.call?.rejoined, { entered: [], gone: [liz.userId] });
  assert.equal(ida.terminal.state.call?.rejoined, undefined, "who was there all the time");
  assert.equal(participant(ida.terminal.state, jon.userId).moved, undefined, "they are where they were");
});

/** Somebody with two devices, one of which is with a thief, at a terminal of theirs. */
async function withThief(userId: string) {
  const [stolen, kept] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  const devices = {
    ...deviceAtHand(kept),
    create: ({ beside }: { readonly beside?: unknown }) =>
      Promise.resolve({ device: beside === undefined ? kept : stolen }),
  };
  const desk = await scene.deceived(userId, { environment: { devices } });
  await desk.terminal.addDevice({ name: "Phone" });
  const thief = await scene.visitor(userId, { device: stolen });
  await thief.terminal.signIn({ userId: thief.userId });
  return { stolen, desk, thief };
}

test("a device that is revoked counts no more in a running group: nobody is verified by it, and the next Commit takes it out unasked", async () => {
  const [ruth, seth] = await scene.people("ruth", "seth");
  const { stolen, desk, thief } = await withThief("tina");
  await callAll(ruth, seth, thief);
  const { epoch } = ruth.terminal.state.call!;
  assert.equal(participant(ruth.terminal.state, desk.userId).verification?.deviceId, stolen.deviceId);

  // Her part in the call goes on at everybody, by what their servers say; who commits is asked for nothing.
  for (const { server: told } of [ruth, seth, thief]) {
    told.onEvent("call.member", (event) => (event.member.userId === desk.userId ? [] : [event]));
    told.onEvent("call.members", () => []);
  }
  thief.server.onEvent("binding.ended", () => []);
  let asked: EventBody<"call.commitNeeded"> | undefined;
  seth.server.onEvent("call.commitNeeded", () => []);
  ruth.server.onEvent("call.commitNeeded", (task) => {
    asked = task;
    return [];
  });
  await desk.terminal.revokeDevice(stolen.deviceId, "stolen");
  for (const one of [ruth, seth]) {
    const state = await one.until(
      ({ call }) => call?.participants.some(({ revoked }) => revoked === true) === true,
      "that she is in the group by a revoked device",
    );
    const shown = participant(state, desk.userId);
    assert.deepEqual([shown.state, shown.verification], ["joined", undefined]);
    assert.equal(participant(state, ruth.userId).revoked, undefined);
    assert.equal(state.call?.epoch, epoch);
  }
  assert.ok(asked);
  const committing = ruth.server.next("call.commit");
  ruth.server.inject({ type: "call.commitNeeded", body: { ...asked, remove: [] } });
  assert.deepEqual((await committing).removed, [desk.userId]);
  await agree(ruth, seth);
});

test("who commits for somebody who comes, and takes a revoked device out by the way that the server has not asked to take out yet, does it again with what it asks for then", async () => {
  const [uma, vic, wes] = await scene.people("uma", "vic", "wes");
  const { stolen, desk, thief } = await withThief("xena");
  await uma.terminal.call([vic.userId, thief.userId, wes.userId]);
  await Promise.all([vic, thief].map(answer));
  await agree(uma, vic, thief);
  const admitting = new Promise<EventBody<"call.commitNeeded">>((resolve) => {
    for (const { server: told } of [uma, vic])
      told.onEvent("call.commitNeeded", (task) => {
        resolve(task);
        return [];
      });
  });
  await answer(wes);
  const task = await admitting;
  assert.deepEqual([task.admit.map(({ userId }) => userId), task.remove], [[wes.userId], []]);
  await desk.terminal.revokeDevice(stolen.deviceId, "stolen");
  const isShown = ({ call }: typeof uma.terminal.state) =>
    call?.participants.some(({ state, revoked }) => revoked === true || state === "left") === true;
  await uma.until(isShown, "that she is in the group by a revoked device, or out");
  uma.server.repent();
  vic.server.repent();
  const committing = uma.server.next("call.commit");
  uma.server.inject({ type: "call.commitNeeded", body: task });
  assert.deepEqual((await committing).removed, [thief.userId]);
  await agree(uma, vic, wes);
  for (const one of [uma, vic, wes])
    for (const { userId } of [uma, vic, wes])
      assert.equal(participant(one.terminal.state, userId).state, "joined");
});
