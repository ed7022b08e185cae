/** Microphones and loudspeakers that are busy, go and come back in a call. The programs of the sound card are scripts that end as the real ones do. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { SignetError } from "@signet/protocol";

import { frameSamples } from "../../src/node/audio.ts";
import type { AudioSource, DeviceTrouble } from "../../src/node/audio.ts";
import { HalfDuplex } from "../../src/node/half-duplex.ts";
import { keptMicrophone, keptSpeaker } from "../../src/node/kept-devices.ts";
import { Voice } from "../../src/node/voice.ts";
import type { MicrophoneState } from "../../src/state.ts";
import { withPrograms } from "../support/programs.ts";

/** With a file of this name beside it the program ends with what stands in it. */
const endsWithTrouble = `
  const { existsSync, readFileSync } = require("node:fs");
  const look = () => {
    if (!existsSync(__filename + ".trouble")) return;
    process.stderr.write(readFileSync(__filename + ".trouble") + "\\n", () => process.exit(1));
  };
  look();
  setInterval(look, 10);`;
const recorder = `${endsWithTrouble}
  if (!existsSync(__filename + ".trouble")) setInterval(() => process.stdout.write(Buffer.alloc(1920, 7)), 20);`;
const player = `${endsWithTrouble}
  const { appendFileSync } = require("node:fs");
  process.stdin.on("data", (chunk) => appendFileSync(__filename + ".heard", chunk));
  process.stdin.on("end", () => process.exit(0));`;

/** What the programs say where ALSA gives these errors. */
const said = {
  "media.microphoneBusy": "arecord: main:831: audio open error: Device or resource busy",
  "media.microphoneDenied": "arecord: main:831: audio open error: Permission denied",
  "media.noMicrophone": "arecord: pcm_read:2221: read error: No such device",
  "media.speakerBusy": "aplay: main:831: audio open error: Device or resource busy",
  "media.noSpeaker": "aplay: main:831: audio open error: No such file or directory",
} as const;

/** A sound card whose programs can be told to fail. */
function openCard(t: TestContext) {
  const folder = withPrograms(t, { arecord: recorder, aplay: player });
  const path = (name: string): string => join(folder, name);
  const fail = (program: "arecord" | "aplay", code?: keyof typeof said): void => {
    const trouble = path(`${program}.trouble`);
    if (code === undefined) rmSync(trouble);
    else writeFileSync(trouble, said[code]);
  };
  const heard = (): number =>
    existsSync(path("aplay.heard")) ? readFileSync(path("aplay.heard")).length : 0;
  return { fail, heard };
}

const nameOf = (trouble: DeviceTrouble | undefined): string | undefined =>
  trouble instanceof SignetError ? trouble.code : trouble;

/** Reads as a call does. @returns stops it */
function readAll(t: TestContext, source: AudioSource): { frames: number } {
  const count = { frames: 0 };
  const timer = setInterval(() => {
    if (source.read()?.length === frameSamples) count.frames++;
  }, 10);
  t.after(() => {
    clearInterval(timer);
    source.close();
  });
  return count;
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await delay(10);
}

test("a microphone that is busy is tried again until it is free, and told; one that goes in a call comes back", async (t) => {
  const card = openCard(t);
  card.fail("arecord", "media.microphoneBusy");
  const microphone = new HalfDuplex().microphone(keptMicrophone());
  const told: (DeviceTrouble | undefined)[] = [];
  microphone.watch?.((trouble) => told.push(trouble));
  const count = readAll(t, microphone);
  const names = (): string => told.map(nameOf).join();
  await until(() => told.length === 1);
  // Tries that fail for the same reason are no news.
  await delay(700);
  assert.equal(names(), "media.microphoneBusy");
  const [first] = told;
  assert.equal(((first as SignetError).cause as Error).message, said["media.microphoneBusy"]);
  card.fail("arecord");
  await until(() => count.frames > 10);
  assert.equal(names(), "media.microphoneBusy,");
  card.fail("arecord", "media.noMicrophone");
  await until(() => told.length === 3);
  const before = count.frames;
  card.fail("arecord");
  await until(() => count.frames > before + 10);
  assert.equal(names(), "media.microphoneBusy,,media.noMicrophone,");
  card.fail("arecord", "media.microphoneDenied");
  await until(() => told.length === 5);
  assert.equal(nameOf(told.at(-1)), "media.microphoneDenied");
});

