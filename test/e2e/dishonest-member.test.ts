/** A member who changes the group against its rules is put out and named; all others stay in the call, in their epoch. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createLeafKey } from "@signet/e2ee";
import type { Bytes, UserId } from "@signet/protocol";

import { altered, entryFor, forgeJoiner, newDevice, randomBytes } from "./support/forgery.ts";
import type { Headless } from "./support/headless.ts";
import type { Rogue } from "./support/rogue.ts";
import { agree, answer, participant, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

/** A call of the rogue, who is its committer, with these in it; the others are invited and have not answered yet. */
async function callOf(
  rogue: Rogue,
  members: readonly Deceived[],
  others: readonly Deceived[],
): Promise<number> {
  await rogue.call([...members, ...others].map(({ userId }) => userId));
  for (const member of members) {
    await answer(member);
    await together(rogue, ...members.slice(0, members.indexOf(member) + 1));
  }
  await Promise.all(others.map((one) => one.until(rings, "ringing")));
  return members[0]!.terminal.state.call!.epoch!;
}

/** Each of them sees the rogue and all the others in the group. */
async function together(rogue: Rogue, ...members: readonly Headless[]): Promise<void> {
  const everybody = [rogue.userId, ...members.map(({ userId }) => userId)];
  const isThere = ({ call }: Headless["terminal"]["state"]) =>
    call?.phase === "active" &&
    everybody.every((userId) =>
      call.participants.some((one) => one.userId === userId && one.state === "joined"),
    );
  await Promise.all(members.map((member) => member.until(isThere, "that all are in the group")));
}

const isOut = (rogue: Rogue, { terminal }: Headless): boolean => {
  const { state, leaveReason } = participant(terminal.state, rogue.userId);
  return state === "left" && leaveReason === "badCommit";
};

/** These see the rogue put out, for this reason of their own, and never left their epoch on another way than by a Commit. */
async function putOut(rogue: Rogue, code: string, ...people: readonly Deceived[]): Promise<void> {
  for (const person of people) {
    await person.until(() => isOut(rogue, person), "that the rogue is out");
    const said = person.server.requests.find(({ type }) => type === "call.judgeCommit");
    assert.ok(said?.type === "call.judgeCommit");
    assert.equal(said.body.code, code);
    assert.ok(!person.server.requests.some(({ type }) => type === "call.rejoin" || type === "call.leave"));
  }
}

type Misdeed = (
  rogue: Rogue,
  victims: { readonly eva: Deceived; readonly fred: Deceived; readonly gina: Deceived },
) => Promise<void> | void;

/** What the others find, and whether whoever was let in by it comes into their group after all, without a touch. */
const misdeeds: readonly [string, string, "joinerLeaves" | "joinerStays", Misdeed][] = [
  [
    "that lets an uninvited person in",
    "call.notInvited",
    "joinerLeaves",
    async (rogue) => {
      const device = await newDevice();
      const userId = "mallory" as UserId;
      const entry = await entryFor(device, userId, scene.origin);
      const joiner = await forgeJoiner({ userId, device, entry, callProof: rogue.callProof! });
      rogue.smuggle = [joiner.keyPackage];
    },
  ],
  [
    "that lets somebody in under an invited person's name, with another key",
    "history.deviceUnknown",
    "joinerLeaves",
    async (rogue, { gina }) => {
      const device = await newDevice();
      const { userId } = gina;
      const entry = await entryFor(device, userId, scene.origin);
      rogue.smuggle = [
        (await forgeJoiner({ userId, device, entry, callProof: rogue.callProof! })).keyPackage,
      ];
    },
  ],
  [
    "that lets an invited person in who is not asking to come in",
    "mls.unasked",
    "joinerStays",
    async (rogue, { fred, gina }) => {
      const [found] = await fred.terminal.lookup([gina.userId]);
      const joiner = await forgeJoiner({
        userId: gina.userId,
        device: gina.device,
        entry: found!.entry!,
        callProof: rogue.callProof!,
      });
      rogue.smuggle = [joiner.keyPackage];
    },
  ],
  [
    "that lets somebody in whom the host has removed",
    "callList.removed",
    "joinerLeaves",
    async (rogue, { eva, fred, gina }) => {
      const { epoch } = eva.terminal.state.call!;
      await rogue.remove([gina.userId]);
      await Promise.all(
        [eva, fred].map((one) =>
          one.until(
            (state) =>
              participant(state, gina.userId).state === "removed" && state.call?.epoch === epoch! + 1,
            "that all hold the removal",
          ),
        ),
      );
      const [found] = await fred.terminal.lookup([gina.userId]);
      const joiner = await forgeJoiner({
        userId: gina.userId,
        device: gina.device,
        entry: found!.entry!,
        callProof: rogue.callProof!,
      });
      rogue.smuggle = [joiner.keyPackage];
    },
  ],
  [
    "with a leaf that has the key of one proof and the credential of another",
    "proof.leafKey",
    "joinerLeaves",
    async (rogue, { fred, gina }) => {
      const [found] = await fred.terminal.lookup([gina.userId]);
      const joiner = await forgeJoiner({
        userId: gina.userId,
        device: gina.device,
        entry: found!.entry!,
        callProof: rogue.callProof!,
        packageKey: await createLeafKey(),
      });
      rogue.smuggle = [joiner.keyPackage];
    },
  ],
  [
    "that removes somebody whom nobody asked to remove",
    "mls.unasked",
    "joinerStays",
    (rogue, { fred }) => {
      rogue.throwOut = [fred.userId];
    },
  ],
  [
    "with a false signature",
    "mls.refused",
    "joinerStays",
    (rogue) => {
      rogue.falsify = (commit: Bytes) => altered(commit);
    },
  ],
  [
    "that is garbage",
    "mls.badMessage",
    "joinerStays",
    (rogue) => {
      rogue.falsify = () => randomBytes(300);
    },
  ],
];

