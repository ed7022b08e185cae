import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { defaultCallTimes, startCall, stepCall } from "@signet/protocol";
import type { CallServerInput, CallServerState } from "@signet/protocol";

import { bytes, callId, invite, leaf, proof, reachable, terminalId, userId } from "../fixtures.ts";
import { joinInput, startMs } from "./call-server-world.ts";

const names = ["ada", "bob", "cyd", "dan"] as const;
const requestTypes = new Set([
  "join",
  "decline",
  "leave",
  "end",
  "ringRefused",
  "commit",
  "refuse",
  "rejoin",
  "sync",
  "groupInfo",
]);
const bound = { proof: proof("p"), binding: proof("b") };

const person = fc.record({ name: fc.constantFrom(...names, "eve"), n: fc.constantFrom(1, 1, 1, 2) });
const sender = person.map(({ name, n }) => ({
  userId: userId(name),
  terminalId: terminalId(`${name}-${n}`),
}));
const epochOffset = fc.constantFrom(0, 0, 0, 0, -1, 1);

/** Inputs that need the state are made from it: most fit it, some do not. */
type MakeInput = (state: CallServerState) => CallServerInput;

const commitInput = fc
  .record({
    from: sender,
    epochOffset,
    taskOffset: fc.constantFrom(0, 0, 0, 1),
    byAsked: fc.boolean(),
    all: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ from, epochOffset: offset, taskOffset, byAsked, all, seed }): MakeInput => (state) => {
    const asked = byAsked ? state.members.get(state.asked?.userId ?? userId("ada")) : undefined;
    const by =
      asked?.terminalId === undefined ? from : { userId: asked.userId, terminalId: asked.terminalId };
    const waiting = [...state.members.values()].filter(
      (member) => member.state === "joining" && member.joiner !== undefined,
    );
    const admitted = (all ? waiting : waiting.slice(1)).map((member, i) => ({
      userId: member.userId,
      leaf: leaf((seed + i) % 60_000),
    }));
    const epoch = Math.max(0, state.delivery.epoch + offset);
    const commit = bytes(`commit ${epoch} ${seed}`);
    const body = {
      callId: callId(),
      task: Math.max(0, state.tasks - taskOffset),
      epoch,
      commit,
      admitted,
      removed: all ? [...new Set(state.removals.map((removal) => removal.userId))] : [],
      ...(admitted.length === 0 ? {} : { welcome: bytes("welcome") }),
    };
    return { type: "commit", ...by, body };
  });

const rejoinInput = fc
  .record({ from: sender, epochOffset, seed: fc.nat(60_000) })
  .map(({ from, epochOffset: offset, seed }): MakeInput => (state) => ({
    type: "rejoin",
    ...from,
    body: {
      callId: callId(),
      epoch: Math.max(0, state.delivery.epoch + offset),
      proof: proof("join"),
      commit: bytes(`external ${seed}`),
      leaf: { userId: from.userId, leaf: leaf(seed) },
    },
  }));

const fixed = <T>(arbitrary: fc.Arbitrary<T>, make: (value: T) => CallServerInput) =>
  arbitrary.map(
    (value): MakeInput =>
      () =>
        make(value),
  );

const anyInput: fc.Arbitrary<MakeInput> = fc.oneof(
  { weight: 6, arbitrary: fixed(person, ({ name, n }) => joinInput(name, `${name}-${n}`)) },
  { weight: 8, arbitrary: commitInput },
  {
    weight: 1,
    arbitrary: fixed(sender, (from) => ({ type: "decline", ...from, reason: "declined", ...bound })),
  },
  { weight: 3, arbitrary: fixed(sender, (from) => ({ type: "leave", ...from, reason: "left", ...bound })) },
  {
    weight: 1,
    arbitrary: fixed(fc.tuple(sender, fc.nat(20)), ([from, dice]) =>
      dice === 0 ? { type: "end", ...from, proof: proof("end") } : { type: "tick" },
    ),
  },
  { weight: 1, arbitrary: fixed(sender, (from) => ({ type: "ringRefused", ...from })) },
  {
    weight: 2,
    arbitrary: fixed(fc.tuple(sender, sender), ([from, joiner]) => ({
      type: "refuse",
      ...from,
      body: { callId: callId(), ...joiner, code: "proof.signature" },
    })),
  },
  { weight: 1, arbitrary: rejoinInput },
  {
    weight: 1,
    arbitrary: fixed(fc.tuple(sender, fc.nat(5)), ([from, epoch]) => ({ type: "sync", ...from, epoch })),
  },
  { weight: 1, arbitrary: fixed(sender, (from) => ({ type: "groupInfo", ...from })) },
  { weight: 4, arbitrary: fixed(sender, (from) => ({ type: "connected", ...from })) },
  { weight: 3, arbitrary: fixed(sender, (from) => ({ type: "disconnected", ...from })) },
  {
    weight: 1,
    arbitrary: fixed(
      fc.tuple(sender, fc.constantFrom("takenOver", "released", "expired" as const)),
      ([from, reason]) => ({
        type: "unbound",
        ...from,
        reason,
      }),
    ),
  },
  { weight: 3, arbitrary: fc.constant<MakeInput>(() => ({ type: "tick" })) },
);

