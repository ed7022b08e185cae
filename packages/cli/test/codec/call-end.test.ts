/** What is said of a call that is over: true also of who was alone half of it, and of who declined. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallView } from "@signet/terminal";

import { failureBlock } from "../../src/live/blocks.ts";
import { summaryOf } from "../../src/live/words.ts";
import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { anna, call, idle, nowMs, person, userId } from "../support/states.ts";

const { togetherSinceMs: _since, ...over } = { ...call, phase: "ended" as const, endedAtMs: nowMs };

const lineAtEndOf = (ended: CallView): string => {
  const event = eventsBetween({ ...idle, call }, { ...idle, call: ended }).find(
    (one) => one.event === "ended",
  );
  assert.ok(event !== undefined);
  return lineOf(event) ?? "";
};

test("the length of a call is the time with somebody else in it", () => {
  const halfAlone: CallView = { ...over, togetherMs: 120_000, end: { type: "left" } };
  assert.match(lineAtEndOf(halfAlone), /over after 2:00: you left/);
  assert.match(summaryOf(halfAlone, new Set(["ben"])), /^2:00 with ben/);
});

test("nobody answered, but who declined: that is said", () => {
  const { activeSinceMs: _active, ...never } = over;
  const declined: CallView = {
    ...never,
    togetherMs: 0,
    participants: [
      anna,
      person("ben", "Ben Baker", { state: "declined" }),
      person("eve", "Eve", { state: "noAnswer" }),
    ],
    end: { type: "ended", reason: "noAnswer", signed: false },
  };
  assert.match(summaryOf(declined, new Set()), /nobody came: ben \(Ben Baker\) declined$/);
  assert.doesNotMatch(lineAtEndOf(declined), /answered/);
  const silent = { ...declined, participants: [anna, person("eve", "Eve", { state: "noAnswer" })] };
  assert.match(summaryOf(silent, new Set()), /nobody answered$/);
});

const screen = (ended: CallView, columns = 70): string =>
  failureBlock(ended, { columns, nowMs, unicode: true, timeZone: "UTC" })
    .map((line) => line.map(({ text }) => text).join(""))
    .join("\n");

test("what ended it is named, and only a failed check is called one", () => {
  const away: CallView = { ...over, togetherMs: 60_000, end: { type: "failed", code: "call.away" } };
  assert.match(summaryOf(away, new Set(["ben"])), /away too long/);
  assert.doesNotMatch(lineAtEndOf(away), /did not hold/);
  // Perhaps hours ago.
  assert.match(screen(away), /^! 14:05  the connection was away too long/);
});

test("who was removed is told by whom, when, and how they come back; without a signature it is the server's word", () => {
  const put: CallView = { ...over, togetherMs: 60_000, end: { type: "removed", userId: userId("ben") } };
  assert.equal(
    lineAtEndOf(put),
    "the call is over after 1:00: you were removed from it by ben, signed; ask somebody who is in it to invite you again",
  );
  assert.match(summaryOf(put, new Set(["ben"])), /: ben \(Ben Baker\) removed you from the call, signed$/);
  assert.equal(
    screen(put),
    "! 14:05  ben (Ben Baker) removed you from the call, signed\n  ask somebody who is in it to invite you again",
  );
  const said: CallView = { ...put, end: { type: "removed" } };
  for (const text of [lineAtEndOf(said), screen(said)]) {
    assert.match(text, /without the host's signature|no signature of the host/);
    assert.match(text, /ask them in another way whether that is so$/);
  }
});
