import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { askCall, defaultCallTimes, startCall, stepCall } from "@signet/protocol";
import type { CallServerState } from "@signet/protocol";

import { callDigest, invite, reachable, terminalId } from "../fixtures.ts";
import { checkList } from "./call-list-inputs.ts";
import { history, isQuestion, unanswered } from "./call-server-inputs.ts";
import { startMs } from "./call-server-world.ts";
import { checkPlaces, checkReceiver, checkRings, screensAfter } from "./screens.ts";

const callOf = (invited: readonly string[]): Parameters<typeof startCall>[0] => ({
  invite: invite("ada", invited),
  callDigest,
  terminalId: terminalId("ada-1"),
  // The one with an even number at two terminals.
  people: invited.map((name, i) =>
    reachable(name, ...(i % 2 === 0 ? [`${name}-1`, `${name}-2`] : [`${name}-1`])),
  ),
  times: defaultCallTimes,
});

/** Few, where each change is told at once, and so many that changes are told together. */
const anyCall = fc
  .oneof(fc.constant(3), fc.constant(3), fc.integer({ min: 15, max: 59 }))
  .map((size) => callOf(Array.from({ length: size }, (_, i) => ["bob", "cyd", "dan"][i] ?? `m${i}`)));

/** What must hold of every state. */
function checkState(state: CallServerState, start: Parameters<typeof startCall>[0]): void {
  const called = ["ada", ...start.people.map(({ userId: id }) => id)];
  assert.deepEqual([...state.members.keys()].slice(0, called.length), called);
  checkList(state);
  for (const member of state.members.values()) {
    const joined = member.state === "joined";
    const joining = member.state === "joining";
    // Exactly one state, and what belongs to it.
    assert.equal(member.leaf !== undefined, joined);
    assert.equal(member.joiner !== undefined, joining && member.strayed !== true);
    assert.ok(member.strayed !== true || joining);
    assert.ok(member.barred !== true || !(joined || joining), "who was put out stays out");
    assert.equal(member.terminalId !== undefined, joined || joining);
    assert.ok(member.welcome === undefined || joined);
    assert.ok(!member.connected || joined || joining);
    const isHeld = member.held !== undefined;
    assert.equal(member.lostAtMs !== undefined, (joined || joining) && !member.connected && !isHeld);
    assert.ok((!isHeld && member.move === undefined && member.movedFrom === undefined) || joined || joining);
    assert.ok(!isHeld || !member.connected);
    // Whoever is about to come in their place is another terminal, and the only one.
    assert.ok(member.move === undefined || member.move.terminalId !== member.terminalId);
    assert.equal(member.ring?.phase === "ringing", member.state === "ringing" && state.ended === undefined);
  }
  const removing = state.removals.map(({ userId: id }) => id);
  assert.equal(new Set(removing).size, removing.length);
  const { commits, epoch } = state.delivery;
  assert.deepEqual(
    commits.map((commit) => commit.epoch),
    Array.from({ length: epoch }, (_, at) => at),
  );
}

