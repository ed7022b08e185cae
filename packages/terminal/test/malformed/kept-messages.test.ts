/** What a terminal keeps of voice messages is bounded, and that costs whoever left most. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import {
  asKeptMessages,
  isHere,
  messageFloorMs,
  mostKeptSounds,
  mostKnownMessages,
  withMessage,
} from "../../src/messages/kept-messages.ts";
import type { KeptMessage } from "../../src/messages/kept-messages.ts";
import { leftBy } from "../support/left-message.ts";

const nowMs = 1_800_000_000_000;
const [ben, mal] = ["ben", "mal"] as UserId[] as [UserId, UserId];
const many = (count: number, of: (index: number) => KeptMessage) =>
  Array.from({ length: count }, (_, i) => of(i));
const taking = (messages: readonly KeptMessage[], kept: readonly KeptMessage[] = []) =>
  messages.reduce((all, one) => withMessage(all, one, nowMs), kept);
const here = (kept: readonly KeptMessage[]) => kept.filter(isHere).map(({ id }) => id);

test("one caller's many make room for each other, and cost nobody else's", () => {
  const first = leftBy(ben, nowMs - 5_000);
  const theirs = many(mostKeptSounds, (index) => leftBy(mal, nowMs - 1_000 + index));
  const full = taking([first, ...theirs.slice(1)]);
  assert.equal(here(full).length, mostKeptSounds);
  const over = taking([theirs[0]!], full);
  assert.deepEqual(
    here(over),
    [first, ...theirs.slice(1)].map(({ id }) => id),
    "the oldest of theirs, as it is taken",
  );
  const [out] = over.filter((one) => !isHere(one));
  assert.deepEqual([out?.id, out?.madeRoom, out?.isGone], [theirs[0]?.id, true, false], "nobody deleted it");
  assert.deepEqual(asKeptMessages(structuredClone(over)), over);
});

test("of whoever left most those go first that were heard", () => {
  const theirs = many(mostKeptSounds, (index) => leftBy(mal, nowMs + index, { isHeard: index === 7 }));
  const over = taking([leftBy(ben, nowMs + 999)], taking(theirs));
  assert.deepEqual(
    over.filter((one) => !isHere(one)).map(({ id }) => id),
    [theirs[7]?.id],
  );
});

test("what is known is bounded, and who left most is forgotten: of theirs alone nothing older is taken any more", () => {
  const gone = many(mostKnownMessages - 1, (index) => leftBy(mal, nowMs + index, { isGone: true }));
  const full = taking([leftBy(ben, nowMs - 9, { isGone: true }), ...gone]);
  assert.equal(full.length, mostKnownMessages);
  assert.deepEqual([messageFloorMs(full, mal), messageFloorMs(full, ben)], [-Infinity, -Infinity]);
  const over = taking([leftBy(mal, nowMs + 5_000, { isGone: true })], full);
  assert.equal(over.length, mostKnownMessages);
  assert.deepEqual([over[0]?.call.from.userId, messageFloorMs(over, ben)], [ben, -Infinity]);
  assert.equal(messageFloorMs(over, mal), nowMs);
  assert.equal(messageFloorMs(asKeptMessages(structuredClone(over)), mal), nowMs);
  const more = taking([leftBy(mal, nowMs + 5_001, { isGone: true })], over);
  assert.equal(messageFloorMs(more, mal), nowMs + 1);
});
