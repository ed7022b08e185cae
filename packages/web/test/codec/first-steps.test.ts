/** Who is led to a first call, and what is done of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallId, UserId } from "@signet/protocol";
import type { AddedCall, TerminalState } from "@signet/terminal";

import { isNew, stepsDone } from "../../src/lib/first-steps.ts";

const [echo, bob] = ["echo", "bob"].map((name) => UserId.parse(name)) as [UserId, UserId];
const call = (outcome: AddedCall["outcome"], userId: UserId): AddedCall => ({
  callId: CallId.parse("AAAAAAAAAAAAAAAAAAAAAA"),
  startedAtMs: 0,
  partMs: 0,
  direction: "out",
  outcome,
  userIds: [userId],
  verified: [],
});
type Personal = NonNullable<TerminalState["personal"]>;
const has = (
  people: readonly UserId[],
  history: readonly AddedCall[],
  carrying: Personal["carrying"] = { status: "carried" },
): Personal => ({
  people: people.map((userId) => ({ userId, groupIds: [] })),
  groups: [],
  history,
  settings: {},
  carrying,
  phrase: "none",
});
const done = (personal: Personal | undefined, named: UserId | "none" = echo, hasTestedSound = false) => [
  ...stepsDone({ personal, echo: named === "none" ? undefined : named, hasTestedSound }),
];

test("each step is done by what it asks for, and not by another one", () => {
  assert.deepEqual(done(undefined), ["signIn"]);
  assert.deepEqual(done(has([], []), echo, true), ["signIn", "sound"]);
  assert.deepEqual(done(has([], [call("talked", echo)])), ["signIn", "sound", "echo"]);
  for (const outcome of ["failed", "unanswered", "missed", "declined"] as const)
    assert.deepEqual(done(has([], [call(outcome, echo)])), ["signIn"], outcome);
  // With somebody else one has talked, and the echo can still be tried; where there is none, that was it.
  assert.deepEqual(done(has([], [call("talked", bob)])), ["signIn", "sound"]);
  assert.deepEqual(done(has([], [call("talked", bob)]), "none"), ["signIn", "sound", "echo"]);
  assert.deepEqual(done(has([echo], [])), ["signIn"], "the echo is nobody's friend");
  assert.deepEqual(done(has([bob], [])), ["signIn", "person"]);
});

test("whoever talked with somebody and has people is not new, nor is anybody before it is known what they have", () => {
  assert.equal(isNew(has([], [])), true);
  assert.equal(isNew(has([bob], [call("missed", bob)])), true);
  assert.equal(isNew(has([], [call("talked", echo)])), true);
  assert.equal(isNew(has([bob], [call("talked", bob)])), false);
  assert.equal(isNew(undefined), false);
  assert.equal(isNew(has([], [], { status: "pending" })), false);
});
