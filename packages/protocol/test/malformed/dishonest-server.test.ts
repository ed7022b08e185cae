/** What a member's machine does with a server that sends whatever it likes, in whatever order. */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { mostPeople, startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type {
  Bytes,
  CallEvent,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CommittedIn,
  ErrorCode,
  MemberIn,
} from "@signet/protocol";

import { bytes, callId, entry, from, proof, userId } from "../fixtures.ts";

const call = callId();
const names = ["ada", "bob", "cyd", "mal"];
const members: readonly MemberIn[] = ["ada", "bob", "cyd"].map((name) => ({
  userId: userId(name),
  state: "joined",
}));

const epoch = fc.oneof(fc.nat(6), fc.nat(6), fc.nat(0xffff_ffff));
const name = fc.constantFrom(...names);
const commit = fc.constantFrom("own", "x", "y", "z").map(bytes);
const number = fc.oneof(fc.nat(8), fc.nat(8), fc.nat(0xffff_ffff));
const committedOf = (body: {
  readonly epoch: number;
  readonly number: number;
  readonly name: string;
  readonly commit: Bytes;
}): CommittedIn => ({
  epoch: body.epoch,
  number: body.number,
  by: userId(body.name),
  commit: body.commit,
  admitted: [],
  removed: [],
});

const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ epoch, number, name, commit }).map((body): CallEvent => ({
      type: "call.committed",
      body: { callId: call, ...committedOf(body) },
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ epoch, number, through: number, name, holds: fc.boolean() })
      .map(({ name: by, ...body }): CallEvent => ({
        type: "call.commitJudged",
        body: { callId: call, ...body, by: userId(by) },
      })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ epoch, number }).map((body): CallEvent => ({
      type: "call.commitDisputed",
      body: { callId: call, ...body },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ epoch, number, name }).map((body): CallEvent => ({
      type: "call.welcome",
      body: {
        callId: call,
        epoch: body.epoch,
        number: body.number,
        by: userId(body.name),
        welcome: bytes("welcome"),
      },
    })),
  },
  {
    weight: 4,
    arbitrary: fc.record({ epoch, name, task: fc.nat(9) }).map((body): CallEvent => ({
      type: "call.commitNeeded",
      body: {
        callId: call,
        task: body.task,
        epoch: body.epoch,
        admit: [
          { ...from(body.name), entry: entry(body.name), proof: proof("join"), keyPackage: bytes("kp") },
        ],
        remove: [],
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ name, state: fc.constantFrom("joined", "left", "ringing", "joining" as const) })
      .map((body): CallEvent => ({
        type: "call.member",
        body: { callId: call, member: { userId: userId(body.name), state: body.state } },
      })),
  },
);

const syncReply = fc
  .record({
    epoch,
    commits: fc.array(fc.record({ epoch, number, name, commit }).map(committedOf), { maxLength: 6 }),
    strayed: fc.nat(9).map((dice) => dice === 0),
  })
  .map((reply): CallMemberInput => ({ type: "synced", reply: { ...reply, members: [...members] } }));

/** One answer of the shell for each effect; `turn` picks among what can happen. */
function answer(
  state: CallMemberState,
  effect: CallMemberEffect,
  turn: number,
  reply: CallMemberInput,
): CallMemberInput | undefined {
  const pick = <T>(...choices: readonly T[]): T | undefined => choices[turn % choices.length];
  const failed = (code: ErrorCode): CallMemberInput => ({ type: "operationFailed", code });
  const next: CallMemberInput = { type: "advanced", epoch: (state.epoch ?? 0) + 1 };
  switch (effect.type) {
    case "sendRequest":
      return { type: "requested", members };
    case "sendJoin":
      return { type: "joinAccepted", members };
    case "sendSync":
      return reply;
    case "sendCommit": {
      const { commit } = effect.made;
      return pick<CallMemberInput>(
        { type: "commitAccepted", commit, number: turn },
        { type: "commitRefused", commit, code: "delivery.epochTaken" },
        { type: "commitRefused", commit, code: "delivery.notAdmitted" },
      );
    }
    case "makeCommit": {
      const made = {
        epoch: effect.task.epoch,
        commit: bytes("own"),
        admitted: [],
        removed: [],
      };
      return pick<CallMemberInput>(
        { type: "commitMade", made },
        { type: "commitSkipped" },
        failed("mls.credential"),
      );
    }
    case "process":
      return pick(next, failed("mls.badMessage"), next, failed("mls.unasked"));
    case "adopt":
      return next;
    case "joinGroup":
      return pick(next, failed("mls.refused"), next);
    case "sendVerdict":
      return pick<CallMemberInput>(
        { type: "verdictTaken", number: effect.number, holds: undefined },
        { type: "verdictTaken", number: effect.number, holds: false },
        { type: "verdictTaken", number: effect.number, holds: true },
        { type: "verdictOverdue", number: effect.number },
      );
    case "rejoin":
      return pick<CallMemberInput>(
        next,
        failed("delivery.epochTaken"),
        { type: "giverRefused", giver: userId("cyd"), code: "mls.refused" },
        { type: "groupInfoAwaited", forMs: 7_500, giver: userId("ada") },
        failed("call.notMember"),
      );
    default:
      return undefined;
  }
}

const operations: ReadonlySet<string> = new Set(["makeCommit", "adopt", "process", "joinGroup", "rejoin"]);

test("reordered, repeated, skipped, conflicting: one operation at a time, one Commit per epoch, and it comes to rest", () => {
  const turns = fc.record({ event: anyEvent, turn: fc.nat(11), reply: syncReply, reconnect: fc.nat(9) });
  fc.assert(
    fc.property(fc.boolean(), fc.array(turns, { maxLength: 60, size: "max" }), (initiates, rounds) => {
      const start = initiates ? startInitiator(call, from("ada")) : startMember(call, from("bob"), members);
      let { state } = start;
      let pending: CallMemberEffect[] = [...start.effects];
      /** By which Commit each epoch was left. */
      const followed = new Map<number, string>();
      let at: CommittedIn | undefined;
      const take = (input: CallMemberInput): void => {
        const before = state;
        if (input.type === "advanced" && before.working === "processing" && at !== undefined) {
          // Whatever was voided meanwhile: no epoch is left by two Commits.
          assert.ok(!followed.has(at.epoch));
          followed.set(at.epoch, String(at.commit));
        }
        const step = stepCallMember(state, input);
        ({ state } = step);
        // Nothing of an operation while another one is at work.
        const begun = step.effects.filter(({ type }) => operations.has(type));
        assert.ok(begun.length <= 1);
        if (begun.length === 1) assert.ok(!pending.some(({ type }) => operations.has(type)));
        for (const effect of step.effects) {
          if (effect.type === "process") {
            at = effect.committed;
            assert.equal(at.epoch, state.epoch);
          }
          // Nothing leads back: not to the own epoch, nor to one before it.
          if (effect.type === "rejoin") assert.ok(effect.leastEpoch >= (state.epoch ?? 0));
          if (effect.type === "adopt") assert.equal(before.sent?.made.epoch, before.epoch);
          if (effect.type === "makeCommit") assert.equal(effect.task.epoch, state.epoch);
        }
        assert.ok(state.inbox.size <= 256);
        assert.ok(state.members.size <= mostPeople);
        if (before.phase === "ended") assert.equal(state, before);
        pending.push(...step.effects);
      };
      for (const { event, turn, reply, reconnect } of rounds) {
        if (reconnect === 0) for (const type of ["disconnected", "connected"] as const) take({ type });
        take({ type: "event", event });
        // The shell answers everything: after a bounded number of steps there is nothing left to do.
        for (let steps = 0; pending.length > 0; steps++) {
          assert.ok(steps < 60, `endless: ${pending.map(({ type }) => type).join(" ")}`);
          const [effect, ...rest] = pending;
          pending = rest;
          if (effect === undefined) break;
          const input = answer(state, effect, turn + steps, reply);
          if (input !== undefined) take(input);
        }
      }
    }),
    { numRuns: 300 },
  );
});
