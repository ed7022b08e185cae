import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { isOnline, startSignIn, stepSignIn } from "@signet/protocol";
import type { SignInBinding, SignInEffect, SignInInput, SignInState, SignInStep } from "@signet/protocol";

import { userId } from "../fixtures.ts";
import { server, t0 } from "./sign-in-server.ts";

const binding: SignInBinding = { userId: userId("ada"), expiresAtMs: t0 + 3_600_000 };

/** Steps through inputs, each at its time after t0. */
function run(inputs: readonly (readonly [number, SignInInput])[], random = 1): SignInStep {
  let step = startSignIn(t0);
  for (const [atMs, input] of inputs) step = stepSignIn(step.state, input, t0 + atMs, random);
  return step;
}

const opened = (connection = 1): SignInInput => ({ type: "opened", connection });
const hello = (connection = 1): SignInInput => ({ type: "helloReply", connection, server });
const closed = (connection = 1): SignInInput => ({ type: "closed", connection, code: "connection.lost" });
const signedIn = (connection = 1): SignInInput => ({ type: "signedIn", connection, binding });
const tick: SignInInput = { type: "tick" };
const types = ({ effects }: SignInStep): string[] => effects.map(({ type }) => type);

const greeted = [
  [10, opened()],
  [20, hello()],
] as const;
const bound = [...greeted, [30, signedIn()]] as const;
/** Bound, then the connection was lost and is back. */
const back = [...bound, [1000, closed()], [1250, tick], [1260, opened(2)], [1270, hello(2)]] as const;

test("connects, says hello and is signed out", () => {
  assert.deepEqual(startSignIn(t0).effects[0], { type: "connect", connection: 1 });
  assert.deepEqual(run([[10, opened()]]).effects[0], { type: "sendHello", connection: 1 });
  const step = run(greeted);
  assert.equal(step.state.phase, "signedOut");
  assert.ok(isOnline(step.state));
  assert.equal(step.state.clockOffsetMs, -20);
});

test("resumes the binding after a lost connection, without a touch", () => {
  assert.equal(run(bound).state.phase, "signedIn");
  const lost = run([...bound, [1000, closed()]]);
  assert.equal(lost.state.phase, "offline");
  assert.deepEqual(lost.state.binding, binding);
  const resuming = run(back);
  assert.equal(resuming.state.phase, "resuming");
  assert.deepEqual(resuming.effects[0], { type: "sendResume", connection: 2, userId: "ada" });
  const step = run([...back, [1280, { type: "resumeReply", connection: 2, binding }]]);
  assert.equal(step.state.phase, "signedIn");
  assert.equal(step.state.failures, 0);
});

test("a binding that was kept is resumed with the first connection, and runs out as any does", () => {
  let step = startSignIn(t0, undefined, binding);
  assert.deepEqual([step.state.phase, step.state.binding], ["connecting", binding]);
  for (const input of [opened(), hello()]) step = stepSignIn(step.state, input, t0 + 20, 1);
  assert.deepEqual(step.effects[0], { type: "sendResume", connection: 1, userId: "ada" });
  const late = stepSignIn(startSignIn(t0, undefined, binding).state, tick, binding.expiresAtMs, 1);
  assert.deepEqual(late.state.signedOutBy, { type: "ended", reason: "expired" });
});

test("a resume refused for good ends the binding and says why", () => {
  const { state } = run([
    ...back,
    [1280, { type: "resumeRefused", connection: 2, code: "auth.bindingGone" }],
  ]);
  assert.equal(state.phase, "signedOut");
  assert.equal(state.binding, undefined);
  assert.deepEqual(state.signedOutBy, { type: "refused", code: "auth.bindingGone" });
  assert.equal(state.answerByMs, undefined);
});

for (const code of ["server.storage", "connection.lost", "protocol.tooFast", "auth.terminalInUse"] as const) {
  test(`a resume refused with ${code} is tried again`, () => {
    const step = run([...back, [1280, { type: "resumeRefused", connection: 2, code }]]);
    assert.equal(step.state.phase, "offline");
    assert.deepEqual(step.state.binding, binding);
    assert.deepEqual(step.effects[0], { type: "disconnect", connection: 2 });
  });
}

