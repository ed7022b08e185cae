/** The microphone of a call, while devices come and go and a person chooses. The devices are the page's, so they are played here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setImmediate as settled } from "node:timers/promises";

import { Microphone } from "../../src/browser/microphone.ts";
import { usualProcessing } from "../../src/sound-choices.ts";
import type { VoiceProcessing } from "../../src/sound-choices.ts";
import type { MicrophoneState } from "../../src/state.ts";

class Track extends EventTarget {
  readonly device: string;
  readonly processing: VoiceProcessing;
  muted: boolean;
  enabled = true;
  readyState: "live" | "ended" = "live";
  constructor(device: string, processing: VoiceProcessing, muted: boolean) {
    super();
    this.device = device;
    this.processing = processing;
    this.muted = muted;
  }
  getSettings = (): VoiceProcessing => this.processing;
  /** Without a context the meter lets go of it at once. */
  clone = (): { stop: () => void } => ({ stop: () => undefined });
  stop = (): void => void (this.readyState = "ended");
  hush(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

/** A page with these microphones; the first one is the default one. */
class Page extends EventTarget {
  devices: string[];
  readonly silent = new Set<string>();
  readonly opened: Track[] = [];
  asked = 0;
  /** Chromium gives one that is open once more as it is. */
  givesAsItIs = false;
  /** While the person is asked for the permission. */
  question: Promise<void> | undefined;

  constructor(devices: string[]) {
    super();
    this.devices = devices;
  }

  get live(): readonly Track[] {
    return this.opened.filter(({ readyState }) => readyState === "live");
  }

  getUserMedia = async ({ audio }: { audio: MediaTrackConstraints }): Promise<unknown> => {
    this.asked++;
    await this.question;
    await settled();
    const { deviceId, ...processing } = audio;
    const device = (deviceId as { exact: string } | undefined)?.exact ?? this.devices[0];
    if (device === undefined || !this.devices.includes(device)) throw new DOMException("", "NotFoundError");
    const open = this.givesAsItIs ? this.live.find((one) => one.device === device) : undefined;
    const track = new Track(
      device,
      open?.processing ?? (processing as unknown as VoiceProcessing),
      this.silent.has(device),
    );
    this.opened.push(track);
    return { getAudioTracks: () => [track], getTracks: () => [track] };
  };
  enumerateDevices = (): Promise<unknown> =>
    Promise.resolve(this.devices.map((deviceId) => ({ kind: "audioinput", deviceId, groupId: deviceId })));
}

function inPage(t: TestContext, devices: string[]) {
  const page = new Page(devices);
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator")!;
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { mediaDevices: page } });
  t.after(() => Object.defineProperty(globalThis, "navigator", before));
  const chosen = { processing: usualProcessing };
  const states: MicrophoneState[] = [];
  const microphone = new Microphone(
    { processing: () => chosen.processing, beginsMuted: () => false },
    (state) => states.push(state),
    () => Promise.resolve(),
  );
  t.after(() => microphone.close());
  const used = (): string | undefined => (microphone.track as Track | undefined)?.device;
  return { page, microphone, chosen, states, used };
}

const withoutNoise = { ...usualProcessing, noiseSuppression: false };
const until = async (isSo: () => boolean): Promise<void> => {
  for (const endMs = Date.now() + 20_000; !isSo(); await new Promise((resolve) => setTimeout(resolve, 10)))
    assert.ok(Date.now() < endMs, "in time");
};

for (const givesAsItIs of [false, true])
  test(`a wished microphone that gives no sound is taken when it does, though the processing was changed meanwhile${givesAsItIs ? ", which needed the other one closed" : ""}`, async (t) => {
    const { page, microphone, chosen, states, used } = inPage(t, ["desk", "headset"]);
    page.givesAsItIs = givesAsItIs;
    await microphone.open("headset");
    assert.equal(used(), "headset");
    const headset = page.opened[0]!;
    page.silent.add("headset");
    headset.hush(true);
    await until(() => used() === "desk");
    chosen.processing = withoutNoise;
    await microphone.processingChosen();
    assert.deepEqual([used(), page.live.length], ["desk", 2]);
    assert.equal((microphone.track as unknown as Track).processing.noiseSuppression, false);
    assert.deepEqual(states.at(-1), { status: "on", instead: "silent" });
    page.silent.delete("headset");
    headset.hush(false);
    await until(() => used() === "headset" && page.live.length === 1);
    assert.equal("instead" in states.at(-1)!, false);
  });

test("another microphone is chosen while the former choice is gone: it is tried, whatever else is chosen meanwhile", async (t) => {
  const { page, microphone, states, chosen, used } = inPage(t, ["desk", "headset"]);
  await microphone.open("unplugged");
  assert.deepEqual([used(), states.at(-1)], ["desk", { status: "on", instead: "gone" }]);
  for (const processing of [usualProcessing, withoutNoise]) {
    await microphone.open("unplugged");
    const opening = microphone.open("headset");
    chosen.processing = processing;
    await microphone.processingChosen();
    await opening;
    await until(() => used() === "headset" && page.live.length === 1);
    assert.deepEqual(states.at(-1), { status: "on" });
  }
});

test("who is asked for the permission is not asked once more for each volume that they set", async (t) => {
  const { page, microphone, chosen } = inPage(t, ["desk"]);
  let answer = (): void => undefined;
  page.question = new Promise((resolve) => (answer = resolve));
  const opening = microphone.open(undefined);
  for (let step = 0; step < 5; step++) await microphone.processingChosen();
  assert.equal(page.asked, 1);
  // Another processing is another wish.
  chosen.processing = withoutNoise;
  const anew = microphone.processingChosen();
  await settled();
  assert.equal(page.asked, 2);
  answer();
  await Promise.all([opening, anew]);
  assert.equal(page.live.length, 1);
});
