/** Sound that comes through a pipe: it plays as it comes, and silence is sent while nothing does. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

import { SignetError } from "@signet/protocol";

import { frameSamples } from "../../src/node/audio.ts";
import type { AudioSink, AudioSource } from "../../src/node/audio.ts";
import { createAudioFile } from "../../src/node/files/file-sink.ts";
import { openAudioFile } from "../../src/node/files/file-source.ts";
import { folderFor } from "../support/folder.ts";
import { oggOpus, opusPackets } from "../support/ogg.ts";
import { chunk, makeWav, readAll } from "../support/sound.ts";

const frames = Array.from({ length: 40 }, (_, i) => new Int16Array(frameSamples).fill(100 + i));
const wav = makeWav([frames.flatMap((frame) => Array.from(frame, (sample) => sample / 32_767))]);

function pipe(context: Pick<TestContext, "after">): string {
  const path = join(folderFor(context), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

/** Frames that come while others write, until there are so many or the sound ends. */
async function readSoon(source: AudioSource, most = Number.POSITIVE_INFINITY): Promise<Int16Array[]> {
  let isOver = false;
  void source.ended.then(() => (isOver = true));
  const read: Int16Array[] = [];
  while (read.length < most && !isOver) {
    read.push(...readAll(source, most - read.length));
    await nextTurn();
  }
  return read;
}

test("a WAV that comes piece by piece, the writer later than the reader", async (context) => {
  const path = pipe(context);
  const opened = openAudioFile(path);
  const writer = createWriteStream(path);
  await once(writer, "open");
  // The header in pieces, then two frames and a half.
  const header = wav.length - frames.length * frameSamples * 2;
  for (const [from, to] of [
    [0, 3],
    [3, 20],
    [20, header + 5 * frameSamples],
  ])
    writer.write(wav.subarray(from, to));
  const source = await opened;
  context.after(() => source.close());
  assert.deepEqual(await readSoon(source, 2), frames.slice(0, 2));
  assert.equal(source.read(), undefined, "half a frame is none");
  writer.end(wav.subarray(header + 5 * frameSamples));
  assert.deepEqual(await readSoon(source), frames.slice(2));
  await source.ended;
});

test("Ogg Opus that comes piece by piece", async (context) => {
  const path = pipe(context);
  const opened = openAudioFile(path);
  const writer = createWriteStream(path);
  const bytes = Buffer.concat(oggOpus(await opusPackets(frames), { preSkip: 0 }));
  for (let at = 0; at < bytes.length; at += 1_000) writer.write(bytes.subarray(at, at + 1_000));
  writer.end();
  const source = await opened;
  context.after(() => source.close());
  assert.equal(source.waits, false, "it plays as it comes");
  assert.equal((await readSoon(source)).length, frames.length);
});

test("more than is held at once: the writer waits, and nothing is lost", async (context) => {
  const path = pipe(context);
  const opened = openAudioFile(path);
  const long = makeWav([[]], {
    data: Buffer.alloc(3_000_000, 1),
    before: chunk("junk", Buffer.alloc(1_000_000)),
    dataLength: 0xffff_ffff,
  });
  const writer = createWriteStream(path);
  writer.end(long);
  const source = await opened;
  context.after(() => source.close());
  assert.equal((await readSoon(source)).length, Math.ceil(1_500_000 / frameSamples));
});

test("what comes through a pipe cannot be played again and again", async (context) => {
  const path = pipe(context);
  await assert.rejects(
    openAudioFile(path, { loop: true }),
    (error) => error instanceof SignetError && error.code === "media.pipeLoops",
  );
});

test("a pipe that brings nothing, or no sound, is told to be that", async (context) => {
  for (const text of ["", "no sound at all"]) {
    const path = pipe(context);
    const opened = openAudioFile(path);
    createWriteStream(path).end(text);
    await assert.rejects(opened, (error) => error instanceof SignetError && error.code === "media.badFile");
  }
});

test("sound goes into a pipe as it is heard, and comes out of it", async (context) => {
  for (const ending of ["wav", "opus"]) {
    const path = join(folderFor(context), `pipe.${ending}`);
    execFileSync("mkfifo", [path]);
    assert.throws(() => createAudioFile(path), "nobody reads");
    const opened = openAudioFile(path);
    const sink = createAudioFile(path);
    for (const frame of frames) sink.write(frame);
    await sink.close();
    const source = await opened;
    assert.equal((await readSoon(source)).length, frames.length, ending);
    source.close();
  }
});

test("whoever reads a pipe and goes away is told of at once", async (context) => {
  const path = join(folderFor(context), "pipe.wav");
  execFileSync("mkfifo", [path]);
  const reader = spawn("head", ["-c", "1", path], { stdio: "ignore" });
  // Until it is open, there is nobody.
  let sink: AudioSink | undefined;
  while (sink === undefined) {
    try {
      sink = createAudioFile(path);
    } catch {
      await nextTurn();
    }
  }
  await once(reader, "exit");
  for (let i = 0; i < 100; i++) sink.write(new Int16Array(frameSamples));
  const failure = await sink.failed;
  assert.equal(failure?.code, "media.cannotWrite");
  await assert.rejects(sink.close(), failure);
});
