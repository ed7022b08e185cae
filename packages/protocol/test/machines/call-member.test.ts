import assert from "node:assert/strict";
import { test } from "node:test";

import { mostPeople, startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type { CallMemberInput } from "@signet/protocol";

import { bytes, from, userId } from "../fixtures.ts";
import {
  accepted,
  call,
  member,
  people,
  commitOf,
  committed,
  needed,
  welcome,
  advanced,
  made,
  refused,
  synced,
  event,
  run,
  types,
  initiator,
  joining,
  active,
  failed,
  judged,
} from "./call-member-world.ts";

test("the initiator is active from the reply on", () => {
  assert.deepEqual(types(startInitiator(call, from("ada"))), ["sendRequest"]);
  assert.equal(initiator.state.phase, "active");
  assert.equal(initiator.state.epoch, 0);
});

test("a member is active from the group on, and opens one Welcome only", () => {
  assert.deepEqual(types(startMember(call, from("bob"), people)), ["sendJoin"]);
  const opening = run(joining, welcome(1));
  assert.deepEqual(opening.effects, [{ type: "joinGroup", welcome: bytes("welcome"), by: userId("ada") }]);
  assert.deepEqual(types(run(opening, welcome(1))), []);
  assert.deepEqual(types(run(opening, welcome(1), advanced(1), welcome(1))), []);
  assert.equal(active.state.phase, "active");
  assert.equal(active.state.epoch, 1);
});

test("Commits that came before the group wait for it", () => {
  const opening = run(joining, welcome(3), committed(3), committed(4));
  assert.deepEqual(types(opening), []);
  const first = run(opening, advanced(3));
  assert.deepEqual(first.effects, [{ type: "process", committed: commitOf(3) }]);
  assert.deepEqual(run(first, advanced(4)).effects, [{ type: "process", committed: commitOf(4) }]);
});

test("of two Commits for one epoch the first one stands", () => {
  const opening = run(joining, welcome(3), committed(3), committed(3, "another"));
  assert.deepEqual(run(opening, advanced(3)).effects, [{ type: "process", committed: commitOf(3) }]);
});

test("asked to commit: makes it, sends it with the number of the task, adopts it when it was accepted", () => {
  const making = run(initiator, needed(0, 7));
  assert.deepEqual(types(making), ["makeCommit"]);
  const sent = run(making, { type: "commitMade", made: made(0) });
  assert.deepEqual(sent.effects, [{ type: "sendCommit", made: { ...made(0), task: 7 } }]);
  const adopting = run(sent, accepted(1));
  assert.deepEqual(types(adopting), ["adopt"]);
  const done = run(adopting, advanced(1));
  assert.deepEqual(types(done), []);
  assert.equal(done.state.epoch, 1);
});

test("a task that comes while another is made is done after it", () => {
  const making = run(initiator, needed(0, 1));
  const sent = run(making, needed(0, 2), { type: "commitMade", made: made(0) });
  assert.deepEqual(sent.effects, [{ type: "sendCommit", made: { ...made(0), task: 1 } }]);
  assert.deepEqual(types(run(sent, refused("delivery.notAdmitted"))), ["drop", "makeCommit"]);
  const skipped = run(making, needed(0, 2), { type: "commitSkipped" });
  assert.deepEqual(types(skipped), ["makeCommit"]);
});

test("an own Commit that lost the race is dropped when the one that won was processed, or it is refused", () => {
  const sent = run(initiator, needed(0, 1), { type: "commitMade", made: made(0) });
  const lost = run(sent, committed(0));
  assert.deepEqual(types(lost), ["process"]);
  assert.deepEqual(types(run(lost, advanced(1))), ["drop"]);
  const refusedFirst = run(lost, refused("delivery.epochTaken"));
  assert.deepEqual(types(refusedFirst), ["drop"]);
  assert.deepEqual(types(run(refusedFirst, advanced(1))), []);
  const making = run(initiator, needed(0, 1), committed(0));
  assert.deepEqual(types(making), []);
  assert.deepEqual(types(run(making, { type: "commitMade", made: made(0) })), ["drop", "process"]);
});

test("the answer to a Commit that lost the race says nothing of the next one, which is on its way by then", () => {
  const lost = run(initiator, needed(0, 1), { type: "commitMade", made: made(0, "first") }, committed(0));
  const sent = run(lost, needed(1, 2), advanced(1), { type: "commitMade", made: made(1, "second") });
  assert.deepEqual(types(sent), ["sendCommit"]);
  const late: readonly CallMemberInput[] = [
    refused("delivery.epochTaken", "first"),
    refused("connection.timeout", "first"),
    accepted(1, "first"),
  ];
  for (const answer of late) {
    const heard = run(sent, answer);
    assert.deepEqual(types(heard), [], answer.type);
    const adopting = run(heard, accepted(2, "second"));
    assert.deepEqual(types(adopting), ["adopt"], answer.type);
    assert.deepEqual(types(run(adopting, answer)), [], answer.type);
  }
});

test("an own Commit that lost to one that is voided may be taken yet: it is held until then", () => {
  const sent = run(initiator, needed(0, 1), { type: "commitMade", made: made(0) });
  const disputed = run(sent, committed(0), failed);
  assert.deepEqual(types(disputed), ["sendVerdict"]);
  assert.deepEqual(types(run(disputed, judged(1, false), accepted(2))), ["adopt"]);
  // While the other one is looked at, or disputed: a sync tells afterwards.
  const processing = run(sent, committed(0), judged(1, false), accepted(2));
  for (const freed of [run(processing, failed), run(disputed, accepted(2), judged(1, false))]) {
    assert.deepEqual(types(freed), ["sendSync"]);
    assert.deepEqual(types(run(freed, synced(1, [0], "own"))), ["adopt"]);
  }
  // Told of by no event, but by the answer to the verdict.
  const told = run(disputed, { type: "verdictTaken", number: 1, holds: false });
  assert.deepEqual(types(told), ["sendSync"]);
  assert.deepEqual(types(run(told, synced(1, [0], "own"))), ["adopt"]);
});

test("a task for another epoch is not begun", () => {
  assert.deepEqual(types(run(active, needed(0, 1))), []);
  const ahead = run(active, needed(2, 1));
  assert.deepEqual(ahead.effects, [{ type: "sendSync", epoch: 1, number: 1 }]);
  const followed = run(ahead, synced(2, [1]), advanced(2));
  assert.deepEqual(types(followed), ["makeCommit"]);
});

test("a missing Commit is asked for once, not again and again", () => {
  const gap = run(active, committed(2));
  assert.deepEqual(gap.effects, [{ type: "sendSync", epoch: 1, number: 1 }]);
  assert.deepEqual(types(run(gap, synced(3, [1, 2]))), ["process"]);
  assert.deepEqual(types(run(gap, synced(3, [2]))), []);
  assert.deepEqual(types(run(gap, { type: "syncFailed", code: "connection.lost" })), ["sendSync"]);
});

test("repeated and old Commits, and a second one for an epoch, change nothing", () => {
  assert.equal(run(active, committed(0)).state.inbox.size, 0);
  const processing = run(active, committed(1));
  assert.deepEqual(types(run(processing, committed(1, "another"))), []);
  assert.deepEqual(types(run(processing, committed(1, "another"), advanced(2))), []);
});

test("connected again: asks for what it missed", () => {
  const lost = run(active, { type: "disconnected" });
  const back = run(lost, { type: "connected" });
  assert.deepEqual(back.effects, [{ type: "sendSync", epoch: 1, number: 1 }]);
  assert.deepEqual(types(run(back, synced(2, [1]))), ["process"]);
  assert.deepEqual(types(run(run(joining, { type: "disconnected" }), { type: "connected" })), ["sendJoin"]);
  const early = run(startInitiator(call, from("ada")), { type: "disconnected" }, { type: "connected" });
  assert.deepEqual(types(early), ["sendRequest"]);
});

test("connected again while joining: what came after a late Welcome is asked for", () => {
  const late = run(joining, { type: "disconnected" }, { type: "connected" }, welcome(1));
  assert.deepEqual(run(late, advanced(1)).effects, [{ type: "sendSync", epoch: 1, number: 1 }]);
});

test("the answer to an own Commit was lost: found in the log, it is adopted; not found, it is sent again", () => {
  const sent = run(initiator, needed(0, 4), { type: "commitMade", made: made(0) });
  const back = run(sent, refused("connection.lost"), { type: "disconnected" }, { type: "connected" });
  assert.deepEqual(types(back), ["sendSync"]);
  assert.deepEqual(types(run(back, synced(1, [0], "own"))), ["adopt"]);
  assert.deepEqual(run(back, synced(0, [])).effects, [{ type: "sendCommit", made: { ...made(0), task: 4 } }]);
  assert.deepEqual(types(run(back, synced(1, [0]))), ["process"]);
  const slow = run(sent, refused("connection.timeout"));
  assert.deepEqual(types(slow), ["sendSync"]);
});

test("a sync that holds the first of many Commits is followed by another, one that holds none of use is not", () => {
  const away = run(active, { type: "connected" });
  const first = run(away, synced(4, [1, 2]));
  assert.deepEqual(types(first), ["process"]);
  assert.deepEqual(types(run(first, advanced(2))), ["process"]);
  const more = run(first, advanced(2), advanced(3));
  assert.deepEqual(more.effects, [{ type: "sendSync", epoch: 3, number: 3 }]);
  assert.deepEqual(types(run(more, synced(4, [3]), advanced(4))), [], "then there is no more");
  assert.deepEqual(types(run(away, synced(4, []))), []);
  assert.deepEqual(types(run(away, synced(4, [2]))), []);
});

test("made without a connection, a Commit waits for the sync", () => {
  const offline = run(
    initiator,
    needed(0, 1),
    { type: "disconnected" },
    { type: "commitMade", made: made(0) },
  );
  assert.deepEqual(types(offline), []);
  assert.deepEqual(types(run(offline, { type: "connected" }, synced(0, []))), ["sendCommit"]);
});

test("a Commit that only this terminal cannot read: rejoin, three attempts", () => {
  let state = run(active, committed(1), failed, judged(2, true));
  for (let attempt = 1; attempt <= 3; attempt++) {
    assert.deepEqual(state.effects, [{ type: "rejoin", leastEpoch: attempt + 1, isAwaited: false }]);
    state = run(state, advanced(attempt + 1), committed(attempt + 1), failed, judged(attempt + 2, true));
  }
  assert.deepEqual(types(state), ["sendLeave", "ended"]);
  const mended = run(
    active,
    committed(1),
    failed,
    judged(2, true),
    advanced(2),
    committed(2),
    advanced(3),
    committed(3),
    failed,
    judged(4, true),
  );
  assert.deepEqual(types(mended), ["rejoin"]);
});

for (const code of ["mls.credential", "mls.refused", "mls.staleEpoch"] as const) {
  test(`a Commit that breaks a rule here (${code}) and not with the others ends the call here`, () => {
    const ended = run(active, committed(1), { type: "operationFailed", code }, judged(2, true));
    assert.deepEqual(types(ended), ["sendLeave", "ended"]);
    assert.deepEqual(ended.state.end, { type: "failed", code, by: "cyd" });
  });
}

test("refused by the committer, ended, removed, left", () => {
  const refused = (by: readonly string[]) =>
    run(joining, event("call.member", { callId: call, member: member("bob", "refused"), by: by.map(userId) }))
      .state.end;
  const turnedAway = { type: "failed", code: "call.turnedAway" } as const;
  assert.deepEqual(refused([]), turnedAway);
  assert.deepEqual(refused(["ada"]), { ...turnedAway, by: "ada" });
  assert.deepEqual(refused(["ada", "cyd"]), { ...turnedAway, by: "ada", alsoBy: "cyd" });
  assert.deepEqual(types(run(active, { type: "removedSelf" })), ["ended"]);
  assert.deepEqual(run(active, { type: "leave" }).effects[0], { type: "sendLeave", reason: "left" });
  assert.deepEqual(run(active, { type: "leave", reason: "deviceRemoved" }).effects, [
    { type: "sendLeave", reason: "deviceRemoved" },
    { type: "ended", end: { type: "left", reason: "deviceRemoved" } },
  ]);
  assert.deepEqual(run(active, { type: "fail", code: "frames.plaintextDetected" }).effects[0], {
    type: "sendLeave",
    reason: "unsafe",
  });
  const away = run(active, { type: "connected" }, { type: "syncFailed", code: "call.notMember" });
  assert.deepEqual(types(away), ["ended"], "the server knows that this terminal is not in the call");
  assert.deepEqual(away.state.end, { type: "failed", code: "call.away" });
  assert.deepEqual(
    types(run(startInitiator(call, from("ada")), { type: "startFailed", code: "call.noMembers" })),
    ["sendLeave", "ended"],
  );
});

test("after the end nothing happens, but for a Commit in the making, which is dropped", () => {
  const ended = run(run(initiator, needed(0, 1)), { type: "leave" });
  for (const input of [
    committed(0),
    advanced(1),
    { type: "connected" } as const,
    { type: "leave" } as const,
    welcome(1),
  ]) {
    assert.deepEqual(stepCallMember(ended.state, input), { state: ended.state, effects: [] });
  }
  assert.deepEqual(stepCallMember(ended.state, { type: "commitMade", made: made(0) }).effects, [
    { type: "drop" },
  ]);
});

test("a call that the server ends is over at once, and ended when it is known who signed for it", () => {
  const body = { callId: call, reason: "ended" } as const;
  for (const before of [active, joining, run(startInitiator(call, from("ada")))]) {
    const ending = run(before, event("call.ended", body));
    assert.deepEqual(ending.effects, [{ type: "checkEnd", body }]);
    assert.equal(ending.state.phase, "ending");
    assert.deepEqual(ending.state.ending, { reason: "ended", before: before.state.phase });
    for (const signed of [true, false])
      assert.deepEqual(run(ending, { type: "endChecked", signed }).effects, [
        { type: "ended", end: { type: "ended", reason: "ended", signed } },
      ]);
  }
});

test("while it is looked who signed the end, nothing else counts: no word of the server, no result, no wish", () => {
  const ending = run(active, committed(1), event("call.ended", { callId: call, reason: "ended" }));
  const others: readonly CallMemberInput[] = [
    event("call.ended", { callId: call, reason: "lastLeft" }),
    committed(2),
    needed(1, 1),
    advanced(2),
    failed,
    { type: "leave" },
    { type: "fail", code: "frames.plaintextDetected" },
    { type: "disconnected" },
    { type: "connected" },
    judged(2, false),
  ];
  for (const input of others) {
    const { state, effects } = run(ending, input);
    assert.equal(state, ending.state, input.type);
    assert.deepEqual(effects, [], input.type);
  }
  assert.deepEqual(types(run(ending, { type: "commitMade", made: made(1) })), ["drop"]);
  const sent = run(initiator, needed(0, 1), { type: "commitMade", made: made(0) });
  assert.deepEqual(types(run(sent, event("call.ended", { callId: call, reason: "ended" }))), [
    "drop",
    "checkEnd",
  ]);
  assert.deepEqual(run(active, { type: "endChecked", signed: true }).effects, [], "nothing ends by it alone");
});

test("of people whom the server names there are no more than a call has; a call is shown with those of its list alone", () => {
  const stranger = event("call.member", { callId: call, member: member("mal", "joined") });
  assert.deepEqual([...run(active, stranger).state.members.keys()], ["ada", "bob", "cyd", "mal"]);
  const crowd = Array.from({ length: mostPeople }, (_, i) =>
    event("call.member", { callId: call, member: member(`m${i}`, "joined") }),
  );
  assert.equal(run(active, ...crowd).state.members.size, mostPeople);
  const listed = run(
    active,
    { type: "connected" },
    {
      type: "synced",
      reply: {
        epoch: 1,
        commits: [],
        members: [member("mal", "joined"), member("cyd", "left")],
        strayed: false,
      },
    },
  );
  assert.equal(listed.state.members.get(userId("cyd"))?.state, "left");
});

test("Commits ahead of time are kept up to a number, and what is missing is asked for", () => {
  const ahead = Array.from({ length: 300 }, (_, i) => committed(i + 2));
  const full = run(run(joining, welcome(1)), ...ahead);
  assert.equal(full.state.inbox.size, 256);
  assert.equal(full.state.behind, true);
});
