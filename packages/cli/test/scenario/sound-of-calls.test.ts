/** The files of a run that changes from one call to another before the first one stood: two who call each other. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import type { CallMedia, MicrophoneState } from "@signet/terminal";
import { createAudioFile, frameSamples } from "@signet/terminal/node";

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
