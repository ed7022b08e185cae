/**
 * What a member gives, through an honest server, to somebody who has to come into the group anew, or for the first time: a GroupInfo or a Welcome
 * that does not hold. Whose it was is named, another member is asked, and nobody honest has to go for it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { groupInfoDigest } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";
import type { GroupRefusal } from "@signet/terminal";

import { altered, randomBytes, withFalseExternalKey } from "./support/forgery.ts";
import type { Headless } from "./support/headless.ts";
import type { Rogue } from "./support/rogue.ts";
import { agree, agreeOn, answer, callAll, participant, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

/** A call of the rogue, who is its committer and is asked first for a GroupInfo. */
async function callOf(rogue: Rogue, ...members: readonly Deceived[]): Promise<void> {
  await rogue.call(members.map(({ userId }) => userId));
  await Promise.all(members.map(answer));
  await agreeOn([rogue, ...members], members);
}

/** The next Commit of another cannot be read by this terminal, so that it has to come back into the group. */
function lose(person: Deceived): void {
  let isBroken = false;
  person.server.onEvent("call.committed", (commit) => {
    if (isBroken) return [commit];
    isBroken = true;
    return [{ ...commit, commit: randomBytes(300) }];
  });
}

const refusalsOf = ({ terminal }: Headless): readonly Omit<GroupRefusal, "userId">[] =>
  (terminal.state.call?.refusals ?? []).map(({ userId: _userId, ...refusal }) => refusal);

const digestOf = async (groupInfo: Bytes): Promise<{ readonly digest: Bytes }> => ({
  digest: (await groupInfoDigest(groupInfo))!,
});

type Given = NonNullable<Rogue["tellGroup"]>;

/** What is given, and what the one who gets it finds; `signed`: the giver's own signature is on it. */
const falsities: readonly [string, Omit<GroupRefusal, "userId" | "what">, (past: Bytes) => Given][] = [
  [
    "that is garbage",
    { code: "mls.refused", signed: false },
    () => async () => ({ groupInfo: randomBytes(300), digest: randomBytes(32) }),
  ],
  [
    "of an epoch that has passed",
    { code: "mls.staleEpoch", signed: false },
    (past) => async () => ({ groupInfo: past, ...(await digestOf(past)) }),
  ],
  [
    "with a false signature",
    { code: "mls.refused", signed: false },
    () => async (group) => {
      const groupInfo = altered(await group.groupInfo());
      return { groupInfo, ...(await digestOf(groupInfo)) };
    },
  ],
  [
    "that is not of what its giver says",
    { code: "mls.refused", signed: true },
    () => async (group) => ({ groupInfo: await group.groupInfo(), digest: randomBytes(32) }),
  ],
];

for (const [index, [name, found, given]] of falsities.entries()) {
  test(`a GroupInfo ${name}: its giver is named, and another member brings the terminal back`, async () => {
    const rogue = await scene.rogue(`rogue${index}`);
    const [ben, cleo, dan] = await scene.people(`ben${index}`, `cleo${index}`, `dan${index}`);
    const past = new Promise<Bytes>((resolve) => {
      rogue.tellGroup = async (group) => {
        const groupInfo = await group.groupInfo();
        resolve(groupInfo);
        return { groupInfo, ...(await digestOf(groupInfo)) };
      };
    });
    await callOf(rogue, ben, cleo, dan);
    // Somebody asks while dan is in the group.
    ben.server.send("call.groupInfo", { callId: ben.terminal.state.call!.callId });
    rogue.tellGroup = given(await past);
    lose(cleo);
    await dan.terminal.leave();
    await agreeOn([rogue, ben, cleo], [ben, cleo]);
    assert.deepEqual(cleo.terminal.state.call?.refusals, [
      { userId: rogue.userId, what: "groupInfo", ...found },
    ]);
    const asked = cleo.server.requests.filter(({ type }) => type === "call.rejoin");
    assert.ok(asked.length === 1 && asked[0]?.type === "call.rejoin");
    assert.equal(asked[0].body.giver, ben.userId);
    assert.ok(!cleo.server.requests.some(({ type }) => type === "call.leave"));
    assert.equal(ben.terminal.state.call?.refusals, undefined, "it is cleo's word alone");
  });
}

