/** What is chosen about sound, and the key that lets one be heard for as long as it is held. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallView, TerminalState, UserId } from "@signet/terminal";

import { announcements } from "../../src/lib/announcements.ts";
import { processingWish, ringWish, usualRing, withVolume } from "../../src/lib/sound-wishes.ts";
import { TalkKey } from "../../src/lib/talk-key.ts";
import { scenes } from "../support/harness/scenes.ts";

/** A key, and whether one is muted by it; undefined while it did nothing. */
function talkKey() {
  const said: boolean[] = [];
  return { key: new TalkKey((muted) => said.push(muted)), said };
}

test("the key: heard while it is held, however often it repeats, and muted when it is let go", () => {
  const { key, said } = talkKey();
  key.press(true, 0);
  assert.equal(key.isHeld, true);
  key.press(false, 500);
  key.press(true, 900);
  assert.deepEqual(said, [false]);
  key.release();
  key.release();
  assert.deepEqual(said, [false, true]);
  assert.equal(key.isHeld, false);
});

test("the key does nothing where one is heard anyway", () => {
  const { key, said } = talkKey();
  key.press(false, 0);
  assert.equal(key.isHeld, false);
  key.release();
  assert.deepEqual(said, []);
});

test("a tap of the button is a press of it: heard until the next; a key that was held longer, or is lost, mutes", () => {
  const tapped = talkKey();
  tapped.key.press(true, 1_000);
  tapped.key.release(1_399);
  assert.deepEqual(tapped.said, [false, false]);
  const held = talkKey();
  held.key.press(true, 1_000);
  held.key.release(1_400);
  assert.deepEqual(held.said, [false, true]);
  const lost = talkKey();
  lost.key.press(true, 1_000);
  lost.key.release();
  assert.deepEqual(lost.said, [false, true]);
});

test("who mutes or unmutes by another way while the key is held is not overruled when it is let go", () => {
  const { key, said } = talkKey();
  key.press(true, 0);
  key.overridden();
  key.release();
  assert.deepEqual(said, [false]);
});

test("volumes: who was set last is kept longest, who is as loud as everybody needs no place", () => {
  const [ann, bob] = ["ann", "bob"] as UserId[];
  let kept = withVolume(new Map(), ann!, 0.4);
  kept = withVolume(kept, bob!, 0);
  assert.deepEqual(
    [...kept],
    [
      ["ann", 0.4],
      ["bob", 0],
    ],
  );
  kept = withVolume(kept, ann!, 0.5);
  assert.deepEqual(
    [...kept],
    [
      ["bob", 0],
      ["ann", 0.5],
    ],
  );
  assert.deepEqual([...withVolume(kept, bob!, 1)], [["ann", 0.5]]);
  for (let person = 0; person < 300; person++) kept = withVolume(kept, `p${person}` as UserId, 0.5);
  assert.equal(kept.size, 200);
  assert.equal(kept.has("p299"), true);
  assert.equal(kept.has("ann"), false);
});

test("what is stored and is no choice, or none at all, is as usual", (t) => {
  const stored = new Map<string, string>();
  const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: { getItem: (name: string) => stored.get(name) ?? null },
  });
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(globalThis, "localStorage");
    else Object.defineProperty(globalThis, "localStorage", before);
  });
  assert.deepEqual(ringWish(), usualRing);
  for (const text of ["7", '"x"', "null", '{"tone":"siren","volume":2,"vibrates":"no"}', "{"]) {
    stored.set("signet.ui.ring", text);
    assert.deepEqual(ringWish(), usualRing, text);
  }
  stored.set("signet.ui.ring", '{"tone":"marimba","volume":0,"vibrates":false}');
  assert.deepEqual(ringWish(), { tone: "marimba", volume: 0, vibrates: false });
  stored.set("signet.ui.processing", '{"noiseSuppression":false,"echoCancellation":0}');
  assert.deepEqual(processingWish(), {
    echoCancellation: true,
    noiseSuppression: false,
    autoGainControl: true,
  });
});

test("that the chosen microphone or loudspeaker is back is said", () => {
  const state = scenes["active"](Date.now());
  const withCall = (change: Partial<CallView>): TerminalState => ({
    ...state,
    call: { ...state.call, ...change },
  });
  const gone = withCall({ loudspeaker: "gone", microphone: { status: "on", instead: "gone" } });
  assert.deepEqual(announcements(gone, withCall({ microphone: { status: "on" } })), [
    "The chosen microphone is in use again.",
    "The chosen loudspeaker is in use again.",
  ]);
  assert.deepEqual(announcements(gone, gone), []);
});
