/** People are brought into a running call and put out of it: signed by who does it, and held by everybody who is in it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { CallView } from "@signet/terminal";
import type { RunningServer } from "@signet/server";

import type { Headless } from "./support/headless.ts";
import { Scene, agree, answer, callAll, participant, rings } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
const scene = new Scene(() => server.origin);

before(async () => {
  server = await startTestServer({ limits: { callMembers: 4 } });
});
after(async () => {
  await scene.close();
  await server.close();
});

const isHost = ({ terminal }: Headless): boolean => terminal.state.call?.mayRemove === true;

async function over(person: Headless): Promise<CallView> {
  const { call } = await person.until((state) => state.call?.phase === "ended", "that the call is over");
  return call!;
}

test("any member brings somebody in, who is shown who invites; the host puts them out, and only an invitation leads back", async () => {
  const [ann, ben, cleo, dan] = await scene.people("ann", "ben", "cleo", "dan");
  await callAll(ann, ben);
  const before = ann.terminal.state.call!.safetyCode;
  await ben.terminal.invite([cleo.userId]);
  const { ringing } = await cleo.until(rings, "ringing");
  const [ring] = ringing;
  assert.equal(ring?.from.userId, ben.userId);
  assert.equal(ring?.from.verification.kind, "software");
  assert.equal(ring?.startedBy?.userId, ann.userId);
  assert.deepEqual(
    ring?.others.map(({ userId }) => userId),
    [ann.userId],
  );
  await answer(cleo);
  const code = await agree(ann, ben, cleo);
  assert.notEqual(code, before);
  for (const each of [ann, ben, cleo])
    assert.equal(participant(each.terminal.state, cleo.userId).invitedBy, ben.userId);
  assert.deepEqual([ann, ben, cleo].map(isHost), [true, false, false]);
  assert.equal(participant(cleo.terminal.state, ann.userId).isHost, true);

  // Who is not host removes nobody, and who comes in later sees what the others agreed on.
  await assert.rejects(cleo.terminal.remove([ben.userId]), { code: "callList.notHost" });
  await cleo.terminal.invite([dan.userId]);
  await answer(dan);
  await agree(ann, ben, cleo, dan);

  await ann.terminal.remove([cleo.userId]);
  const end = await over(cleo);
  assert.deepEqual(end.end, { type: "removed", userId: ann.userId });
  await agree(ann, ben, dan);
  for (const each of [ann, ben, dan]) {
    const { state, removedBy, stateSigned } = participant(each.terminal.state, cleo.userId);
    assert.deepEqual(
      { state, removedBy, stateSigned },
      { state: "removed", removedBy: ann.userId, stateSigned: true },
    );
  }
  // Whom she invited stays: it was not that invitation that was voided.
  assert.deepEqual(cleo.terminal.state.joinable, []);

  await dan.terminal.invite([cleo.userId]);
  await answer(cleo);
  await agree(ann, ben, cleo, dan);
  assert.equal(participant(ann.terminal.state, cleo.userId).invitedBy, dan.userId);
});

test("whoever leaves a call that somebody was brought into comes back to it, the initiator as well", async () => {
  const [oda, pit, quin] = await scene.people("oda", "pit", "quin");
  await callAll(oda, pit);
  await oda.terminal.invite([quin.userId]);
  await answer(quin);
  await agree(oda, pit, quin);
  for (const [leaver, ...others] of [
    [pit, oda, quin],
    [oda, pit, quin],
    [quin, oda, pit],
  ] as const) {
    await leaver.terminal.leave();
    await agree(...others);
    const { joinable, warnings } = await leaver.until(
      (state) => state.joinable.length > 0 || state.warnings.length > 0,
      "that it can be joined",
    );
    assert.deepEqual(warnings, []);
    await leaver.terminal.answer(joinable[0]!.callId);
    await agree(oda, pit, quin);
  }
});

test("two invitations at the same moment both count; there is room for as many as a call may have, and for no more", async () => {
  const [eva, fred, gina, hugo, ida, jon] = await scene.people("eva", "fred", "gina", "hugo", "ida", "jon");
  await callAll(eva, fred);
  await Promise.all([
    eva.terminal.invite([gina.userId, hugo.userId]),
    fred.terminal.invite([gina.userId, ida.userId]),
  ]);
  await Promise.all([gina, hugo, ida].map(answer));
  await agree(eva, fred, gina, hugo, ida);
  await assert.rejects(fred.terminal.invite([jon.userId]), { code: "call.tooManyMembers" });
  const asked = fred.server.requests.filter(({ type }) => type === "call.invite");
  assert.equal(asked.length, 1, "no touch is asked for in vain");
  // Who is named by two is out when both are voided.
  await eva.terminal.remove([gina.userId]);
  await over(gina);
  await agree(eva, fred, hugo, ida);
  await fred.terminal.invite([jon.userId]);
  await answer(jon);
  await agree(eva, fred, hugo, ida, jon);
  // Whoever cannot be brought in was not declined for that.
  await gina.terminal.call([eva.userId]);
  const { ringing } = await eva.until(rings, "ringing");
  await assert.rejects(eva.terminal.bringIn(ringing[0]!.callId), { code: "call.tooManyMembers" });
  assert.equal(eva.terminal.state.ringing[0]?.waiting, true);
  assert.equal(participant(gina.terminal.state, eva.userId).state, "ringing");
});

test("the host hands the role on; while the host is away it is with who is longest in the call", async () => {
  const [kim, liz, max, ned] = await scene.people("kim", "liz", "max", "ned");
  await callAll(kim, liz, max);
  await assert.rejects(liz.terminal.makeHost(liz.userId), { code: "callList.notHost" });
  await kim.terminal.makeHost(max.userId);
  await max.until(() => isHost(max), "that max is host");
  await kim.until(() => !isHost(kim), "that kim is not");
  await assert.rejects(kim.terminal.remove([liz.userId]), { code: "callList.notHost" });
  await max.terminal.leave();
  await agree(kim, liz);
  assert.deepEqual([kim, liz].map(isHost), [true, false]);
  // An invitation that rings is taken back like any other.
  await kim.terminal.invite([ned.userId]);
  await ned.until(rings, "ringing");
  await kim.terminal.remove([ned.userId]);
  await ned.until((state) => state.ringing.length === 0, "that it rings no more");
  await liz.until(
    ({ call }) =>
      call?.participants.some((one) => one.userId === ned.userId && one.state === "removed") === true,
    "that it is said",
  );
  await agree(kim, liz);
  // Back, and host again; the initiator can be removed like anybody.
  await max.until((state) => state.joinable.length > 0, "that the call can be joined");
  await max.terminal.answer(max.terminal.state.joinable[0]!.callId);
  await agree(kim, liz, max);
  await max.terminal.remove([kim.userId]);
  assert.deepEqual((await over(kim)).end, { type: "removed", userId: max.userId });
  await agree(liz, max);
});

test("who waits is brought into the call by one touch, and comes into it by one of theirs; their own call is over then", async () => {
  const [ruth, sam, tess] = await scene.people("ruth", "sam", "tess");
  await callAll(ruth, sam);
  await tess.terminal.call([ruth.userId]);
  const { ringing } = await ruth.until(rings, "ringing");
  assert.equal(ringing[0]?.waiting, true);
  await ruth.terminal.bringIn(ringing[0].callId);
  assert.equal(ruth.terminal.state.ringing.length, 0);
  await answer(tess);
  await agree(ruth, sam, tess);
  assert.equal(participant(sam.terminal.state, tess.userId).invitedBy, ruth.userId);
});
