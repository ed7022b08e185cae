import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { Speakers } from "../../src/call/speakers.ts";

/** Time stands still until the test moves it, and the slots are as loud as it says. */
function open(t: TestContext) {
  let nowMs = 1_000;
  t.mock.timers.enable({ apis: ["setInterval"] });
  t.mock.method(performance, "now", () => nowMs);
  const levels = [0, 0, 0];
  const heard: number[][] = [];
  const epochs: bigint[][] = [];
  const speakers = new Speakers((speaking) => {
    heard.push(speaking.map(({ leaf }) => leaf).toSorted((a, b) => a - b));
    epochs.push(speaking.map(({ epoch }) => epoch));
  });
  speakers.watch((slot) => levels[slot] ?? 0);
  t.after(() => speakers.close());
  const pass = (ms: number): void => {
    nowMs += ms;
    t.mock.timers.tick(ms);
  };
  return { speakers, levels, heard, epochs, pass };
}

test("who is loud speaks, by the leaf whose key opened the frames, and a pause between words is no end", (t) => {
  const { speakers, levels, heard, pass } = open(t);
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

test("sound without a leaf is nobody's, and a slot that changes hands starts silent", (t) => {
  const { speakers, levels, heard, pass } = open(t);
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
  speakers.clear();
  assert.deepEqual(heard, [[3], []], "told only what changed");
});

test("the same leaf in another epoch is another speaker", (t) => {
  const { speakers, levels, heard, epochs, pass } = open(t);
  levels[0] = 0.2;
  speakers.setSpeaker(0, { leaf: 1, epoch: 5n });
  pass(150);
  speakers.setSpeaker(0, { leaf: 1, epoch: 6n });
  pass(150);
  assert.deepEqual(heard, [[1], [1]]);
  assert.deepEqual(epochs, [[5n], [6n]]);
});
