import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import { Speakers } from "../../src/media/speakers.ts";

/** Time stands still until the test moves it, and the slots are as loud as it says. */
function open() {
  const time = new VirtualTime(1_000);
  const levels = [0, 0, 0];
  const heard: number[][] = [];
  const epochs: bigint[][] = [];
  const speakers = new Speakers({ after: time.after, monotonicMs: () => time.nowMs }, (speaking) => {
    heard.push(speaking.map(({ leaf }) => leaf).toSorted((a, b) => a - b));
    epochs.push(speaking.map(({ epoch }) => epoch));
  });
  speakers.start((slot) => levels[slot] ?? 0);
  return { speakers, levels, heard, epochs, time, pass: (ms: number) => time.pass(ms) };
}

test("who is loud speaks, by the leaf whose key opened the frames, and a pause between words is no end", () => {
  const { speakers, levels, heard, pass } = open();
  speakers.setSpeaker(0, { leaf: 4, epoch: 1n });
  speakers.setSpeaker(1, { leaf: 7, epoch: 1n });
  levels[1] = 0.2;
  pass(150);
  assert.deepEqual(heard, [[7]]);
  levels[1] = 0;
  pass(300);
  assert.deepEqual(heard, [[7]], "still");
  levels[0] = 0.2;
  pass(150);
  assert.deepEqual(heard.at(-1), [4]);
});

test("sound without a leaf is nobody's, and a slot that changes hands starts silent", () => {
  const { speakers, levels, heard, pass } = open();
  levels[2] = 0.5;
  pass(150);
  assert.deepEqual(heard, [], "no key opened it");
  speakers.setSpeaker(2, { leaf: 3, epoch: 1n });
  assert.deepEqual(heard, [[3]]);
  levels[2] = 0;
  speakers.setSpeaker(2, { leaf: 9, epoch: 1n });
  assert.deepEqual(heard.at(-1), [], "what was heard before was another's");
  pass(150);
  assert.deepEqual(heard, [[3], []]);
  speakers.setSpeaker(2, undefined);
  speakers.stop();
  assert.deepEqual(heard, [[3], []], "told only what changed");
});

test("the same leaf in another epoch is another speaker", () => {
  const { speakers, levels, heard, epochs, pass } = open();
  levels[0] = 0.2;
  speakers.setSpeaker(0, { leaf: 1, epoch: 5n });
  pass(150);
  speakers.setSpeaker(0, { leaf: 1, epoch: 6n });
  pass(150);
  assert.deepEqual(heard, [[1], [1]]);
  assert.deepEqual(epochs, [[5n], [6n]]);
});

test("nothing is looked at before there is sound, and nothing after; then nobody speaks", () => {
  const { speakers, levels, heard, time, pass } = open();
  levels[0] = 0.2;
  speakers.setSpeaker(0, { leaf: 1, epoch: 5n });
  pass(150);
  assert.equal(time.waiting, 1);
  speakers.stop();
  assert.equal(time.waiting, 0);
  assert.deepEqual(heard, [[1], []]);
  // As a connection that was closed may do.
  speakers.setSpeaker(0, { leaf: 1, epoch: 5n });
  pass(1_000);
  assert.deepEqual(heard, [[1], []]);
  speakers.start((slot) => levels[slot] ?? 0);
  pass(150);
  assert.deepEqual(heard.at(-1), [1], "and again with the next connection");
  assert.equal(time.waiting, 1);
  const others = new Speakers({ after: time.after, monotonicMs: () => time.nowMs }, () => undefined);
  others.setSpeaker(0, { leaf: 1, epoch: 5n });
  assert.equal(time.waiting, 1, "nothing begins by itself");
});
