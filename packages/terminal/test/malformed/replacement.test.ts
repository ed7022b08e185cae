/** A leaf gives way to a younger answer of the same person, and to nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ReplacedLeaf } from "@signet/e2ee";
import { encodeProof, encodeTranscript } from "@signet/protocol";
import type { Transcript } from "@signet/protocol";

import { mostReplacementAgeMs, replacementHook } from "../../src/call/replacement.ts";

const nowMs = 1_800_000_000_000;
const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill);
const common = {
  serverOrigin: "https://call.example",
  userId: "ben",
  deviceId: "ICEiIyQlJicoKSorLC0uLw",
  callId: "QEFCQ0RFRkdISUpLTE1OTw",
};

function leaf(transcript: unknown): ReplacedLeaf {
  const proof = {
    transcript: encodeTranscript(transcript as Transcript),
    signature: { kind: "software" as const, signature: bytes(1, 64) },
  };
  return { userId: "ben", identity: encodeProof(proof), leafPublicKey: bytes(2) };
}
const joinAt = (issuedAtMs: number): ReplacedLeaf =>
  leaf({
    purpose: "join",
    ...common,
    issuedAtMs,
    callProofDigest: bytes(3),
    leafKey: bytes(2),
    head: bytes(4),
    invitation: bytes(3),
  });
const callAt = (issuedAtMs: number): ReplacedLeaf =>
  leaf({
    purpose: "call",
    ...common,
    issuedAtMs,
    memberUserIds: ["ann"],
    leafKey: bytes(2),
    head: bytes(4),
  });
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

test("nor one that is too old by the clock of who is asked", () => {
  const oldest = nowMs - mostReplacementAgeMs;
  assert.equal(refusal(joinAt(oldest - 10), joinAt(oldest)), undefined);
  assert.equal(refusal(joinAt(oldest - 10), joinAt(oldest - 1)), "proof.time");
});

test("nor what is no answer to a call", () => {
  const left = leaf({ purpose: "leave", ...common, issuedAtMs: nowMs, reason: "left" });
  assert.equal(refusal(joinAt(nowMs - 1), left), "proof.purpose");
  assert.equal(refusal(joinAt(nowMs - 1), { ...left, identity: bytes(0) }), "proof.purpose");
});