test("waits 0.25 s, doubling to 10 s, with jitter down to half", () => {
  const waits = (random: number): number[] => {
    let { state } = startSignIn(t0);
    let nowMs = t0;
    return Array.from({ length: 8 }, () => {
      ({ state } = stepSignIn(
        state,
        { type: "closed", connection: state.connection, code: "connection.lost" },
        nowMs,
        random,
      ));
      const wait = (state.offline?.retryAtMs ?? 0) - nowMs;
      nowMs += wait;
      ({ state } = stepSignIn(state, tick, nowMs, random));
      assert.equal(state.phase, "connecting");
      return wait;
    });
  };
  assert.deepEqual(waits(1), [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  assert.deepEqual(waits(0), [125, 250, 500, 1000, 2000, 4000, 5000, 5000]);
});

test("a timer that rings a little early is set again", () => {
  const retryAtMs = 1250;
  const early = run([...bound, [1000, closed()], [retryAtMs - 1, tick]]);
  assert.equal(early.state.phase, "offline");
  assert.deepEqual(early.effects, [{ type: "wakeAt", atMs: t0 + retryAtMs }]);
});

test("a connection that is not opened, hello or resume without answer: lost after 10 s", () => {
  for (const [inputs, connection, sinceMs] of [
    [[], 1, 0],
    [[[10, opened()]], 1, 10],
    [back, 2, 1270],
  ] as const) {
    assert.notEqual(run([...inputs, [sinceMs + 9999, tick]]).state.phase, "offline");
    const step = run([...inputs, [sinceMs + 10_000, tick]]);
    assert.equal(step.state.phase, "offline");
    assert.equal(step.state.offline?.code, "connection.timeout");
    assert.deepEqual(step.effects[0], { type: "disconnect", connection });
  }
});

test("pings every 15 s; without reply for 10 s the connection is lost", () => {
  const pinged = [...bound, [15_020, tick]] as const;
  assert.deepEqual(types(run(pinged)), ["sendPing", "wakeAt"]);
  const answered = run([...pinged, [15_100, { type: "pong", connection: 1, serverTimeMs: t0 + 15_100 }]]);
  assert.deepEqual(answered.effects, [{ type: "wakeAt", atMs: t0 + 30_100 }]);
  const lost = run([...pinged, [25_020, tick]]);
  assert.equal(lost.state.phase, "offline");
  assert.deepEqual(lost.effects[0], { type: "disconnect", connection: 1 });
});

test("what a connection says that was given up does not count", () => {
  for (const input of [
    closed(1),
    hello(1),
    opened(1),
    { type: "resumeReply", connection: 1, binding } as const,
  ]) {
    assert.deepEqual(run([...back, [1280, input]]).state, run(back).state);
  }
  const over = run([...back, [1280, { type: "bindingEnded", connection: 1, reason: "expired" }]]);
  assert.equal(over.state.phase, "resuming");
});

test("what does not fit the phase changes nothing", () => {
  for (const input of [opened(), hello(), { type: "resumeReply", connection: 1, binding } as const]) {
    const step = run([...bound, [40, input]]);
    assert.deepEqual(step, { state: run(bound).state, effects: [] });
  }
});

test("a sign-in whose connection is gone is resumed on the next one", () => {
  const step = run([
    ...greeted,
    [30, closed()],
    [280, tick],
    [290, opened(2)],
    [300, hello(2)],
    [310, signedIn(1)],
  ]);
  assert.equal(step.state.phase, "resuming");
  assert.deepEqual(step.effects[0], { type: "sendResume", connection: 2, userId: "ada" });
});

const pongAt = (atMs: number, serverOffMs: number): readonly [number, SignInInput] => [
  atMs,
  { type: "pong", connection: 1, serverTimeMs: t0 + atMs + serverOffMs },
];
const offOf = (inputs: Parameters<typeof run>[0]): number => run(inputs).state.serverClockOffMs;

test("each ping tells the server's clock anew, so that one that is set or drifts meanwhile is noticed", () => {
  const pinged = [...bound, [15_020, tick]] as const;
  assert.equal(offOf([...pinged, pongAt(15_100, 200_000)]), 200_000);
  assert.ok(types(run([...pinged, pongAt(15_100, 200_000)])).includes("changed"));
  const again = [...pinged, pongAt(15_100, 200_000), [30_100, tick], pongAt(30_150, 0)] as const;
  assert.equal(offOf(again), 0);
  // What the network makes of it is no news, for which everything would be drawn anew four times a minute.
  const same = run([...pinged, pongAt(15_100, 200_000), [30_100, tick], pongAt(30_150, 200_900)]);
  assert.equal(same.state.serverClockOffMs, 200_000);
  assert.ok(!types(same).includes("changed"));
});

test("an answer that was read late, as after a sleep, or before it was asked for, says nothing of clocks", () => {
  const pinged = [...bound, [15_020, tick]] as const;
  assert.equal(offOf([...pinged, pongAt(25_019, 200_000)]), 200_000);
  assert.equal(offOf([...pinged, pongAt(25_020, -3_600_000)]), offOf(pinged));
  assert.equal(offOf([...pinged, pongAt(15_019, 200_000)]), offOf(pinged));
});

test("whatever time a server says, its bindings end when they would", () => {
  const shortly = [...bound, [3_600_000, tick], pongAt(3_600_001, -3_600_000)] as const;
  assert.equal(run(shortly).state.serverClockOffMs, -3_600_000);
  assert.equal(run([...shortly, [3_600_020, tick]]).state.phase, "signedOut");
});

test("a clock that is put back stops nothing: not the pings, the wait for an answer, nor the next try", () => {
  const hourMs = 3_600_000;
  assert.ok(types(run([...bound, [15_020 - hourMs, tick]])).includes("sendPing"));
  const pinged = [...bound, [15_020, tick]] as const;
  assert.equal(run([...pinged, [25_020 - hourMs, tick]]).state.phase, "offline");
  const lost = [...bound, [1_000, closed()]] as const;
  assert.equal(run([...lost, [1_250 - hourMs, tick]]).state.phase, "connecting");
  // Not sooner than they are due while it goes on as it should.
  assert.ok(!types(run([...bound, [15_019, tick]])).includes("sendPing"));
});

test("taken over, released, expired: the binding ends", () => {
  const taken = run([...bound, [40, { type: "bindingEnded", connection: 1, reason: "takenOver" }]]);
  assert.equal(taken.state.phase, "signedOut");
  assert.deepEqual(taken.state.signedOutBy, { type: "ended", reason: "takenOver" });
  const released = run([...bound, [40, { type: "released" }]]);
  assert.equal(released.state.phase, "signedOut");
  assert.equal(released.state.signedOutBy, undefined);
  // The server's clock is 20 ms behind.
  const expiryMs = 3_600_000 + 20;
  const pong: SignInInput = { type: "pong", connection: 1, serverTimeMs: t0 };
  const shortly = [...bound, [expiryMs - 3, tick], [expiryMs - 2, pong]] as const;
  assert.equal(run([...shortly, [expiryMs - 1, tick]]).state.phase, "signedIn");
  const expired = run([...shortly, [expiryMs, tick]]);
  assert.equal(expired.state.phase, "signedOut");
  assert.deepEqual(expired.state.signedOutBy, { type: "ended", reason: "expired" });
});

test("the device is taken away: signed out at once, online or not, and not resumed", () => {
  const removed: SignInInput = { type: "deviceRemoved" };
  const online = run([...bound, [40, removed]]);
  assert.deepEqual([online.state.phase, online.state.binding], ["signedOut", undefined]);
  assert.deepEqual(online.state.signedOutBy, { type: "deviceRemoved" });
  assert.ok(online.effects.some(({ type }) => type === "changed"));
  // The server's own word about it comes later and changes nothing.
  const told = stepSignIn(online.state, { type: "bindingEnded", connection: 1, reason: "released" }, 50, 0);
  assert.deepEqual(told.state.signedOutBy, { type: "deviceRemoved" });
  const offline = run([...bound, [1000, closed()], [1010, removed]]);
  assert.deepEqual([offline.state.phase, offline.state.binding], ["offline", undefined]);
  const back = run([
    ...bound,
    [1000, closed()],
    [1010, removed],
    [1300, tick],
    [1310, opened(2)],
    [1320, hello(2)],
  ]);
  assert.equal(back.state.phase, "signedOut");
  assert.ok(back.effects.every(({ type }) => type !== "sendResume"));
  // While the server is asked to resume, its answer does not bring the binding back.
  const resuming = run([
    ...bound,
    [1000, closed()],
    [1300, tick],
    [1310, opened(2)],
    [1320, hello(2)],
    [1330, removed],
  ]);
  assert.equal(resuming.state.phase, "signedOut");
  const late = stepSignIn(
    resuming.state,
    { type: "resumeReply", connection: 2, binding: { userId: "ada" as never, expiresAtMs: 9_999_999 } },
    1340,
    0,
  );
  assert.deepEqual([late.state.phase, late.state.binding], ["signedOut", undefined]);
});

test("a binding that expires while offline is not resumed", () => {
  const { state } = run([
    ...bound,
    [1000, closed()],
    [3_700_000, tick],
    [3_700_010, opened(2)],
    [3_700_020, hello(2)],
  ]);
  assert.equal(state.phase, "signedOut");
});

test("stop closes the connection, and nothing starts it again", () => {
  const step = run([...bound, [40, { type: "stop" }]]);
  assert.deepEqual(types(step), ["disconnect", "changed"]);
  for (const input of [tick, closed(), { type: "retryNow" } as const, opened()]) {
    assert.deepEqual(stepSignIn(step.state, input, t0 + 1e9, 0), { state: step.state, effects: [] });
  }
});

test("retryNow connects at once, but only while offline", () => {
  const step = run([...bound, [1000, closed()], [1001, { type: "retryNow" }]]);
  assert.deepEqual(step.effects[0], { type: "connect", connection: 2 });
  assert.deepEqual(run([...bound, [40, { type: "retryNow" }]]).effects, []);
});

test("connectAnew gives up the connection there is, and one that is awaited for longer than a second", () => {
  const connectAnew = { type: "connectAnew" } as const;
  const online = run([...bound, [40, connectAnew]]);
  assert.deepEqual(types(online).slice(0, 2), ["disconnect", "connect"]);
  const offline = run([...bound, [1000, closed()], [1001, connectAnew]]);
  assert.deepEqual(offline.effects[0], { type: "connect", connection: 2 });
  const again = (afterMs: number) => types(run([...bound, [40, connectAnew], [40 + afterMs, connectAnew]]));
  assert.deepEqual(again(999), []);
  assert.deepEqual(again(1_000).slice(0, 2), ["disconnect", "connect"]);
  assert.deepEqual(run([...bound, [40, { type: "stop" }], [50, connectAnew]]).effects, []);
});

const anyInput = (state: SignInState): fc.Arbitrary<SignInInput> => {
  const connection = fc.constantFrom(state.connection, Math.max(1, state.connection - 1));
  const code = fc.constantFrom(
    "connection.lost",
    "server.stopping",
    "auth.bindingGone",
    "protocol.version" as const,
  );
  return fc.oneof(
    connection.map((number) => opened(number)),
    connection.map((number) => hello(number)),
    connection.map((number) => signedIn(number)),
    fc.record({
      type: fc.constantFrom("closed", "helloRefused", "resumeRefused" as const),
      connection,
      code,
    }),
    connection.map((number): SignInInput => ({ type: "resumeReply", connection: number, binding })),
    connection.map((number): SignInInput => ({ type: "pong", connection: number, serverTimeMs: t0 })),
    connection.map((number): SignInInput => ({
      type: "bindingEnded",
      connection: number,
      reason: "takenOver",
    })),
    fc.constantFrom<SignInInput>(
      ...(["released", "deviceRemoved", "retryNow", "connectAnew"] as const).map((type) => ({ type })),
      ...[true, false].map((goesOn) => ({ type: "call", goesOn }) as const),
      tick,
      tick,
      tick,
    ),
  );
};

test("whatever comes: it always waits for something, one connection at a time, never busy", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(), fc.nat(20_000), fc.double({ min: 0, max: 1, noNaN: true }))),
      (choices) => {
        let { state, effects }: SignInStep = startSignIn(t0);
        let nowMs = t0;
        let open = 0;
        let wakeMs: number | undefined;
        const perform = (performed: readonly SignInEffect[]): void => {
          for (const effect of performed) {
            if (effect.type === "connect") open++;
            if (effect.type === "disconnect") open--;
            if (effect.type === "wakeAt") wakeMs = effect.atMs;
          }
        };
        perform(effects);
        for (const [seed, laterMs, random] of choices) {
          nowMs += laterMs;
          const input = fc.sample(anyInput(state), { numRuns: 1, seed })[0] ?? tick;
          const live =
            "connection" in input && input.connection === state.connection && state.phase !== "offline";
          if (input.type === "closed" && live) open--;
          ({ state, effects } = stepSignIn(state, input, nowMs, random));
          perform(effects);
          assert.equal(open, state.phase === "offline" ? 0 : 1);
          assert.equal(state.phase === "offline", state.offline !== undefined);
          assert.ok(
            state.phase === "signedIn" || state.phase === "resuming" ? state.binding !== undefined : true,
          );
          const waits = [state.answerByMs, state.pingAtMs, state.offline?.retryAtMs].filter(
            (time) => time !== undefined,
          );
          assert.equal(waits.length, 1);
          assert.ok(wakeMs !== undefined && wakeMs <= Math.min(...waits));
          // Time passes only as far as the machine asked for, so that a tick always moves it on.
          const again = stepSignIn(state, tick, Math.max(nowMs, ...waits), random);
          assert.notDeepEqual(again.state, state);
        }
      },
    ),
    { numRuns: 300 },
  );
});
