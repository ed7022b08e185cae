/** A leaf gives way to a younger answer of the same person, and to nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mostReplacementAgeMs, replacementHook } from "../../src/call/replacement.ts";
import { answerFields, callAt, joinAt, leafOf } from "../support/answers.ts";

const nowMs = 1_800_000_000_000;
const refusal = replacementHook(() => nowMs);

test("the later answer takes the place of the one before, be that one the call itself", () => {
  assert.equal(refusal(joinAt(nowMs - 1), joinAt(nowMs)), undefined);
  assert.equal(refusal(callAt(nowMs - 1), joinAt(nowMs)), undefined);
});

test("an answer from before, or of the same moment, as a server may have kept back, does not", () => {
  assert.equal(refusal(joinAt(nowMs), joinAt(nowMs)), "proof.beforeStay");
  assert.equal(refusal(joinAt(nowMs), joinAt(nowMs - 1)), "proof.beforeStay");
  assert.equal(refusal(joinAt(nowMs), callAt(nowMs - 1)), "proof.beforeStay");
});

test("nor one that is older than what came to pass before, by the clock of who is asked", () => {
  const oldest = nowMs - mostReplacementAgeMs;
  assert.equal(refusal(joinAt(oldest - 10), joinAt(oldest)), undefined);
  assert.equal(refusal(joinAt(oldest - 10), joinAt(oldest - 1)), "proof.time");
});

test("nor what is no answer to a call", () => {
  const left = leafOf({ purpose: "leave", ...answerFields, issuedAtMs: nowMs, reason: "left" });
  assert.equal(refusal(joinAt(nowMs - 1), left), "proof.purpose");
  assert.equal(refusal(joinAt(nowMs - 1), { ...left, identity: new Uint8Array(32) }), "proof.purpose");
});
