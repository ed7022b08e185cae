/** Coming into the group by an external Commit, as a terminal does it: after a Commit that it cannot read, and after a false Welcome. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallMemberInput, ErrorCode } from "@signet/protocol";

import { userId } from "../fixtures.ts";
import {
  active,
  advanced,
  committed,
  failed,
  joining,
  judged,
  run,
  types,
  welcome,
} from "./call-member-world.ts";

const awaited = (forMs: number, giver?: string): CallMemberInput => ({
  type: "groupInfoAwaited",
  forMs,
  ...(giver === undefined ? {} : { giver: userId(giver) }),
});
const refused = (giver: string, code: ErrorCode = "mls.refused"): CallMemberInput => ({
  type: "giverRefused",
  giver: userId(giver),
  code,
});
const operationFailed = (code: ErrorCode): CallMemberInput => ({ type: "operationFailed", code });

const rejoining = run(active, committed(1), failed, judged(2, true));
const again = { type: "rejoin", leastEpoch: 2, isAwaited: false } as const;
/** After a Welcome that does not hold. */
const unwelcome = run(joining, welcome(1), failed);
const first = { type: "rejoin", leastEpoch: 1, isAwaited: false, isFirst: true } as const;

test("a rejoin waits for another's GroupInfo, asks again and again, and after 7.5 s counts as one that failed", () => {
  for (const forMs of [0, 300, 7_499])
    assert.deepEqual(run(rejoining, awaited(forMs)).effects, [{ ...again, afterMs: 250 }]);
  const second = run(rejoining, awaited(7_500));
  assert.deepEqual(second.effects, [again], "the next rejoin begins, with a time of its own");
  assert.deepEqual(run(second, awaited(100)).effects, [{ ...again, afterMs: 250 }]);
  const ended = run(second, awaited(7_500), awaited(7_500));
  assert.deepEqual(ended.state.end, { type: "failed", code: "call.noGroupInfo" });
  const lost = run(rejoining, awaited(100), operationFailed("connection.lost"));
  assert.deepEqual(types(run(lost, { type: "disconnected" }, { type: "connected" })), ["rejoin"]);
  assert.deepEqual(run(active, awaited(100)).effects, [], "nothing waits");
});

test("who was asked and gave none in 7.5 s is passed over, and somebody else asked", () => {
  assert.deepEqual(types(run(rejoining, awaited(7_499, "cyd"))), ["rejoin"]);
  const second = run(rejoining, awaited(7_500, "cyd"));
  assert.deepEqual(second.effects, [
    { type: "sendGiverRefusal", giver: "cyd", code: "connection.timeout" },
    again,
  ]);
  assert.deepEqual(types(run(second, awaited(7_500, "cyd"))), ["rejoin"], "told once");
  assert.deepEqual(types(run(rejoining, awaited(7_500, "mal"))), ["rejoin"], "nobody of this call");
});

test("a rejoin that lost a race is tried again; without connection it waits", () => {
  assert.deepEqual(types(run(rejoining, operationFailed("delivery.epochTaken"))), ["rejoin"]);
  const silent = operationFailed("connection.timeout");
  assert.deepEqual(types(run(rejoining, silent, silent)), ["rejoin"]);
  assert.deepEqual(types(run(rejoining, silent, silent, silent)), ["sendLeave", "ended"]);
  const lost = run(rejoining, operationFailed("connection.lost"));
  assert.deepEqual(types(lost), []);
  assert.deepEqual(types(run(lost, { type: "disconnected" }, { type: "connected" })), ["rejoin"]);
});

test("whose GroupInfo does not hold is named, and another's is asked for at once; it takes none of the three rejoins", () => {
  const next = run(rejoining, refused("cyd"));
  assert.deepEqual(next.effects, [{ type: "sendGiverRefusal", giver: "cyd", code: "mls.refused" }, again]);
  assert.equal(next.state.rejoins, 1);
  const holds = run(next, advanced(3));
  assert.equal(holds.state.phase, "active");
  assert.equal(holds.state.end, undefined);
  assert.deepEqual(run(active, refused("cyd")).effects, [], "nothing waits");
});

