/** Nobody comes into a call by an answer from long ago, as who would be longest in it by it; a terminal that hears of it late lets in whom it had to. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { startMember, stepCallMember } from "@signet/protocol";
import type { CallId, CallMemberInput, CallMemberState, TerminalId, UserId } from "@signet/protocol";

import { entryHook, mostEntryAgeMs } from "../../src/call/entry-age.ts";
import { HeardThrough } from "../../src/call/heard-through.ts";
import { answerFields, callAt, joinAt, leafOf } from "../support/answers.ts";

const atMs = 1_800_000_000_000;

test("an answer may be as old as two clocks and a Commit that came to nothing make it, be it a call that crossed this one", () => {
  const refusal = entryHook(() => atMs);
  const oldest = atMs - mostEntryAgeMs;
  for (const answerAt of [joinAt, callAt]) {
    assert.equal(refusal(answerAt(oldest)), undefined);
    assert.equal(refusal(answerAt(oldest - 1)), "proof.time");
  }
});

test("what is no answer lets nobody in", () => {
  const refusal = entryHook(() => atMs);
  const left = leafOf({ purpose: "leave", ...answerFields, issuedAtMs: atMs, reason: "left" });
  assert.equal(refusal(left), "proof.purpose");
  assert.equal(refusal({ ...left, identity: new Uint8Array(32) }), "proof.purpose");
});

const self = { userId: "ben" as UserId, terminalId: "t" as TerminalId };
const after = (state: CallMemberState, ...inputs: CallMemberInput[]): CallMemberState =>
  inputs.reduce((at, input) => stepCallMember(at, input).state, state);
const active = after(
  startMember(answerFields.callId as CallId, self, []).state,
  { type: "joinAccepted", members: [] },
  {
    type: "event",
    event: {
      type: "call.welcome",
      body: {
        callId: answerFields.callId as CallId,
        epoch: 1,
        number: 1,
        by: "ann" as UserId,
        welcome: new Uint8Array(1),
      },
    },
  },
  { type: "advanced", epoch: 1 },
);
const hourMs = 3_600_000;

test("what is held against is up to when all was heard, while nothing is missing", () => {
  let nowMs = atMs;
  const heard = new HeardThrough(atMs, () => nowMs);
  assert.equal(heard.atMs, atMs, "all that follows the own answer is younger");
  nowMs += hourMs;
  heard.note(active, undefined);
  assert.equal(heard.atMs, atMs);
  heard.note(active, nowMs - 5_000);
  assert.equal(heard.atMs, nowMs - 5_000);
});

test("of who was away it is when they went, until they have caught up", () => {
  const heard = new HeardThrough(atMs, () => atMs + hourMs);
  const away = after(active, { type: "disconnected" });
  const back = after(away, { type: "connected" });
  for (const state of [away, back]) heard.note(state, atMs + hourMs);
  assert.equal(heard.atMs, atMs);
  const caughtUp = after(back, {
    type: "synced",
    reply: { epoch: 1, commits: [], members: [], strayed: false },
  });
  heard.note(caughtUp, atMs + hourMs);
  assert.equal(heard.atMs, atMs + hourMs);
});

test("a clock that is put back leaves nobody to be refused", () => {
  let nowMs = atMs;
  const heard = new HeardThrough(atMs, () => nowMs);
  nowMs -= hourMs;
  assert.equal(heard.atMs, nowMs);
});
