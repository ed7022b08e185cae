/** The word that is kept for a page that is closed: always signed, never old, and said once. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ProofIn } from "@signet/protocol";

import { Farewell } from "../../src/call/farewell.ts";
import { withTogether } from "../../src/call/together.ts";

function signer() {
  const waits: PromiseWithResolvers<ProofIn>[] = [];
  const timers: (() => void)[] = [];
  let cancelled = 0;
  const farewell = new Farewell(
    () => {
      const wait = Promise.withResolvers<ProofIn>();
      waits.push(wait);
      return wait.promise;
    },
    {
      after: (_delayMs, run) => {
        timers.push(run);
        return () => void cancelled++;
      },
    },
  );
  assert.equal(waits.length, 0, "nothing begins by itself");
  farewell.start();
  farewell.start();
  assert.equal(waits.length, 1, "and only once");
  const signed = async (index: number): Promise<ProofIn> => {
    const proof = { transcript: new Uint8Array([index]) } as ProofIn;
    waits[index]!.resolve(proof);
    await new Promise((resolve) => setImmediate(resolve));
    return proof;
  };
  return { farewell, waits, timers, signed, cancelled: () => cancelled };
}

test("it is at hand as soon as it is signed, is signed anew in time, and is said once", async () => {
  const { farewell, waits, timers, signed, cancelled } = signer();
  assert.equal(timers.length, 0);
  await signed(0);
  timers[0]!();
  assert.equal(waits.length, 2);
  const second = await signed(1);
  assert.equal(farewell.take(), second);
  assert.equal(farewell.take(), undefined);
  assert.equal(cancelled(), 1, "it is not signed again");
});

test("before it is signed there is none, and after the call none is kept or signed", async () => {
  const early = signer();
  assert.equal(early.farewell.take(), undefined);
  await early.signed(0);
  assert.equal(early.farewell.take(), undefined);
  assert.equal(early.timers.length, 0);
  early.farewell.start();
  assert.equal(early.waits.length, 1, "what is over does not begin again");
  const over = signer();
  await over.signed(0);
  over.farewell.stop();
  assert.equal(over.farewell.take(), undefined);
  assert.equal(over.cancelled(), 1);
});

test("who is signed out keeps no word, and tries again", async () => {
  const { farewell, waits, timers } = signer();
  waits[0]!.reject(new Error("signed out"));
  await new Promise((resolve) => setImmediate(resolve));
  timers[0]!();
  assert.equal(waits.length, 2);
  assert.equal(farewell.take(), undefined);
});

test("the time of a call is the time with somebody else", () => {
  const steps: [boolean, number][] = [
    [false, 1_000],
    [true, 2_000],
    [true, 5_000],
    [false, 10_000],
    [false, 60_000],
    [true, 100_000],
    [false, 101_000],
  ];
  let state: { togetherMs: number; togetherSinceMs?: number } = { togetherMs: 0 };
  for (const [isTogether, nowMs] of steps) state = withTogether(state, isTogether, nowMs);
  assert.deepEqual(state, { togetherMs: 9_000 });
});
