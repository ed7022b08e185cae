/** Group messages that a dishonest server alters, repeats, reorders, keeps back or makes up: the call goes on, or is left. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { EventBody } from "@signet/protocol";

import { altered, randomBytes } from "./support/forgery.ts";
import { agree, agreeOn, answer, callAll, participant, sceneWithServer } from "./support/scene.ts";

type Committed = EventBody<"call.committed">;

const scene = sceneWithServer();

test("Commits that come in the wrong order, and again and again, change nothing", async () => {
  const [ann, ben, cleo, dan] = await scene.people("ann", "ben", "cleo", "dan");
  await ann.terminal.call([ben.userId, cleo.userId, dan.userId]);
  await answer(ben);
  await agree(ann, ben);
  const seen: Committed[] = [];
  ben.server.onEvent("call.committed", (commit) => {
    seen.push(commit);
    // The first one waits for the second and comes after it; both come three times.
    return seen.length === 2 ? [...seen.toReversed(), ...seen, ...seen] : [];
  });
  await answer(cleo);
  await agreeOn([ann, ben, cleo], [ann, cleo]);
  await answer(dan);
  const code = await agree(ann, ben, cleo, dan);
  assert.equal(seen.length, 2);
  for (const commit of seen) ben.server.inject({ type: "call.committed", body: commit });
  assert.equal(await agree(ann, ben, cleo, dan), code);
});

test("a Commit that is kept back is asked for", async () => {
  const [eva, fred, gina, hugo] = await scene.people("eva", "fred", "gina", "hugo");
  await callAll(eva, fred, gina, hugo);
  let dropped = 0;
  fred.server.onEvent("call.committed", (commit) => (dropped++ === 0 ? [] : [commit]));
  await hugo.terminal.leave();
  await agreeOn([eva, fred, gina], [eva, gina]);
  assert.equal(
    participant(fred.terminal.state, hugo.userId).state,
    "joined",
    "who holds the key as fred knows it",
  );
  await gina.terminal.leave();
  await agree(eva, fred);
  assert.ok(fred.server.requests.some(({ type }) => type === "call.sync"));
});

test("a second Commit for an epoch does not replace the first", async () => {
  const [ida, jon, kim, liz] = await scene.people("ida", "jon", "kim", "liz");
  await callAll(ida, jon, kim, liz);
  jon.server.onEvent("call.committed", (commit) => [
    commit,
    { ...commit, commit: altered(commit.commit) },
    { ...commit, commit: randomBytes(200) },
  ]);
  await liz.terminal.leave();
  await agree(ida, jon, kim);
  await kim.terminal.leave();
  await agree(ida, jon);
});

test("a terminal that cannot read a Commit comes back by an external Commit of its own, and all agree again", async () => {
  const [max, ned, oda, pia] = await scene.people("max", "ned", "oda", "pia");
  await callAll(max, ned, oda, pia);
  let broken = false;
  ned.server.onEvent("call.committed", (commit) => {
    if (broken) return [commit];
    broken = true;
    return [{ ...commit, commit: randomBytes(300) }];
  });
  await pia.terminal.leave();
  const code = await agree(max, ned, oda);
  const rejoin = ned.server.requests.filter(({ type }) => type === "call.rejoin");
  assert.equal(rejoin.length, 1, "by itself, once");
  await oda.terminal.leave();
  assert.notEqual(await agree(max, ned), code, "the call goes on");
});

test("coming back into an epoch that has passed is refused: somebody who was removed could be in it", async () => {
  const [quin, rob, sue, tom] = await scene.people("quin", "rob", "sue", "tom");
  await callAll(quin, rob, sue, tom);
  // What the server keeps of an epoch with tom in it.
  const { callId, epoch } = quin.terminal.state.call!;
  const offered = quin.server.next("call.offerGroupInfo");
  quin.server.inject({ type: "call.groupInfoNeeded", body: { callId, epoch: epoch! } });
  const { groupInfo, digest } = await offered;
  const given = { type: "given" as const, epoch: epoch!, groupInfo, by: quin.userId, digest };
  rob.server.answer("call.groupInfo", () => given);
  rob.server.onEvent("call.committed", (commit) => [{ ...commit, commit: randomBytes(300) }]);
  await tom.terminal.leave();
  const { call } = await rob.until((state) => state.call?.phase === "ended", "that the call is left");
  assert.deepEqual(call?.end, { type: "failed", code: "call.noGroupInfo" });
  const refused = { userId: quin.userId, what: "groupInfo", code: "mls.staleEpoch", signed: true };
  assert.deepEqual(call?.refusals, [refused], "said once");
  assert.ok(!rob.server.requests.some(({ type }) => type === "call.rejoin"));
});

test("a Commit with a false signature is left alone, and so is the call", async () => {
  const [una, vic, wes, xia] = await scene.people("una", "vic", "wes", "xia");
  await callAll(una, vic, wes, xia);
  vic.server.onEvent("call.committed", (commit) => [{ ...commit, commit: altered(commit.commit) }]);
  await xia.terminal.leave();
  const { call } = await vic.until((state) => state.call?.phase === "ended", "that the call is left");
  assert.equal(call?.end?.type, "failed");
  await agree(una, wes);
});

test("a Welcome for another, or garbage in its place, opens nothing: the joiner comes in by another member", async () => {
  const [yan, zoe, abe, bea] = await scene.people("yan", "zoe", "abe", "bea");
  await yan.terminal.call([zoe.userId, abe.userId, bea.userId]);
  let other: EventBody<"call.welcome"> | undefined;
  zoe.server.onEvent("call.welcome", (welcome) => {
    other = welcome;
    return [welcome, welcome];
  });
  await answer(zoe);
  const code = await agree(yan, zoe);
  zoe.server.inject({ type: "call.welcome", body: other! });
  abe.server.onEvent("call.welcome", (welcome) => [{ ...welcome, welcome: other!.welcome }]);
  bea.server.onEvent("call.welcome", (welcome) => [{ ...welcome, welcome: randomBytes(400) }]);
  await answer(abe);
  await agree(yan, zoe, abe);
  await answer(bea);
  assert.notEqual(await agree(yan, zoe, abe, bea), code);
  for (const [joiner, found] of [[abe, "mls.refused"] as const, [bea, "mls.badMessage"] as const]) {
    assert.deepEqual(joiner.terminal.state.call?.refusals, [
      { userId: yan.userId, what: "welcome", code: found, signed: false },
    ]);
    const [rejoin] = joiner.server.requests.filter(({ type }) => type === "call.rejoin");
    assert.ok(rejoin?.type === "call.rejoin");
    assert.equal(rejoin.body.giver, zoe.userId);
  }
});

test("where nobody else could bring them in, a joiner whose Welcome is garbage leaves and is told whose it was", async () => {
  const [cas, dot] = await scene.people("cas", "dot");
  await cas.terminal.call([dot.userId]);
  dot.server.onEvent("call.welcome", (welcome) => [{ ...welcome, welcome: randomBytes(400) }]);
  await answer(dot);
  const { call } = await dot.until((state) => state.call?.phase === "ended", "that garbage is refused");
  assert.deepEqual(call?.end, { type: "failed", code: "mls.badMessage", userId: "cas" });
  assert.equal(call.safetyCode, undefined);
});
