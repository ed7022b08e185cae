/** A Commit of another that does not hold, as a terminal meets it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  call,
  member,
  people,
  commitOf,
  committed,
  needed,
  welcome,
  advanced,
  synced,
  event,
  run,
  types,
  joining,
  active,
  failed,
  judged,
} from "./call-member-world.ts";

test("what is refused here is told, and nothing else is done until the others have said what became of it", () => {
  const disputing = run(active, committed(1), failed);
  assert.deepEqual(disputing.effects, [{ type: "sendVerdict", number: 2, code: "mls.badMessage" }]);
  assert.deepEqual(types(run(disputing, needed(1, 5))), []);
  assert.deepEqual(types(run(disputing, committed(2))), []);
  assert.deepEqual(types(run(disputing, { type: "verdictTaken", number: 2, holds: undefined })), []);
  assert.deepEqual(types(run(disputing, judged(1, true))), [], "of another Commit");
  const lost = run(disputing, { type: "verdictFailed", number: 2, code: "connection.lost" });
  assert.deepEqual(types(lost), []);
  const back = run(lost, { type: "disconnected" }, { type: "connected" });
  assert.deepEqual(back.effects, disputing.effects, "told again");
  for (const upheld of [
    judged(2, true),
    { type: "verdictTaken", number: 2, holds: true },
    { type: "verdictFailed", number: 2, code: "call.notMember" },
    { type: "verdictOverdue", number: 2 },
  ] as const)
    assert.deepEqual(types(run(disputing, upheld)), ["rejoin"]);
});

test("who alone cannot read a Commit that the others follow comes in anew; what breaks a rule ends the call here", () => {
  for (const [code, follows] of [
    ["mls.badMessage", ["rejoin"]],
    ["mls.futureEpoch", ["rejoin"]],
    ["mls.unreadable", ["rejoin"]],
    ["mls.refused", ["sendLeave"]],
  ] as const) {
    const refused = run(active, committed(1), { type: "operationFailed", code });
    assert.deepEqual(types(run(refused, judged(2, true))).slice(0, 1), follows, code);
  }
});

test("voided, the own epoch goes on: another Commit may end it, and a task for it is done", () => {
  for (const voided of [judged(2, false, 3), { type: "verdictTaken", number: 2, holds: false } as const]) {
    const waiting = run(active, committed(1, "bad"), committed(2, "on top", 3), failed, voided);
    assert.equal(waiting.state.epoch, 1);
    assert.equal(waiting.state.dispute, undefined);
    const idle = waiting.state.syncing ? run(waiting, synced(1, [])) : waiting;
    assert.deepEqual(run(idle, committed(1, "good", 4)).effects, [
      { type: "process", committed: commitOf(1, "good", 4) },
    ]);
    assert.deepEqual(types(run(idle, needed(1, 5))), ["makeCommit"]);
  }
});

test("voided before it was processed here, or while it was", () => {
  const early = run(run(active, { type: "disconnected" }), committed(2, "later", 3), judged(2, false, 3));
  assert.equal(early.state.inbox.size, 0);
  const processing = run(active, committed(1, "bad"), judged(2, false));
  assert.deepEqual(types(run(processing, failed)), [], "nothing to dispute");
  const followed = run(processing, advanced(2));
  assert.deepEqual(followed.effects, [{ type: "rejoin", leastEpoch: 2, isAwaited: true }], "it led astray");
});

test("who followed what is voided comes in again, in a later epoch than the own, and follows from there", () => {
  const astray = run(active, committed(1), advanced(2), judged(2, false));
  assert.deepEqual(astray.effects, [{ type: "rejoin", leastEpoch: 2, isAwaited: true }]);
  const back = run(astray, { type: "advanced", epoch: 3, number: 4 });
  assert.deepEqual([back.state.epoch, back.state.number, back.state.strayed], [3, 4, undefined]);
  assert.deepEqual(types(run(back, committed(3, "next", 5))), ["process"]);
  const away = run(
    active,
    { type: "connected" },
    {
      type: "synced",
      reply: { epoch: 1, commits: [], members: people, strayed: true },
    },
  );
  assert.deepEqual(
    away.effects,
    [{ type: "rejoin", leastEpoch: 1, isAwaited: true }],
    "as the server says after an absence",
  );
  const joined = run(joining, welcome(1), judged(1, false), advanced(1));
  assert.deepEqual(joined.effects, [{ type: "rejoin", leastEpoch: 1, isAwaited: true }], "came in by it");
});

test("asked for its word on a Commit, a terminal gives it when it has followed it", () => {
  const asked = event("call.commitDisputed", { callId: call, epoch: 1, number: 2 });
  assert.deepEqual(types(run(active, asked)), []);
  const followed = run(active, asked, committed(1), advanced(2));
  assert.deepEqual(followed.effects, [{ type: "sendVerdict", number: 2 }]);
  assert.deepEqual(run(active, committed(1), advanced(2), asked).effects, [
    { type: "sendVerdict", number: 2 },
  ]);
  assert.deepEqual(types(run(followed, committed(2), advanced(3))), [], "once");
});

test("put out by the others: the call is over here", () => {
  const out = run(
    active,
    event("call.member", { callId: call, member: member("bob", "left"), reason: "badCommit" }),
  );
  assert.deepEqual(out.state.end, { type: "failed", code: "call.putOut" });
});

test("a check that could not be made, since the server could not be asked, is no refusal: the terminal comes in again, and so often", () => {
  for (const [code, rejoin] of [
    ["connection.lost", "whenConnected"],
    ["connection.timeout", undefined],
  ] as const) {
    const tried = run(active, committed(1), { type: "operationFailed", code });
    assert.deepEqual([tried.state.dispute, tried.state.rejoin], [undefined, rejoin]);
    assert.ok(!tried.effects.some(({ type }) => type === "sendVerdict"));
    assert.equal(
      tried.effects.some(({ type }) => type === "rejoin"),
      rejoin === undefined,
    );
    const last = { ...run(active, committed(1)), state: { ...run(active, committed(1)).state, rejoins: 3 } };
    const over = run(last, { type: "operationFailed", code });
    assert.deepEqual(over.state.end, { type: "failed", code });
  }
});
