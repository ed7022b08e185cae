/** Merging personal documents, against a plain model: all that was ever written, in whatever order and however often it meets. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CallId,
  decodeDocument,
  emptyDocument,
  encodeDocument,
  mergeDocuments,
  TerminalId,
  toBase64Url,
} from "@signet/protocol";
import type { PersonalDocument } from "@signet/protocol";
import fc from "fast-check";

const id = (number: number) => toBase64Url(new Uint8Array(16).fill(number));
// Few of each, so that the same ones meet.
const stamps = fc.record({
  atMs: fc.nat(3),
  counter: fc.nat(1),
  terminalId: fc.nat(1).map((number) => TerminalId.parse(id(number))),
});
const values = fc.uint8Array({ maxLength: 2, max: 2 }).map((bytes) => Uint8Array.from(bytes));
const paths = fc.constantFrom("people/anna", "people/ben", "settings");
const words = fc.oneof(
  fc.record({
    type: fc.constant("written" as const),
    path: paths,
    name: fc.constantFrom("note", "favourite"),
    stamp: stamps,
    value: values,
  }),
  fc.record({ type: fc.constant("removed" as const), path: paths, stamp: stamps }),
  fc.record({ type: fc.constant("cleared" as const), beforeMs: fc.nat(4) }),
  fc.record({
    type: fc.constant("called" as const),
    startedAtMs: fc.nat(4),
    callId: fc.nat(2).map((number) => CallId.parse(id(number))),
    partMs: fc.nat(1),
    value: values,
  }),
);
type Word = (typeof words)["generate"] extends (...input: never[]) => { value: infer T } ? T : never;
type StampOf = Extract<Word, { type: "removed" }>["stamp"];

/** A document in which nothing but this was written. */
function saying(word: Word): PersonalDocument {
  if (word.type === "cleared") return { ...emptyDocument, clearedBeforeMs: word.beforeMs };
  if (word.type === "called") {
    const { startedAtMs, callId, partMs, value } = word;
    return { ...emptyDocument, history: [{ startedAtMs, callId, partMs, value }] };
  }
  const item =
    word.type === "removed"
      ? { removed: word.stamp, fields: new Map<string, never>() }
      : { removed: undefined, fields: new Map([[word.name, { stamp: word.stamp, value: word.value }]]) };
  return { ...emptyDocument, items: new Map([[word.path, item]]) };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
/** Greater as text where it is later. */
const order = ({ atMs, counter, terminalId }: StampOf) => `${atMs} ${counter} ${terminalId}`;

/** What holds of all these, found without merging: `path name value`, and calls. */
function model(all: readonly Word[]): string[] {
  const written = all.filter((word) => word.type === "written");
  const removed = all.filter((word) => word.type === "removed");
  const cleared = Math.max(0, ...all.map((word) => (word.type === "cleared" ? word.beforeMs : 0)));
  const isGone = ({ path, stamp }: (typeof written)[number]) =>
    removed.some((one) => one.path === path && order(one.stamp) >= order(stamp));
  const rank = ({ stamp, value }: (typeof written)[number]) => `${order(stamp)} ${text(value)}`;
  const fields = written
    .filter((word) => !isGone(word))
    .filter(
      (word) => !written.some((o) => o.path === word.path && o.name === word.name && rank(o) > rank(word)),
    )
    .map((word) => `${word.path} ${word.name} ${rank(word)}`);
  const tombs = removed
    .filter((word) => !removed.some((o) => o.path === word.path && order(o.stamp) > order(word.stamp)))
    .map((word) => `${word.path} removed ${order(word.stamp)}`);
  const calls = all.filter((word) => word.type === "called" && word.startedAtMs >= cleared);
  const of = (word: Extract<Word, { type: "called" }>) => `call ${word.startedAtMs} ${word.callId}`;
  const knows = (word: Extract<Word, { type: "called" }>) => `${word.partMs} ${text(word.value)}`;
  const history = calls
    .filter((word) => word.type === "called")
    .filter((word, _, others) => !others.some((o) => of(o) === of(word) && knows(o) > knows(word)))
    .map((word) => `${of(word)} ${knows(word)}`);
  return [...new Set([...fields, ...tombs, ...history, `cleared ${cleared}`])].sort();
}

function said({ items, clearedBeforeMs, history }: PersonalDocument): string[] {
  const all = [`cleared ${clearedBeforeMs}`];
  for (const [path, { removed, fields }] of items) {
    if (removed !== undefined) all.push(`${path} removed ${order(removed)}`);
    for (const [name, { stamp, value }] of fields) all.push(`${path} ${name} ${order(stamp)} ${text(value)}`);
  }
  for (const { startedAtMs, callId, partMs, value } of history)
    all.push(`call ${startedAtMs} ${callId} ${partMs} ${text(value)}`);
  return all.sort();
}

const merged = (all: readonly PersonalDocument[]): PersonalDocument =>
  all.reduce(mergeDocuments, emptyDocument);
const documents = fc.array(words, { maxLength: 12 });

test("merged in any order, in any grouping and repeated, all that was written is what the model says", () => {
  fc.assert(
    fc.property(documents, documents, documents, (a, b, c) => {
      const [one, two, three] = [a, b, c].map((some) => merged(some.map(saying)));
      assert.ok(one && two && three);
      const whole = mergeDocuments(mergeDocuments(one, two), three);
      assert.deepEqual(said(whole), model([...a, ...b, ...c]));
      const bytes = encodeDocument(whole);
      assert.deepEqual(encodeDocument(mergeDocuments(one, mergeDocuments(two, three))), bytes);
      assert.deepEqual(encodeDocument(mergeDocuments(three, mergeDocuments(two, one))), bytes);
      assert.deepEqual(encodeDocument(mergeDocuments(whole, two)), bytes);
      assert.deepEqual(encodeDocument(mergeDocuments(whole, whole)), bytes);
      assert.deepEqual(decodeDocument(bytes).history, whole.history);
      assert.deepEqual(encodeDocument(decodeDocument(bytes)), bytes);
    }),
    { numRuns: 500 },
  );
});