test("the refusals are told again with a connection in place of one that was lost, while the rejoin goes on", () => {
  const lost = run(rejoining, refused("cyd"), operationFailed("connection.lost"), { type: "disconnected" });
  assert.deepEqual(run(lost, { type: "connected" }).effects, [
    { type: "sendGiverRefusal", giver: "cyd", code: "mls.refused" },
    again,
  ]);
  const done = run(rejoining, refused("cyd"), advanced(3), { type: "disconnected" });
  assert.deepEqual(types(run(done, { type: "connected" })), ["sendSync"]);
});

test("the call ends here when nobody is left to be asked, and when somebody is named again or is not of this call", () => {
  const ends = [
    run(rejoining, refused("cyd"), operationFailed("call.noGroupInfo")),
    run(rejoining, refused("cyd"), refused("cyd")),
    run(rejoining, refused("mal")),
  ];
  for (const ended of ends) {
    assert.deepEqual(types(ended), ["sendLeave", "ended"]);
    assert.deepEqual(ended.state.end, { type: "failed", code: "call.noGroupInfo" });
  }
  // A proof that failed says more.
  const telling = run(rejoining, refused("cyd", "call.broughtBack"), operationFailed("call.noGroupInfo"));
  assert.deepEqual(telling.state.end, { type: "failed", code: "call.broughtBack" });
});

test("a GroupInfo that does not hold and that the server names nobody for ends the call here, with its code", () => {
  const ended = run(rejoining, operationFailed("mls.staleEpoch"));
  assert.deepEqual(ended.state.end, { type: "failed", code: "mls.staleEpoch" });
});

test("whose Welcome does not hold is named, and another member's GroupInfo leads into the group", () => {
  assert.deepEqual(unwelcome.effects, [
    { type: "sendGiverRefusal", giver: "ada", code: "mls.badMessage" },
    first,
  ]);
  assert.equal(unwelcome.state.phase, "joining");
  assert.deepEqual(types(run(unwelcome, welcome(1))), [], "the same Welcome, sent again");
  const inGroup = run(unwelcome, { type: "advanced", epoch: 2, number: 2 });
  assert.deepEqual([inGroup.state.phase, inGroup.state.epoch, inGroup.state.number], ["active", 2, 2]);
  assert.deepEqual(types(run(inGroup, committed(2, "next", 3))), ["process"]);
});

test("another Welcome is opened, whatever became of the first; without a connection the rejoin waits", () => {
  const lost = run(unwelcome, operationFailed("connection.lost"), { type: "disconnected" });
  assert.deepEqual(types(run(lost, welcome(1))), []);
  assert.deepEqual(types(run(lost, welcome(2))), ["joinGroup"]);
  assert.deepEqual(types(run(lost, { type: "connected" })), ["sendJoin", "sendGiverRefusal", "rejoin"]);
});

test("where nothing leads into the group, the call ends with what was wrong with the Welcome, and whose it was", () => {
  const end = { type: "failed", code: "mls.badMessage", by: "ada" } as const;
  assert.deepEqual(run(unwelcome, operationFailed("call.noGroupInfo")).state.end, end);
  assert.deepEqual(run(unwelcome, refused("cyd"), refused("cyd")).state.end, end);
  assert.deepEqual(run(unwelcome, awaited(7_500), awaited(7_500), awaited(7_500)).state.end, end);
  const lost = run(joining, welcome(1), operationFailed("connection.lost"));
  assert.deepEqual(
    lost.state.end,
    { ...end, code: "connection.lost" },
    "who could not ask learns nothing of it",
  );
});

test("where the Commit of the Welcome is void, nothing leads into the group: before it was opened, and after", () => {
  const end = { type: "failed", code: "mls.badMessage", by: "ada" } as const;
  assert.deepEqual(run(unwelcome, judged(1, false)).state.end, end);
  assert.deepEqual(run(joining, welcome(1), judged(1, false), failed).state.end, end);
  assert.equal(run(unwelcome, judged(2, false)).state.end, undefined, "a later one");
});