test("a voice whose microphone goes sends silence, and says so until it is back", async (t) => {
  const card = openCard(t);
  const states: MicrophoneState[] = [];
  let sent = 0;
  const voice = new Voice({
    source: keptMicrophone,
    encryptor: { seal: async (data) => ({ type: "sealed", data }) },
    constantRate: false,
    onMicrophone: (state) => states.push(state),
    send: () => sent++,
    onSaid: () => undefined,
    onFailure: (cause) => assert.fail(String(cause)),
  });
  t.after(() => voice.close());
  voice.start();
  voice.begin();
  await until(() => voice.level() > 0);
  card.fail("arecord", "media.noMicrophone");
  await until(() => states.length === 2);
  assert.equal(voice.level(), 0);
  const before = sent;
  await until(() => sent > before + 5);
  voice.setMuted(true);
  voice.setMuted(false);
  card.fail("arecord");
  await until(() => voice.level() > 0);
  const gone = { status: "unavailable", code: "media.noMicrophone" };
  assert.deepEqual(states, [{ status: "on" }, gone, gone, gone, { status: "on" }]);
});

test("nothing but zeros for five seconds is a microphone that the system mutes", (t) => {
  let nowMs = 1_000;
  t.mock.method(performance, "now", () => nowMs);
  let sample = 0;
  const states: MicrophoneState[] = [];
  const source = keptMicrophone(() => ({
    read: () => new Int16Array(frameSamples).fill(sample),
    ended: new Promise(() => undefined),
    close: () => undefined,
  }));
  const voice = new Voice({
    source: () => source,
    encryptor: { seal: async (data) => ({ type: "sealed", data }) },
    constantRate: false,
    onMicrophone: (state) => states.push(state),
    send: () => undefined,
    onSaid: () => undefined,
    onFailure: (cause) => assert.fail(String(cause)),
  });
  t.after(() => voice.close());
  const read = (atMs: number): void => {
    nowMs = atMs;
    source.read();
  };
  read(1_000);
  read(5_999);
  assert.deepEqual(states, [{ status: "on" }]);
  read(6_000);
  read(7_000);
  voice.setMuted(true);
  sample = -1;
  read(7_020);
  sample = 0;
  read(12_000);
  assert.deepEqual(states.slice(1), [
    { status: "on", silent: true },
    { status: "muted", silent: true },
    { status: "muted" },
  ]);
});

test("a loudspeaker that is busy, and one that goes, is tried again until it plays, and told", async (t) => {
  const card = openCard(t);
  card.fail("aplay", "media.speakerBusy");
  const told: (DeviceTrouble | undefined)[] = [];
  const speaker = new HalfDuplex().speaker(keptSpeaker((trouble) => told.push(trouble)));
  const timer = setInterval(() => speaker.write(new Int16Array(frameSamples)), 20);
  t.after(() => clearInterval(timer));
  const names = (): string => told.map(nameOf).join();
  await until(() => told.length === 1);
  card.fail("aplay");
  await until(() => told.length === 2);
  await until(() => card.heard() > 0);
  card.fail("aplay", "media.noSpeaker");
  await until(() => told.length === 3);
  const before = card.heard();
  card.fail("aplay");
  await until(() => told.length === 4);
  await until(() => card.heard() > before);
  assert.equal(names(), "media.speakerBusy,,media.noSpeaker,");
  await speaker.close();
});

test("closing a loudspeaker that is away says why, and ends the tries", async (t) => {
  const card = openCard(t);
  card.fail("aplay", "media.speakerBusy");
  const told: (DeviceTrouble | undefined)[] = [];
  const speaker = keptSpeaker((trouble) => told.push(trouble));
  await until(() => told.length === 1);
  const isBusy = (error: unknown): boolean => nameOf(error as SignetError) === "media.speakerBusy";
  await assert.rejects(speaker.close(), isBusy);
  await assert.rejects(speaker.close(), isBusy);
  card.fail("aplay");
  await delay(700);
  assert.equal(card.heard(), 0);
  assert.equal(told.length, 1);
});
