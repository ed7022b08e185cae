/** The files of a run that changes from one call to another before the first one stood: two who call each other. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import type { CallMedia, MicrophoneState } from "@signet/terminal";
import { createAudioFile, frameSamples } from "@signet/terminal/node";

import { Failure } from "../../src/failure.ts";
import { Sound } from "../../src/sound/sound.ts";

/** Media of a call that nobody answers. */
function startCall(sound: Sound): { readonly media: CallMedia; readonly microphone: MicrophoneState[] } {
  const microphone: MicrophoneState[] = [];
  const media = sound.provider.start({
    system: { after: () => () => undefined, monotonicMs: () => performance.now() },
    slots: 1,
    exchange: () => new Promise(() => undefined),
    relays: async () => [],
    expectsSound: () => false,
    askFlow: async () => undefined,
    signalAnew: () => undefined,
    onSpeakers: () => undefined,
    onHeard: () => undefined,
    onConnection: () => undefined,
    onMicrophone: (state) => microphone.push(state),
    onFailure: (code) => assert.fail(code),
  });
  return { media, microphone };
}

/** A `PATH` with just these scripts. */
function withPrograms(t: TestContext, scripts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "signet-"));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { PATH: before } = process.env;
  process.env["PATH"] = folder;
  t.after(() => {
    process.env["PATH"] = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

const failing = (program: string): string =>
  `[ -e "$0.free" ] && exec /bin/cat\necho "${program}: main:831: audio open error: Device or resource busy" >&2\nexit 1`;

test("a sound card that other programs use is told, also to who looks later, and taken when it is free", async (t) => {
  const folder = withPrograms(t, { arecord: failing("arecord"), aplay: failing("aplay") });
  const sound = await Sound.open({ echo: "half-duplex" });
  t.after(() => sound.close());
  const { media, microphone } = startCall(sound);
  t.after(() => media.close());
  while (microphone.length < 2) await delay(10);
  assert.deepEqual(microphone, [{ status: "on" }, { status: "unavailable", code: "media.microphoneBusy" }]);
  let isTold = false;
  sound.watchSpeaker(() => (isTold = true));
  while (!isTold) await delay(10);
  const told: (string | undefined)[] = [];
  sound.watchSpeaker((trouble) => told.push(trouble?.code));
  assert.deepEqual(told, ["media.speakerBusy"]);
  writeFileSync(join(folder, "aplay.free"), "");
  while (told.length < 2) await delay(10);
  assert.deepEqual(told, ["media.speakerBusy", undefined]);
});

test("half duplex that is asked for where nothing records or plays is refused with words", async (t) => {
  const refused = (missing: string) => (error: unknown) =>
    error instanceof Failure && error.message.endsWith(`there is no program here to ${missing} with`);
  const folder = withPrograms(t, {});
  await assert.rejects(Sound.open({ echo: "half-duplex" }), refused("record"));
  writeFileSync(join(folder, "arecord"), "");
  chmodSync(join(folder, "arecord"), 0o755);
  await assert.rejects(Sound.open({ echo: "half-duplex" }), refused("play"));
  const off = await Sound.open({ echo: "off" });
  off.close();
});

test("what one call did not play or write is there for the next, by the same name", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signet-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "in.wav");
  const made = createAudioFile(file);
  made.write(new Int16Array(frameSamples));
  await made.close();
  const record = join(folder, "mix.wav");
  const sound = await Sound.open({ in: file, out: "none", record });
  t.after(() => sound.close());
  const own = startCall(sound);
  assert.deepEqual(sound.written, [record]);
  own.media.close();
  const next = startCall(sound);
  t.after(() => next.media.close());
  assert.deepEqual([own.microphone, next.microphone], [[{ status: "on" }], [{ status: "on" }]]);
  assert.deepEqual(sound.written, [record]);
  assert.ok(existsSync(record));
});
