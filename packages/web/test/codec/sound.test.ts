/** What is chosen about sound, and the key that lets one be heard for as long as it is held. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { CallView, TerminalState, UserId } from "@signet/terminal";

import { announcements } from "../../src/lib/announcements.ts";
import { TestedMicrophone } from "../../src/lib/microphone-test.ts";
import type { MicrophoneTest } from "../../src/lib/microphone-test.ts";
import { createRingtone } from "../../src/lib/ringtone.ts";
import { processingWish, ringWish, usualRing, withVolume } from "../../src/lib/sound-wishes.ts";
import { isTalkKey, isTalkKeySetting, microphoneKeys, TalkKey } from "../../src/lib/talk-key.ts";
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

function setGlobal(t: TestContext, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, value });
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, before);
  });
}

test("what is stored and is no choice, or none at all, is as usual", (t) => {
  const stored = new Map<string, string>();
  setGlobal(t, "localStorage", { getItem: (name: string) => stored.get(name) ?? null });
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

const withCall = (change: Partial<CallView>): TerminalState => {
  const state = scenes["active"](Date.now());
  return { ...state, call: { ...state.call, ...change } };
};

test("that the chosen microphone or loudspeaker is back is said, and nothing where the default one was taken for it", (t) => {
  const stored = new Map<string, string>();
  setGlobal(t, "localStorage", { getItem: (name: string) => stored.get(name) ?? null });
  const gone = withCall({ loudspeaker: "gone", microphone: { status: "on", instead: "gone" } });
  const back = withCall({ microphone: { status: "on" } });
  assert.deepEqual(announcements(gone, back), []);
  stored.set("signet.ui.loudspeaker", '"headset"');
  assert.deepEqual(announcements(gone, back), ["The chosen loudspeaker is in use again."]);
  stored.set("signet.ui.microphone", '"headset"');
  assert.deepEqual(announcements(gone, back), [
    "The chosen microphone is in use again.",
    "The chosen loudspeaker is in use again.",
  ]);
  assert.deepEqual(announcements(gone, gone), []);
});

test("who holds the key to speak is not spoken to; who mutes by another way is told", () => {
  const muted = withCall({ microphone: { status: "muted" } });
  const heard = withCall({ microphone: { status: "on" } });
  assert.deepEqual(announcements(muted, heard, true), []);
  assert.deepEqual(announcements(heard, muted, true), []);
  assert.deepEqual(announcements(muted, heard), ["Microphone on."]);
  assert.deepEqual(announcements(heard, muted), ["Microphone muted."]);
  const during: boolean[] = [];
  const key = new TalkKey(() => during.push(isTalkKeySetting()));
  key.press(true, 0);
  assert.equal(isTalkKeySetting(), false);
  key.release();
  assert.deepEqual([during, isTalkKeySetting()], [[true, true], false]);
});

test("the key is Space alone, where it belongs to nothing else; at the button of the microphone it talks as well", (t) => {
  class Element {
    readonly is: readonly string[];
    constructor(...is: string[]) {
      this.is = is;
    }
    closest = (selectors: string): unknown =>
      selectors.split(",").some((one) => this.is.includes(one)) ? this : null;
  }
  setGlobal(t, "Element", Element);
  const pressed = (target: unknown, change: object = {}) =>
    isTalkKey({
      key: " ",
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      target: target as EventTarget,
      ...change,
    });
  assert.equal(pressed(null), true);
  assert.equal(pressed(new Element("main")), true);
  for (const held of ["ctrlKey", "metaKey", "altKey"])
    assert.equal(pressed(null, { [held]: true }), false, held);
  assert.equal(pressed(null, { key: "m" }), false);
  for (const is of ["input", "select", "textarea", "[contenteditable]", "button", "summary", "a[href]"])
    assert.equal(pressed(new Element(is)), false, is);
  assert.equal(pressed(new Element("button", "[data-talk-button]")), true);
});

test("the button of the microphone claims the keys that work, and no other", () => {
  assert.equal(microphoneKeys(true, true), "m Space");
  assert.equal(microphoneKeys(true, false), "m Space");
  assert.equal(microphoneKeys(false, true), "Space");
  assert.equal(microphoneKeys(false, false), undefined);
});

/** The microphones that a browser gives, each when it is let. */
function askedMicrophones() {
  const asked: { resolve: (test: MicrophoneTest) => void; reject: (error: Error) => void }[] = [];
  const stopped: number[] = [];
  const open = (): Promise<MicrophoneTest> =>
    new Promise((resolve, reject) => asked.push({ resolve, reject }));
  const give = (which: number): void =>
    asked[which]?.resolve({
      isOther: false,
      level: () => 0,
      hearYourself: () => Promise.resolve(undefined),
      stop: () => stopped.push(which),
    });
  return { tested: new TestedMicrophone(open), asked, stopped, give };
}

test("a microphone that the browser gives after the view was left, or another was started, is closed at once", async () => {
  const left = askedMicrophones();
  const late = left.tested.start(undefined);
  left.tested.stop();
  left.give(0);
  assert.equal(await late, undefined);
  assert.deepEqual(left.stopped, [0]);

  const twice = askedMicrophones();
  const [first, second] = [twice.tested.start("a"), twice.tested.start("b")];
  twice.give(1);
  const running = await second;
  assert.equal(running !== undefined && twice.tested.isRunning(running), true);
  twice.give(0);
  assert.equal(await first, undefined);
  assert.deepEqual(twice.stopped, [0]);
  twice.tested.stop();
  assert.deepEqual(twice.stopped, [0, 1]);
});

test("that a microphone is not to be had is told of the one that is asked for now alone", async () => {
  const { tested, asked } = askedMicrophones();
  const former = tested.start("a");
  const now = tested.start("b");
  asked[0]?.reject(new Error("former"));
  asked[1]?.reject(new Error("now"));
  assert.equal(await former, undefined);
  await assert.rejects(now, /now/);
});

test("what plays a ringtone to who chooses one is closed with the view, and opened again when it is needed", (t) => {
  let open = 0;
  class AudioContext {
    constructor() {
      open++;
    }
    // As of a page that nobody touched yet.
    resume = (): Promise<void> => new Promise(() => {});
    close = (): Promise<void> => Promise.resolve(void open--);
  }
  setGlobal(t, "AudioContext", AudioContext);
  const none = (): undefined => undefined;
  const ringtone = createRingtone({
    ring: () => ({ ...usualRing, vibrates: false }),
    ringLoudspeaker: none,
    loudspeaker: none,
  });
  ringtone.close();
  for (let visit = 0; visit < 2; visit++) {
    ringtone.preview();
    ringtone.preview();
    assert.equal(open, 1);
    ringtone.close();
    assert.equal(open, 0);
  }
});
