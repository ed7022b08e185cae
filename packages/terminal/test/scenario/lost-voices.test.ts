/** Whose voice is missed, in time that only the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import { LostVoices } from "../../src/call/lost-voices.ts";

function open() {
  const time = new VirtualTime(1_000);
  const lost: string[][] = [];
  const voices = new LostVoices(time.after, (userIds) => lost.push([...userIds].toSorted()));
  voices.connected(true);
  return {
    voices,
    hears: (...userIds: string[]) => voices.hears(new Set(userIds)),
    pass: (ms: number) => time.pass(ms),
    /** What was told since the last time. */
    told: () => lost.splice(0),
    waiting: () => time.waiting,
  };
}

test("who was heard and is not any more is missed half a second later, and no more when they are heard", () => {
  const { hears, pass, told } = open();
  pass(10_000);
  hears("ann", "ben");
  hears("ann");
  pass(499);
  assert.deepEqual(told(), []);
  pass(1);
  assert.deepEqual(told(), [["ben"]]);
  hears("ann", "ben");
  assert.deepEqual(told(), [[]]);
  hears("ann");
  pass(400);
  hears("ann", "ben");
  pass(10_000);
  assert.deepEqual(told(), [], "a short pause is none");
});

test("nobody is missed while the own way does not work; afterwards they have 2 s", () => {
  const { hears, pass, told, voices } = open();
  hears("ann", "ben");
  hears();
  pass(500);
  told();
  voices.connected(false);
  assert.deepEqual(told(), [[]]);
  pass(60_000);
  voices.connected(true);
  pass(1_999);
  hears("ann");
  pass(1);
  assert.deepEqual(told(), [["ben"]]);
});

test("who left the group is not missed, nor when they come again before they are heard", () => {
  const { hears, pass, told, voices, waiting } = open();
  hears("ann", "ben");
  hears("ann");
  pass(500);
  assert.deepEqual(told(), [["ben"]]);
  voices.inGroup(new Set(["ann"]));
  assert.deepEqual(told(), [[]]);
  voices.inGroup(new Set(["ann", "ben"]));
  hears("ann");
  pass(10_000);
  assert.deepEqual(told(), []);
  hears();
  voices.close();
  assert.equal(waiting(), 0);
});
