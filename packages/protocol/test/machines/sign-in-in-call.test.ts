/** Who is in a call while the server is not reached: how often it is tried. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { startSignIn, stepSignIn } from "@signet/protocol";
import type { ErrorCode, SignInInput, SignInState } from "@signet/protocol";

import { server, t0 } from "./sign-in-server.ts";

const opened = (connection: number): SignInInput => ({ type: "opened", connection });
const closed = (connection: number, code: ErrorCode = "connection.lost"): SignInInput => ({
  type: "closed",
  connection,
  code,
});
const tick: SignInInput = { type: "tick" };
const call = (goesOn: boolean): SignInInput => ({ type: "call", goesOn });

/** The server introduced itself, and there is a call. */
function inCall(): SignInState {
  let { state } = startSignIn(t0);
  for (const input of [opened(1), { type: "helloReply", connection: 1, server } as const, call(true)])
    ({ state } = stepSignIn(state, input, t0, 1));
  return state;
}

/** @returns how long each attempt at a server that is not reached was waited for, ms */
function waits(count: number, random: () => number, state = inCall(), code?: ErrorCode): number[] {
  let nowMs = t0 + 1_000;
  let current = state;
  return Array.from({ length: count }, () => {
    current = stepSignIn(current, closed(current.connection, code), nowMs, random()).state;
    const waitMs = (current.offline?.retryAtMs ?? nowMs) - nowMs;
    nowMs += waitMs;
    current = stepSignIn(current, tick, nowMs, random()).state;
    assert.equal(current.phase, "connecting");
    return waitMs;
  });
}

test("a server that is not reached is tried every 0.75 s for a minute, and then as always", () => {
  const [...all] = waits(102, () => 1);
  assert.deepEqual(all.slice(0, 4), [250, 500, 750, 750]);
  assert.deepEqual(all.slice(99), [750, 10_000, 10_000]);
  assert.deepEqual(waits(4, () => 0).slice(0, 4), [125, 250, 375, 375]);
});

test("after the call it is tried as always", () => {
  const over = stepSignIn(inCall(), call(false), t0, 1).state;
  assert.deepEqual(
    waits(4, () => 1, over),
    [250, 500, 1_000, 2_000],
  );
});

test("a server that is reached and does not answer, or refuses, is not tried more often", () => {
  assert.deepEqual(
    waits(4, () => 1, inCall(), "connection.timeout"),
    [250, 500, 1_000, 2_000],
  );
  let state = inCall();
  for (let n = 1; n <= 4; n++) {
    for (const input of [closed(n), { type: "retryNow" } as const, opened(n + 1)])
      ({ state } = stepSignIn(state, input, t0, 1));
    assert.equal(state.phase, "greeting");
  }
  assert.equal(stepSignIn(state, closed(5), t0, 1).state.offline?.retryAtMs, t0 + 4_000);
});

test("a hundred terminals of a server that restarts do not come at once, and all within a second", () => {
  const downMs = 20_000;
  const firsts = Array.from({ length: 100 }, (_, n) => {
    let atMs = 0;
    for (const waitMs of waits(60, seeded(n + 1))) {
      atMs += waitMs;
      if (atMs >= downMs) break;
    }
    return atMs - downMs;
  });
  assert.ok(Math.min(...firsts) >= 0 && Math.max(...firsts) <= 750);
  for (let fromMs = 0; fromMs < 700; fromMs += 50)
    assert.ok(firsts.filter((time) => time >= fromMs && time < fromMs + 50).length <= 25, `${fromMs}`);
});

/** A generator of its own for each terminal (a linear congruence). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
