/** Who is led to a first call, and what is done of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { signal } from "@preact/signals";
import { CallId, UserId } from "@signet/protocol";
import type { AddedCall, TerminalState } from "@signet/terminal";

import { isKeptStep, isNew, stepsDone } from "../../src/lib/first-steps.ts";
import type { FirstStep } from "../../src/lib/first-steps.ts";
import { createFirstSteps } from "../../src/model/first-steps.ts";

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
const done = (
  personal: Personal | undefined,
  { hasTestedSound = false, kept = [], named = echo }: Partial<Known> = {},
) => [
  ...stepsDone({ personal, echo: named === "none" ? undefined : named, hasTestedSound, kept: new Set(kept) }),
];
interface Known {
  readonly named: UserId | "none";
  readonly hasTestedSound: boolean;
  readonly kept: readonly FirstStep[];
}

test("each step is done by what it asks for, and not by another one", () => {
  assert.deepEqual(done(undefined), ["signIn"]);
  assert.deepEqual(done(has([], []), { hasTestedSound: true }), ["signIn", "sound"]);
  for (const outcome of ["failed", "unanswered", "missed", "declined"] as const)
    assert.deepEqual(done(has([], [call(outcome, echo)])), ["signIn"], outcome);
  // A call is one with whomever it was, also where there is an echo; that anybody was heard well nobody said.
  for (const named of [echo, "none"] as const)
    for (const userId of [echo, bob])
      assert.deepEqual(done(has([], [call("talked", userId)]), { named }), ["signIn", "call"]);
  assert.deepEqual(done(has([echo], [])), ["signIn"], "the echo is nobody's friend");
  assert.deepEqual(done(has([bob], [])), ["signIn", "person"]);
});

test("what was done stays done when what showed it is gone", () => {
  assert.deepEqual(done(undefined, { kept: ["call"] }), ["signIn", "call"]);
  assert.deepEqual(done(has([], []), { kept: ["call", "person"] }), ["signIn", "call", "person"]);
  assert.deepEqual(["signIn", "sound", "call", "person", "echo", 3].map(isKeptStep), [
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
});

test("whoever talked with somebody and has people is not new, nor is anybody before it is known what they have", () => {
  const isNewWith = (personal: Personal | undefined, kept: readonly FirstStep[] = []): boolean =>
    isNew(personal, stepsDone({ personal, echo, hasTestedSound: false, kept: new Set(kept) }));
  assert.equal(isNewWith(has([], [])), true);
  assert.equal(isNewWith(has([bob], [call("missed", bob)])), true);
  assert.equal(isNewWith(has([], [call("talked", echo)])), true);
  assert.equal(isNewWith(has([bob], [call("talked", bob)])), false);
  assert.equal(isNewWith(has([bob], []), ["call"]), false, "who cleared the history is not new again");
  assert.equal(isNewWith(undefined), false);
  assert.equal(isNewWith(has([], [], { status: "pending" })), false);
});

test("what two tabs of the browser saw done is kept of both", (t) => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  const stored = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  };
  Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(globalThis, "localStorage");
    else Object.defineProperty(globalThis, "localStorage", before);
  });
  const tab = () => {
    const state = signal({ personal: has([], []) } as unknown as TerminalState);
    const { firstStepsDone } = createFirstSteps(state, signal<UserId | undefined>(bob), signal(undefined));
    const sees = (personal: Personal): void => {
      state.value = { personal } as unknown as TerminalState;
    };
    return { firstStepsDone, sees };
  };
  const [one, other] = [tab(), tab()];
  one.sees(has([], [call("talked", echo)]));
  // Before this one hears of anything the history is cleared.
  other.sees(has([echo], []));
  assert.deepEqual([...tab().firstStepsDone.value], ["signIn", "call", "person"]);
});