test("whatever comes, the call keeps its rules", () => {
  fc.assert(
    fc.property(anyCall, history, (start, steps) => {
      let { state, effects } = startCall(start, startMs);
      let nowMs = startMs;
      assert.equal(effects.filter(({ type }) => type === "reply").length, 1);
      let screens = screensAfter(new Set(), undefined, effects);
      checkRings(state, screens);
      for (const [make, laterMs] of steps) {
        nowMs += laterMs;
        const before = state;
        const input = make(before);
        if (isQuestion(input)) {
          const answers = askCall(before, input).filter(({ type }) => type !== "send");
          assert.equal(answers.length, 1);
          continue;
        }
        ({ state, effects } = stepCall(before, input, nowMs));
        checkState(state, start);
        screens = screensAfter(screens, input, effects);
        checkRings(state, screens);
        checkPlaces(before, state, input);

        // Exactly one answer to each request, none to anything else.
        const answers = effects.filter(({ type }) => type === "reply" || type === "refuse");
        assert.equal(answers.length, unanswered.has(input.type) ? 0 : 1);
        // The server does not log what changed nothing: nobody else may have been told of it.
        if (answers[0]?.type === "refuse") assert.equal(state, before);
        if (state === before) assert.deepEqual(effects, answers);

        // At most one Commit for each epoch, from a member; what was accepted never changes, but that all from one on is voided.
        const fresh = state.delivery.commits.slice(before.delivery.epoch);
        assert.ok(fresh.length <= 1);
        for (const commit of fresh) {
          const sender = before.members.get(commit.by);
          const isMove = input.type === "rejoin" && sender?.move?.terminalId === commit.terminalId;
          assert.ok(sender?.terminalId === commit.terminalId || isMove);
          // From then on the person is there, and nowhere else.
          if (isMove) assert.equal(state.members.get(commit.by)?.terminalId, commit.terminalId);
          assert.equal(commit.number, before.delivery.number + 1);
        }
        const kept = Math.min(before.delivery.epoch, state.delivery.epoch);
        assert.deepEqual(state.delivery.commits.slice(0, kept), before.delivery.commits.slice(0, kept));
        if (kept < before.delivery.epoch) assert.ok(input.type === "judge" || input.type === "tick");

        for (const effect of effects) {
          if (effect.type !== "send") continue;
          assert.equal(new Set(effect.to).size, effect.to.length);
          for (const to of effect.to) checkReceiver(input, effect.event, to, { before, state });
        }

        // Ended is final.
        if (before.ended !== undefined) {
          assert.equal(state, before);
          assert.ok(effects.every(({ type }) => type === "reply" || type === "refuse"));
        }
        assert.equal(
          effects.some(({ type }) => type === "ended"),
          before.ended === undefined && state.ended !== undefined,
        );

        // Deadlines: one while anything waits for time, and the tick at it moves it on.
        const wakeMs = effects.findLast((effect) => effect.type === "wakeAt")?.atMs;
        if (wakeMs !== undefined && wakeMs >= nowMs) {
          const late = stepCall(state, { type: "tick" }, wakeMs);
          const nextMs = late.effects.findLast((effect) => effect.type === "wakeAt")?.atMs;
          assert.ok(nextMs === undefined || nextMs > wakeMs);
          assert.notDeepEqual(late.state, state);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test("left alone, every call comes to rest or goes on without work, and ends when nobody is connected", () => {
  fc.assert(
    fc.property(anyCall, history, (start, steps) => {
      let { state } = startCall(start, startMs);
      let nowMs = startMs;
      for (const [make, laterMs] of steps) {
        nowMs += laterMs;
        const input = make(state);
        if (!isQuestion(input)) ({ state } = stepCall(state, input, nowMs));
      }
      for (const { userId: id, terminalId: terminal } of state.members.values()) {
        if (terminal !== undefined)
          ({ state } = stepCall(state, { type: "disconnected", userId: id, terminalId: terminal }, nowMs));
      }
      for (let ticks = 0; state.ended === undefined; ticks++) {
        assert.ok(ticks < 20, "the call does not end");
        const { state: next, effects } = stepCall(state, { type: "tick" }, nowMs);
        state = next;
        nowMs = effects.findLast((effect) => effect.type === "wakeAt")?.atMs ?? nowMs;
      }
    }),
    { numRuns: 200 },
  );
});

test("the log replays to the state that was, after each input, whatever is asked in between", () => {
  fc.assert(
    fc.property(anyCall, history, (start, steps) => {
      let { state } = startCall(start, startMs);
      let replayed = startCall(structuredClone(start), startMs).state;
      let nowMs = startMs;
      for (const [make, laterMs] of steps) {
        nowMs += laterMs;
        const input = make(state);
        const before = structuredClone(state);
        if (isQuestion(input)) askCall(state, input);
        else {
          const { state: next } = stepCall(state, input, nowMs);
          // As the server does: what changed nothing is not logged.
          if (next !== state) replayed = stepCall(replayed, structuredClone(input), nowMs).state;
          assert.deepEqual(state, before, "a state changed afterwards");
          state = next;
        }
        assert.deepEqual(replayed, state);
      }
    }),
    { numRuns: 200 },
  );
});