const history = fc.array(
  fc.tuple(anyInput, fc.oneof(fc.nat(200), fc.nat(200), fc.nat(200), fc.nat(10_000))),
  { maxLength: 80, size: "max" },
);

const start = {
  invite: invite("ada"),
  terminalId: terminalId("ada-1"),
  people: names.slice(1).map((name) => reachable(name)),
  times: defaultCallTimes,
};

/** What must hold of every state. */
function checkState(state: CallServerState): void {
  assert.deepEqual([...state.members.keys()], [...names]);
  for (const member of state.members.values()) {
    const joined = member.state === "joined";
    const joining = member.state === "joining";
    // Exactly one state, and what belongs to it.
    assert.equal(member.leaf !== undefined, joined);
    assert.equal(member.joiner !== undefined, joining);
    assert.equal(member.terminalId !== undefined, joined || joining);
    assert.ok(member.welcome === undefined || joined);
    assert.ok(!member.connected || joined || joining);
    assert.equal(member.lostAtMs !== undefined, (joined || joining) && !member.connected);
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
    fc.property(history, (inputs) => {
      let { state, effects } = startCall(start, startMs);
      let nowMs = startMs;
      assert.equal(effects.filter(({ type }) => type === "reply").length, 1);
      for (const [make, laterMs] of inputs) {
        nowMs += laterMs;
        const before = state;
        const input = make(before);
        ({ state, effects } = stepCall(before, input, nowMs));
        checkState(state);

        // Exactly one answer to each request, none to anything else.
        const answers = effects.filter(({ type }) => type === "reply" || type === "refuse");
        assert.equal(answers.length, requestTypes.has(input.type) ? 1 : 0);
        // The server does not log what was refused: it must have changed nothing and told nobody.
        if (answers[0]?.type === "refuse") {
          assert.deepEqual(state, before);
          assert.deepEqual(
            effects.filter(({ type }) => type !== "wakeAt"),
            answers,
          );
        }

        // At most one Commit for each epoch, from a member, and what was accepted never changes.
        const fresh = state.delivery.commits.slice(before.delivery.epoch);
        assert.ok(fresh.length <= 1);
        for (const commit of fresh)
          assert.equal(before.members.get(commit.by)?.terminalId, commit.terminalId);
        assert.deepEqual(state.delivery.commits.slice(0, before.delivery.epoch), before.delivery.commits);

        for (const effect of effects) {
          if (effect.type !== "send") continue;
          const { event, to } = effect;
          if (event.type === "call.welcome") {
            // To whom this Commit admits, or again to whom an earlier one admitted.
            const receiver = [...before.members.values()].find((member) => member.terminalId === to);
            assert.ok(
              receiver?.state === "joining" ||
                (input.type === "connected" && receiver?.welcome !== undefined),
            );
          }
          if (event.type === "call.committed") {
            const receiver = [...before.members.values()].find((member) => member.terminalId === to);
            assert.notEqual(receiver?.leaf, undefined);
          }
          if (event.type === "call.commitNeeded") {
            const receiver = [...state.members.values()].find((member) => member.terminalId === to);
            assert.ok(receiver?.leaf !== undefined && receiver.connected);
            assert.equal(event.body.task, before.tasks + 1);
          }
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
    fc.property(history, (inputs) => {
      let { state } = startCall(start, startMs);
      let nowMs = startMs;
      for (const [make, laterMs] of inputs) {
        nowMs += laterMs;
        ({ state } = stepCall(state, make(state), nowMs));
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

test("replaying the logged inputs gives the same state", () => {
  fc.assert(
    fc.property(history, (inputs) => {
      let { state } = startCall(start, startMs);
      let nowMs = startMs;
      const log: { readonly atMs: number; readonly input: CallServerInput }[] = [];
      for (const [make, laterMs] of inputs) {
        nowMs += laterMs;
        const input = make(state);
        const step = stepCall(state, input, nowMs);
        ({ state } = step);
        const answer = step.effects.find(({ type }) => type === "reply" || type === "refuse");
        // As the server does: what was refused, and what only asks, is not logged.
        if (answer?.type !== "refuse" && input.type !== "sync" && input.type !== "groupInfo")
          log.push({ atMs: nowMs, input: structuredClone(input) });
      }
      let replayed = startCall(structuredClone(start), startMs).state;
      for (const { atMs, input } of log) replayed = stepCall(replayed, input, atMs).state;
      assert.deepEqual(replayed, state);
    }),
    { numRuns: 200 },
  );
});