test("a GroupInfo whose fault nobody can see who is not in the group: its giver is put out, not who came in by it", async () => {
  const rogue = await scene.rogue("rogue-key");
  const [ben, cleo, dan, eva] = await scene.people("ben-key", "cleo-key", "dan-key", "eva-key");
  rogue.tellGroup = async (group, sign) => {
    const groupInfo = await withFalseExternalKey(await group.groupInfo(), sign);
    return { groupInfo, ...(await digestOf(groupInfo)) };
  };
  await callOf(rogue, ben, cleo, dan, eva);
  lose(cleo);
  await dan.terminal.leave();
  await agree(ben, cleo, eva);
  for (const one of [ben, cleo, eva]) {
    const { state, leaveReason } = participant(one.terminal.state, rogue.userId);
    assert.deepEqual([state, leaveReason], ["left", "badCommit"]);
    assert.ok(!one.server.requests.some(({ type }) => type === "call.leave"));
  }
  const rejoins = cleo.server.requests.filter(({ type }) => type === "call.rejoin");
  assert.equal(rejoins.length, 2, "by the false one, and by another's");
});

test("when nobody gives a GroupInfo that holds the call ends there, and says so", async () => {
  const rogue = await scene.rogue("rogue-alone");
  const [ben, cleo] = await scene.people("ben-alone", "cleo-alone");
  rogue.tellGroup = async () => ({ groupInfo: randomBytes(300), digest: randomBytes(32) });
  await callOf(rogue, ben, cleo);
  lose(ben);
  // The rogue's Commit is good; who alone cannot read it would void it by that.
  ben.server.answer("call.judgeCommit", () => ({ holds: true }));
  await cleo.terminal.leave();
  const { call } = await ben.until((state) => state.call?.phase === "ended", "that the call is left");
  assert.deepEqual(call?.end, { type: "failed", code: "call.noGroupInfo" });
  assert.deepEqual(refusalsOf(ben), [{ what: "groupInfo", code: "mls.refused", signed: false }]);
});

test("a Welcome that does not hold: its maker is named to the joiner, whom another member brings in; nobody is put out", async () => {
  const rogue = await scene.rogue("rogue-welcome");
  const [ben, cleo] = await scene.people("ben-welcome", "cleo-welcome");
  await rogue.call([ben.userId, cleo.userId]);
  await answer(ben);
  await agreeOn([rogue, ben], [ben]);
  await cleo.until(rings, "ringing");
  rogue.falsifyWelcome = () => randomBytes(400);
  await answer(cleo);
  await agreeOn([rogue, ben, cleo], [ben, cleo]);
  assert.deepEqual(cleo.terminal.state.call?.refusals, [
    { userId: rogue.userId, what: "welcome", code: "mls.badMessage", signed: false },
  ]);
  const [rejoin] = cleo.server.requests.filter(({ type }) => type === "call.rejoin");
  assert.ok(rejoin?.type === "call.rejoin");
  assert.equal(rejoin.body.giver, ben.userId);
  assert.equal(participant(ben.terminal.state, rogue.userId).state, "joined");
});

test("who says falsely that others' Welcomes and GroupInfos do not hold harms nobody", async () => {
  const [ida, jon, kim, liz] = await scene.people("ida", "jon", "kim", "liz");
  await callAll(ida, jon, kim, liz);
  const { callId } = kim.terminal.state.call!;
  for (const { userId } of [ida, jon, liz])
    kim.server.send("call.refuseGiver", { callId, giver: userId, code: "mls.refused" });
  lose(jon);
  await liz.terminal.leave();
  await agree(ida, jon, kim);
  const [rejoin] = jon.server.requests.filter(({ type }) => type === "call.rejoin");
  assert.ok(rejoin?.type === "call.rejoin");
  assert.equal(rejoin.body.giver, ida.userId, "who is asked first, as ever");
});
