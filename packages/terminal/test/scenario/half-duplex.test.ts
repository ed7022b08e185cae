/** Half duplex on a sound card of PulseAudio, whose microphone hears just what its loudspeaker plays, as late as a real one. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { HalfDuplex } from "../../src/node/half-duplex.ts";
import { Pacer } from "../../src/node/pacer.ts";
import { microphoneSource, speakerSink } from "../../src/node/sound-card.ts";
import { folderFor } from "../support/folder.ts";
import { energyOf, framesOf, speech } from "../support/room.ts";

/** The programs that Signet looks for, as PulseAudio's own, on a null sink and its monitor. */
async function openCard(t: TestContext): Promise<void> {
  const folder = folderFor(t);
  const socket = join(folder, "native.socket");
  const modules = [
    "module-null-sink rate=48000",
    `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
  ];
  const server = spawn(
    "pulseaudio",
    [
      "-n",
      "--daemonize=no",
      "--exit-idle-time=-1",
      "--use-pid-file=no",
      ...modules.flatMap((words) => ["-L", words]),
    ],
    { stdio: "ignore", env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder } },
  );
  t.after(async () => {
    const ended = once(server, "exit");
    server.kill();
    await ended;
  });
  while (!existsSync(socket)) {
    assert.equal(server.exitCode, null, "pulseaudio ended");
    await delay(20);
  }
  const format = "--raw --format=s16le --rate=48000 --channels=1 --latency-msec=60";
  for (const [name, words] of [
    ["arecord", `parec ${format}`],
    ["aplay", `pacat ${format}`],
  ] as const) {
    writeFileSync(join(folder, name), `#!/bin/sh\nPULSE_SERVER=unix:${socket} exec /usr/bin/${words}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { PATH: before } = process.env;
  process.env["PATH"] = folder;
  t.after(() => (process.env["PATH"] = before));
}

test("what a card plays comes back into its microphone, and is not sent", { timeout: 60_000 }, async (t) => {
  await openCard(t);
  const card = new HalfDuplex();
  let [heard, sent] = [0, 0];
  const recorded = microphoneSource();
  const microphone = card.microphone({
    ...recorded,
    read: () => {
      const frame = recorded.read();
      if (frame !== undefined) heard += energyOf(frame);
      return frame;
    },
  });
  const speaker = card.speaker(speakerSink());
  const words = framesOf(speech(1, 8)).values();
  await new Promise<void>((resolve) => {
    const pacer = new Pacer(20, () => {
      const { done = false, value } = words.next();
      if (done) {
        pacer.stop();
        return resolve();
      }
      speaker.write(value as Int16Array);
      const frame = microphone.read();
      if (frame !== undefined) sent += energyOf(frame);
    });
    pacer.start();
  });
  microphone.close();
  await speaker.close();
  assert.ok(heard > 100 * 960 * 300 ** 2, `the card was heard: ${heard}`);
  assert.ok(sent < heard / 10, `${sent} of ${heard}`);
});
