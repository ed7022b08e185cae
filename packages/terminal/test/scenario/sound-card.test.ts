/** The programs behind the sound card are scripts here: they get what the real ones would, and give what a microphone would. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { SignetError } from "@signet/protocol";

import { microphoneSource, soundCard, speakerSink } from "../../src/node/sound-card.ts";
import { withPrograms } from "../support/programs.ts";

const code = (code: string) => (error: unknown) => error instanceof SignetError && error.code === code;

/** Samples count up by one frame after the other; the arguments go to a file. */
const recorder = `
  require("node:fs").writeFileSync(__filename + ".args", process.argv.slice(2).join(" "));
  let value = 0;
  const timer = setInterval(() => {
    const frame = Buffer.alloc(1920);
    for (let i = 0; i < 960; i++) frame.writeInt16LE(value, i * 2);
    value++;
    // In pieces that do not end where frames do.
    process.stdout.write(frame.subarray(0, 777));
    process.stdout.write(frame.subarray(777));
  }, 5);`;
const player = `
  const { writeFileSync } = require("node:fs");
  writeFileSync(__filename + ".args", process.argv.slice(2).join(" "));
  const chunks = [];
  process.stdin.on("data", (chunk) => chunks.push(chunk));
  process.stdin.on("end", () => writeFileSync(__filename + ".heard", Buffer.concat(chunks)));`;

test("what is there is told, ALSA before SoX, and what is no program does not count", (context) => {
  const folder = withPrograms(context, {});
  assert.deepEqual(soundCard(), {});
  assert.throws(() => microphoneSource(), code("media.noMicrophone"));
  assert.throws(() => speakerSink(), code("media.noSpeaker"));
  for (const [name, expected] of [
    ["sox", { recorder: "sox", player: "sox" }],
    ["play", { recorder: "sox", player: "play" }],
    ["rec", { recorder: "rec", player: "play" }],
    ["arecord", { recorder: "arecord", player: "play" }],
    ["aplay", { recorder: "arecord", player: "aplay" }],
  ] as const) {
    writeFileSync(join(folder, name), "");
    chmodSync(join(folder, name), 0o644);
    assert.notDeepEqual(soundCard(), expected, "not to be run");
    chmodSync(join(folder, name), 0o755);
    assert.deepEqual(soundCard(), expected);
  }
});

for (const [name, args] of [
  ["arecord", "-q -t raw -f S16_LE -r 48000 -c 1 --period-time=20000 --buffer-time=200000 -"],
  ["rec", "-q --buffer 1920 -t raw -e signed-integer -b 16 -L -r 48000 -c 1 -"],
  ["sox", "-d -q --buffer 1920 -t raw -e signed-integer -b 16 -L -r 48000 -c 1 -"],
] as const) {
  test(`a microphone over ${name}: whole frames, the latest only, and it ends when closed`, async (context) => {
    const folder = withPrograms(context, { [name]: recorder });
    const source = microphoneSource();
    const frames: Int16Array[] = [];
    while (frames.length < 10) {
      const frame = source.read();
      if (frame === undefined) await delay(5);
      else frames.push(frame);
    }
    assert.equal(readFileSync(join(folder, `${name}.args`), "utf8"), args);
    for (const frame of frames) {
      assert.equal(frame.length, 960);
      assert.ok(frame.every((sample) => sample === frame[0]));
    }
    // Not read for a while: of what came meanwhile only the latest is kept. A busy machine hands over a whole pipe at once, which
    // is kept, until more comes behind it.
    let last = frames.at(-1)![0]!;
    for (let leftOut = 0; leftOut === 0;) {
      await delay(200);
      let waiting = 0;
      for (let frame = source.read(); frame !== undefined; frame = source.read()) {
        if (waiting++ === 0) leftOut = frame[0]! - last - 1;
        else assert.equal(frame[0], last + 1, "the latest, in order");
        last = frame[0]!;
      }
      assert.ok(waiting < 40, `${waiting}`);
    }
    source.close();
    await source.ended;
  });
}

