import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { askCall, defaultCallTimes, startCall, stepCall } from "@signet/protocol";
import type { CallQuestion, CallServerState } from "@signet/protocol";

import {
  bytes,
  callDigest,
  callId,
  invite,
  leaf,
  proof,
  reachable,
  terminalId,
  userId,
} from "../fixtures.ts";
import { joinInput, startMs } from "./call-server-world.ts";
import { checkList, listInputs, sender } from "./call-list-inputs.ts";
import type { Input, MakeInput, Somebody, Weighted } from "./call-list-inputs.ts";
import { checkPlaces, checkReceiver, checkRings, screensAfter } from "./screens.ts";

/** What is no request has no answer. */
const unanswered: ReadonlySet<Input["type"]> = new Set([
  "connected",
  "disconnected",
  "unbound",
  "engaged",
  "tick",
]);
const isQuestion = (input: Input): input is CallQuestion =>
  input.type === "sync" || input.type === "groupInfo" || input.type === "list";
const bound = { proof: proof("p"), binding: proof("b") };

const epochOffset = fc.constantFrom(0, 0, 0, 0, -1, 1);

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
    const asked = byAsked ? state.members.get(state.committing?.userId ?? userId("ada")) : undefined;
    const by =
      asked?.terminalId === undefined ? from(state) : { userId: asked.userId, terminalId: asked.terminalId };
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
      ...(all && state.pending.length > 0
        ? { statements: state.pending.map(({ statement }) => statement.digest) }
        : {}),
      ...(admitted.length === 0 ? {} : { welcome: bytes("welcome") }),
    };
    return { type: "commit", ...by, body };
  });

const rejoinInput = fc
  .record({
    from: sender,
    epochOffset,
    seed: fc.nat(60_000),
    giver: fc.option(sender),
    isGiver: fc.boolean(),
  })
  .map(({ from, epochOffset: offset, seed, giver, isGiver }): MakeInput => (state) => {
    const given = isGiver ? state.delivery.groupInfos?.at(seed % 3)?.by : giver?.(state).userId;
    return {
      type: "rejoin",
      ...from(state),
      body: {
        callId: callId(),
        epoch: Math.max(0, state.delivery.epoch + offset),
        proof: proof("join"),
        commit: bytes(`external ${seed}`),
        leaf: { userId: from(state).userId, leaf: leaf(seed) },
        ...(given === undefined ? {} : { giver: given }),
      },
    };
  });

const digest = fc.constantFrom("one", "another").map(bytes);

const by = (make: (from: ReturnType<Somebody>) => Input): fc.Arbitrary<MakeInput> =>
  sender.map((somebody) => (state) => make(somebody(state)));

/** Each input and each question that there is. */
const inputs: { readonly [T in Input["type"]]: Weighted } = {
  join: {
    weight: 6,
    arbitrary: fc.tuple(sender, fc.nat(20_000)).map(([somebody, seed]): MakeInput => (state) => {
      const from = somebody(state);
      return {
        ...joinInput(from.userId),
        ...from,
        keyPackage: bytes(`of ${from.terminalId}`),
        // Most are new ones, some were used before.
        leafKey: bytes(`leaf key ${seed % 500}`),
      };
    }),
  },
  commit: { weight: 8, arbitrary: commitInput },
  decline: {
    weight: 1,
    arbitrary: by((from) => ({ type: "decline", ...from, reason: "declined", ...bound })),
  },
  leave: { weight: 3, arbitrary: by((from) => ({ type: "leave", ...from, reason: "left", ...bound })) },
  end: {
    weight: 1,
    arbitrary: fc.tuple(sender, fc.nat(20)).map(
      ([somebody, dice]): MakeInput =>
        (state) =>
          dice === 0 ? { type: "end", ...somebody(state), proof: proof("end") } : { type: "tick" },
    ),
  },
  ringRefused: { weight: 1, arbitrary: by((from) => ({ type: "ringRefused", ...from })) },
  refuse: {
    weight: 2,
    arbitrary: fc.tuple(sender, sender).map(([somebody, joiner]): MakeInput => (state) => ({
      type: "refuse",
      ...somebody(state),
      body: { callId: callId(), joiners: [{ ...joiner(state), code: "proof.signature" }] },
    })),
  },
  rejoin: { weight: 2, arbitrary: rejoinInput },
  judge: {
    weight: 4,
    arbitrary: fc
      .tuple(sender, fc.nat(3), fc.boolean(), fc.option(digest))
      .map(([somebody, back, holds, own]): MakeInput => (state) => ({
        type: "judge",
        ...somebody(state),
        body: {
          callId: callId(),
          number: Math.max(0, state.delivery.number - back),
          ...(holds ? {} : { code: "mls.refused" }),
          ...(own === null ? {} : { digest: own }),
        },
      })),
  },
  offerGroupInfo: {
    weight: 3,
    arbitrary: fc.tuple(sender, epochOffset, digest).map(([somebody, offset, own]): MakeInput => (state) => ({
      type: "offerGroupInfo",
      ...somebody(state),
      body: {
        callId: callId(),
        epoch: Math.max(0, state.delivery.epoch + offset),
        groupInfo: bytes(`info of ${somebody(state).userId}`),
        digest: own,
      },
    })),
  },
  refuseGiver: {
    weight: 2,
    arbitrary: fc.tuple(sender, sender).map(([somebody, giver]): MakeInput => (state) => ({
      type: "refuseGiver",
      ...somebody(state),
      body: { callId: callId(), giver: giver(state).userId, code: "mls.refused" },
    })),
  },
  sync: {
    weight: 2,
    arbitrary: fc.tuple(sender, fc.nat(5)).map(([somebody, epoch]): MakeInput => (state) => ({
      type: "sync",
      ...somebody(state),
      epoch,
      number: epoch,
    })),
  },
  groupInfo: { weight: 2, arbitrary: by((from) => ({ type: "groupInfo", ...from })) },
  connected: { weight: 4, arbitrary: by((from) => ({ type: "connected", ...from })) },
  disconnected: { weight: 3, arbitrary: by((from) => ({ type: "disconnected", ...from })) },
  engaged: {
    weight: 2,
    arbitrary: fc.tuple(sender, fc.boolean()).map(([somebody, isEngaged]): MakeInput => (state) => ({
      type: "engaged",
      userId: somebody(state).userId,
      isEngaged,
    })),
  },
  unbound: {
    weight: 1,
    arbitrary: fc
      .tuple(sender, fc.constantFrom("takenOver", "released", "expired", "revoked" as const))
      .map(([somebody, reason]): MakeInput => (state) => ({ type: "unbound", ...somebody(state), reason })),
  },
  ...listInputs,
  tick: { weight: 3, arbitrary: fc.constant<MakeInput>(() => ({ type: "tick" })) },
};
const anyInput = fc.oneof(...Object.values(inputs));

const history = fc.array(
  fc.tuple(anyInput, fc.oneof(fc.nat(200), fc.nat(200), fc.nat(2_000), fc.nat(10_000))),
  { maxLength: 80, size: "max" },
);

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
        checkPlaces(before, state);

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
          assert.equal(before.members.get(commit.by)?.terminalId, commit.terminalId);
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