for (const [index, [name, code, joiner, misdeed]] of misdeeds.entries()) {
  test(`a Commit ${name}: its sender is put out, the others stay`, async () => {
    const rogue = await scene.rogue(`rogue${index}`);
    const [eva, fred, gina, hugo] = await scene.people(
      `eva${index}`,
      `fred${index}`,
      `gina${index}`,
      `hugo${index}`,
    );
    await callOf(rogue, [eva, fred], [gina, hugo]);
    await misdeed(rogue, { eva, fred, gina });
    const { epoch } = eva.terminal.state.call!;
    await answer(hugo);
    await putOut(rogue, code, eva, fred);
    if (joiner === "joinerStays") await agree(eva, fred, hugo);
    else {
      const { call } = await hugo.until((state) => state.call?.phase === "ended", "that the joiner left");
      assert.equal(call?.end?.type === "failed" && call.end.code, "call.rejectedMember");
      await agree(eva, fred);
    }
    // The others removed the rogue in the very epoch of its Commit, and nobody else.
    const first = eva.server.requests.find(({ type }) => type === "call.commit");
    assert.ok(first?.type === "call.commit");
    assert.deepEqual([first.body.epoch, first.body.removed], [epoch, [rogue.userId]]);
  });
}

test("a Commit that keeps somebody in who left: its sender is put out, and who left is removed", async () => {
  const rogue = await scene.rogue("rogue-keeper");
  const [ida, jon, kim] = await scene.people("ida", "jon", "kim");
  await callOf(rogue, [ida, jon, kim], []);
  rogue.keepIn = [kim.userId];
  await kim.terminal.leave();
  await putOut(rogue, "mls.unasked", ida, jon);
  await agree(ida, jon);
});

test("a false external Commit puts out who sent it", async () => {
  const rogue = await scene.rogue("rogue-outside");
  const [liz, max] = await scene.people("liz", "max");
  const epoch = await callOf(rogue, [liz, max], []);
  await rogue.rejoin(randomBytes(300), epoch);
  await putOut(rogue, "mls.badMessage", liz, max);
  await agree(liz, max);
});

test("of two, the honest one goes on and lets the third in", async () => {
  const rogue = await scene.rogue("rogue-of-two");
  const [ned, oda] = await scene.people("ned", "oda");
  await callOf(rogue, [ned], [oda]);
  rogue.falsify = (commit) => altered(commit);
  await answer(oda);
  await putOut(rogue, "mls.refused", ned);
  await agree(ned, oda);
});

test("who says falsely that a Commit does not hold is alone with it, and the others go on", async () => {
  const [pia, quin, rob, sue] = await scene.people("pia", "quin", "rob", "sue");
  await pia.terminal.call([quin.userId, rob.userId, sue.userId]);
  await Promise.all([quin, rob].map(answer));
  await agree(pia, quin, rob);
  // As a dishonest terminal would: it follows the Commit and says that it does not.
  quin.server.onEvent("call.committed", (committed) => {
    const { callId } = committed;
    quin.server.send("call.judgeCommit", { callId, number: committed.number, code: "mls.refused" });
    return [committed];
  });
  await answer(sue);
  await agree(pia, quin, rob, sue);
  assert.equal(participant(rob.terminal.state, pia.userId).state, "joined");
  const asked = rob.server.requests.filter(({ type }) => type === "call.judgeCommit");
  assert.ok(
    asked.every(({ body }) => !("code" in body)) && asked.length === 1,
    "rob was asked, and followed it",
  );
});
