/** What is kept of a call for its record is bounded, and what it goes without is what says least. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ProofIn, UserId } from "@signet/protocol";

import { CallNotes } from "../../src/call/record/call-notes.ts";
import type { NotedEpoch } from "../../src/call/record/call-notes.ts";

const word = (name: string): { readonly proof: ProofIn; readonly binding: ProofIn } => {
  const proof = (text: string): ProofIn => ({
    transcript: new TextEncoder().encode(text),
    signature: { kind: "terminal", signature: new Uint8Array(64) },
  });
  return { proof: proof(name), binding: proof("a sign-in") };
};

function epochOf(number: number, ...userIds: readonly string[]): NotedEpoch {
  return {
    number,
    list: ["the call"],
    members: userIds.map((userId, leaf) => ({
      leaf,
      userId: userId as UserId,
      answer: `${userId}'s answer`,
    })),
    authenticatorHash: new Uint8Array(32),
    digest: new Uint8Array(32),
    words: new Map(),
    isSigned: false,
  };
}

/** Each signed by all who are in it. */
function entered(notes: CallNotes, number: number, ...userIds: readonly string[]): void {
  const epoch = epochOf(number, ...userIds);
  notes.entered(epoch, []);
  for (const { userId } of epoch.members) notes.signed(epoch, userId, word(`${number} ${userId}`));
}

const numbers = (notes: CallNotes): readonly number[] => notes.epochs.map(({ number }) => number);

test("of the same people the first and the last epoch are kept, and the latest eight", () => {
  const notes = new CallNotes();
  for (let number = 1; number <= 40; number++) entered(notes, number, "ann", "ben");
  for (let number = 41; number <= 60; number++) entered(notes, number, "ann", "ben", "cleo");
  assert.deepEqual(numbers(notes), [1, 40, 41, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
});

test("an epoch that somebody signed last is kept, and one that nobody signed is not", () => {
  const notes = new CallNotes();
  entered(notes, 1, "ann", "ben");
  entered(notes, 2, "ann", "ben");
  const third = epochOf(3, "ann", "ben");
  notes.entered(third, []);
  notes.signed(third, "ann" as UserId, word("3 ann"));
  notes.entered(epochOf(4, "ann", "ben"), []);
  for (let number = 5; number <= 20; number++) entered(notes, number, "ann", "ben", "cleo");
  assert.deepEqual(numbers(notes).slice(0, 3), [1, 2, 3]);
  assert.equal(notes.recent(4), undefined);
});

test("a long call keeps the first and the last of it, in people as in words", () => {
  const notes = new CallNotes();
  for (let number = 1; number <= 2_000; number++) entered(notes, number, `p${number % 3}`, `q${number % 5}`);
  assert.equal(notes.epochs.length, 256 + 8);
  assert.deepEqual([numbers(notes)[0], numbers(notes).at(-1)], [1, 2_000]);
  const crowd = Array.from({ length: 200 }, (_, place) => `p${place}`);
  for (let number = 2_001; number <= 2_200; number++) entered(notes, number, ...crowd, `x${number}`);
  const words = notes.epochs.reduce((sum, epoch) => sum + epoch.words.size, 0);
  assert.ok(words <= 8_192 + 8 * 201, String(words));
  assert.deepEqual([numbers(notes)[0], numbers(notes).at(-1)], [1, 2_200]);
});

test("what came of a void Commit is forgotten with its number", () => {
  const notes = new CallNotes();
  entered(notes, 1, "ann", "ben");
  entered(notes, 2, "ann", "ben", "cleo");
  entered(notes, 2, "ann", "ben");
  assert.deepEqual(
    notes.epochs.map(({ members, number }) => [number, members.length]),
    [
      [1, 2],
      [2, 2],
    ],
  );
});

test("what the server says again is no news; of the same binding one is held", () => {
  const notes = new CallNotes();
  const ann = { userId: "ann" as UserId, state: "ringing" as const };
  notes.heard([{ member: ann }], 1);
  notes.heard([{ member: ann }, { member: { ...ann, state: "left" }, reason: "lost" }], 2);
  notes.heard([{ member: { ...ann, state: "left" } }], 3);
  assert.deepEqual(notes.server, [
    { atMs: 1, userId: "ann", state: "ringing" },
    { atMs: 2, userId: "ann", state: "left", reason: "lost" },
  ]);
  for (let at = 0; at < 5_000; at++)
    notes.heard([{ member: { ...ann, state: at % 2 === 0 ? "joined" : "joining" } }], 10 + at);
  assert.equal(notes.server.length, 4_096);
  notes.ended(word("a leave"));
  notes.ended(word("a leave"));
  notes.ended(word("another"));
  notes.ended({ proof: word("without").proof });
  assert.equal(notes.ends.length, 2);
  assert.equal(notes.ends[0]?.binding, notes.ends[1]?.binding);
});