test("a microphone whose program ends, or cannot run, says so", async (context) => {
  withPrograms(context, { arecord: "process.exit(1)" });
  await assert.rejects(microphoneSource().ended, code("media.noMicrophone"));
  const folder = withPrograms(context, { arecord: "" });
  writeFileSync(join(folder, "arecord"), "#!/nowhere/at/all\n");
  await assert.rejects(microphoneSource().ended, code("media.noMicrophone"));
});

for (const [name, args] of [
  ["aplay", "-q -t raw -f S16_LE -r 48000 -c 1 --period-time=20000 --buffer-time=120000 -"],
  ["play", "-q --buffer 1920 -t raw -e signed-integer -b 16 -L -r 48000 -c 1 -"],
  ["sox", "-q --buffer 1920 -t raw -e signed-integer -b 16 -L -r 48000 -c 1 - -d"],
] as const) {
  test(`a loudspeaker over ${name} gets every sample, and closing waits until all is played`, async (context) => {
    const folder = withPrograms(context, { [name]: player });
    const sink = speakerSink();
    const frame = Int16Array.from({ length: 960 }, (_, i) => i - 480);
    for (let i = 0; i < 3; i++) sink.write(frame);
    frame.fill(0);
    await sink.close();
    await sink.close();
    assert.equal(readFileSync(join(folder, `${name}.args`), "utf8"), args);
    const heard = readFileSync(join(folder, `${name}.heard`));
    assert.equal(heard.length, 3 * 1_920);
    assert.equal(heard.readInt16LE(1_920), -480);
    assert.equal(heard.readInt16LE(3_838), 479);
  });
}

test("a loudspeaker that does not keep up holds 200 ms, not more", async (context) => {
  const folder = withPrograms(context, {
    aplay: `
      const { existsSync, writeFileSync } = require("node:fs");
      const timer = setInterval(() => {
        if (!existsSync(__filename + ".go")) return;
        clearInterval(timer);
        let bytes = 0;
        process.stdin.on("data", (chunk) => (bytes += chunk.length));
        process.stdin.on("end", () => writeFileSync(__filename + ".bytes", String(bytes)));
      }, 5);`,
  });
  const sink = speakerSink();
  for (let i = 0; i < 500; i++) {
    sink.write(new Int16Array(960));
    if (i % 50 === 0) await delay(5);
  }
  writeFileSync(join(folder, "aplay.go"), "");
  await sink.close();
  const frames = Number(readFileSync(join(folder, "aplay.bytes"), "utf8")) / 1_920;
  // What the system's pipe holds (64 KiB) comes on top of ours; of 500 frames most were left out.
  assert.ok(frames >= 10 && frames < 250, `${frames}`);
});

test("a loudspeaker whose program fails says so when it is closed, and writing to it does no harm", async (context) => {
  withPrograms(context, { aplay: "process.exit(3)" });
  const sink = speakerSink();
  for (let i = 0; i < 20; i++) {
    sink.write(new Int16Array(960));
    await delay(10);
  }
  await assert.rejects(sink.close(), code("media.noSpeaker"));
});

/** Does not end when it is asked to, as a program whose device is gone. */
const hanging = `
  const { writeFileSync } = require("node:fs");
  process.on("SIGTERM", () => undefined);
  setInterval(() => undefined, 1_000);
  writeFileSync(__filename + ".runs", "");`;

async function runs(folder: string, program: string): Promise<void> {
  while (!existsSync(join(folder, `${program}.runs`))) await delay(5);
}

test("programs that hang do not keep the process: they are killed", async (context) => {
  const folder = withPrograms(context, { arecord: hanging, aplay: hanging });
  const source = microphoneSource();
  const sink = speakerSink();
  await Promise.all([runs(folder, "arecord"), runs(folder, "aplay")]);
  source.close();
  await Promise.all([source.ended, assert.rejects(sink.close(), code("media.noSpeaker"))]);
});
