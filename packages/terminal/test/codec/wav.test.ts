import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import fc from "fast-check";

import { frameSamples } from "../../src/node/audio.ts";
import { createAudioFile } from "../../src/node/files/file-sink.ts";
import { openAudioFile } from "../../src/node/files/file-source.ts";
import { WavWriter } from "../../src/node/files/wav-writer.ts";
import { folderFor } from "../support/folder.ts";
import { analyse, chunk, makeWav, readAll, tone } from "../support/sound.ts";
import type { WavOptions } from "../support/sound.ts";

const kinds: [name: string, options: WavOptions, noise: number][] = [
  ["8 bits", { bits: 8 }, 0.006],
  ["16 bits", { bits: 16 }, 0.000_1],
  ["24 bits", { bits: 24 }, 0.000_1],
  ["32 bits", { bits: 32 }, 0.000_1],
  ["float of 32 bits", { bits: 32, float: true }, 0.000_1],
  ["float of 64 bits", { bits: 64, float: true }, 0.000_1],
  ["extensible, 16 bits", { bits: 16, extensible: true }, 0.000_1],
  ["extensible, float", { bits: 32, float: true, extensible: true }, 0.000_1],
];

for (const [name, options, noise] of kinds) {
  test(`WAV with ${name}, mono and stereo, sounds as it was written`, async (context) => {
    const path = join(folderFor(context), "a.wav");
    const samples = tone(1_000, 48_000, 48_000);
    for (const channels of [[samples], [samples, samples]]) {
      writeFileSync(path, makeWav(channels, options));
      const source = await openAudioFile(path);
      const frames = readAll(source);
      assert.equal(frames.length, 50);
      const heard = analyse(frames, 1_000);
      assert.ok(Math.abs(heard.tone - 0.5) < 0.005, `${heard.tone}`);
      assert.ok(heard.rest < noise, `${heard.rest}`);
      await source.ended;
      source.close();
    }
  });
}

for (const rate of [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 44_101, 96_000, 192_000]) {
  test(`${rate} samples a second become 48,000 with the same tone and length`, async (context) => {
    const path = join(folderFor(context), "a.wav");
    writeFileSync(path, makeWav([tone(1_000, rate, rate)], { rate }));
    const source = await openAudioFile(path);
    const frames = readAll(source);
    // Up to the length of the filter more.
    assert.ok(frames.length === 50 || frames.length === 51, `${frames.length}`);
    // Away from the ends, where the tone begins and ends abruptly.
    const heard = analyse(frames.slice(5, 45), 1_000);
    assert.ok(Math.abs(heard.tone - 0.5) < 0.005, `${heard.tone}`);
    assert.ok(heard.rest < 0.002, `${heard.rest}`);
    source.close();
  });
}

test("what 48 kHz cannot hold is filtered out, not folded back", async (context) => {
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([tone(30_000, 96_000, 96_000)], { rate: 96_000 }));
  const source = await openAudioFile(path);
  const frames = readAll(source).slice(5, 45);
  assert.ok(analyse(frames, 18_000).tone < 0.001);
  assert.ok(analyse(frames, 18_000).rest < 0.001);
  source.close();
});

test("two channels are mixed to one", async (context) => {
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([tone(1_000, 48_000, 9_600), tone(1_000, 48_000, 9_600, -0.5)]));
  const source = await openAudioFile(path);
  assert.ok(readAll(source).every((frame) => frame.every((sample) => Math.abs(sample) <= 1)));
  source.close();
});

test("the last frame is filled with silence; a file that loops goes on with the first sample, without a gap", async (context) => {
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([Array.from({ length: 1_000 }, () => 0.25)]));
  const once = await openAudioFile(path);
  assert.equal(once.waits, true, "what nobody can hear is played later");
  const frames = readAll(once);
  assert.equal(frames.length, 2);
  assert.ok(frames[1]!.subarray(0, 40).every((sample) => sample > 8_000));
  assert.ok(frames[1]!.subarray(40).every((sample) => sample === 0));
  assert.equal(once.read(), undefined);
  once.close();
  const endless = await openAudioFile(path, { loop: true });
  assert.equal(endless.waits, false);
  const looped = readAll(endless, 500);
  assert.equal(looped.length, 500);
  assert.ok(looped.every((frame) => frame.every((sample) => sample > 8_000)));
  endless.close();
  assert.equal(endless.read(), undefined, "closed");
  await endless.ended;
});

test("a file without samples ends at once, also when it loops", async (context) => {
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([[]]));
  for (const loop of [false, true]) {
    const source = await openAudioFile(path, { loop });
    assert.equal(source.read(), undefined);
    await source.ended;
    source.close();
  }
});

test("other chunks are passed over, odd ones with their padding", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const before = Buffer.concat([chunk("LIST", Buffer.from("abc")), chunk("junk", Buffer.alloc(5_000))]);
  writeFileSync(path, makeWav([tone(1_000, 48_000, 960)], { before }));
  const source = await openAudioFile(path);
  assert.equal(readAll(source).length, 1);
  source.close();
});

test("an odd chunk without its padding is told by the name behind it", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const bare = chunk("LIST", Buffer.from("abc")).subarray(0, -1);
  // As long as its low byte is a letter, "ata" and it could be a name as well.
  for (const samples of [960, 0x2d30]) {
    writeFileSync(path, makeWav([tone(1_000, 48_000, samples)], { before: bare }));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, Math.ceil(samples / 960));
    source.close();
  }
});

test("telephone recordings: mu-law and A-law", async (context) => {
  const path = join(folderFor(context), "a.wav");
  // Values of ITU-T G.711, tables 1 and 2, as 16 bits: the loudest, the softest, and one in between.
  for (const [code, codes, values] of [
    [7, [0x00, 0x80, 0x7f, 0xff, 0x4f], [-32_124, 32_124, 0, 0, -924]],
    [6, [0x2a, 0xaa, 0x55, 0xd5, 0x1a], [-32_256, 32_256, -8, 8, -4_032]],
  ] as const) {
    for (const extensible of [false, true]) {
      writeFileSync(path, makeWav([[]], { bits: 8, code, extensible, data: Buffer.from(codes) }));
      const source = await openAudioFile(path);
      assert.deepEqual([...(source.read() ?? [])].slice(0, values.length), values);
      source.close();
    }
  }
});

test("recordings beyond 4 GiB have their length in a chunk of its own", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const ds64 = Buffer.alloc(28);
  ds64.writeBigUInt64LE(960n * 3n * 2n, 8);
  const after = chunk("LIST", Buffer.alloc(9_000, "noise"));
  for (const riff of ["RF64", "BW64"]) {
    const options = { riff, before: chunk("ds64", ds64), dataLength: 0xffff_ffff, after };
    writeFileSync(path, makeWav([tone(1_000, 48_000, 960 * 3)], options));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, 3, riff);
    source.close();
  }
});

test("a recording of nothing with something behind it is empty", async (context) => {
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([[]], { after: chunk("LIST", Buffer.alloc(9_000, "noise")) }));
  const source = await openAudioFile(path);
  assert.equal(source.read(), undefined);
  await source.ended;
  source.close();
});

test("a tag before the file is passed over", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const wav = makeWav([tone(1_000, 48_000, 960)]);
  // 200 bytes, seven bits to a byte; with a footer ten more.
  for (const [flags, bytes] of [
    [0, 200],
    [0x10, 210],
  ] as const) {
    const tag = Buffer.concat([
      Buffer.from([0x49, 0x44, 0x33, 4, 0, flags, 0, 0, 1, 72]),
      Buffer.alloc(bytes),
    ]);
    writeFileSync(path, Buffer.concat([tag, wav]));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, 1);
    source.close();
  }
});

test("six channels are mixed to one: the voice of the centre is heard, the low-frequency effects are not", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const silent = Array.from({ length: 9_600 }, () => 0);
  const sound = tone(1_000, 48_000, 9_600);
  const all = 2 + Math.SQRT2 + 2 * Math.SQRT1_2;
  // FL, FR, FC, LFE, BL, BR, with and without a mask that says so.
  for (const options of [{}, { extensible: true, mask: 0x3f }]) {
    for (const [channel, share] of [1, 1, Math.SQRT2, 0, Math.SQRT1_2, Math.SQRT1_2].entries()) {
      const channels = Array.from({ length: 6 }, (_, i) => (i === channel ? sound : silent));
      writeFileSync(path, makeWav(channels, options));
      const source = await openAudioFile(path);
      const heard = analyse(readAll(source), 1_000).tone;
      assert.ok(Math.abs(heard - (0.5 * share) / all) < 0.002, `channel ${channel}: ${heard}`);
      source.close();
    }
  }
});

test("a mask puts the channels elsewhere", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const silent = Array.from({ length: 9_600 }, () => 0);
  // Of left and low-frequency effects only the left one is heard.
  writeFileSync(path, makeWav([silent, tone(1_000, 48_000, 9_600)], { extensible: true, mask: 0b1001 }));
  const source = await openAudioFile(path);
  assert.equal(analyse(readAll(source), 1_000).tone, 0);
  source.close();
});

for (const dataLength of [0, 0xffff_ffff, 1_000_000]) {
  test(`a length of ${dataLength} for samples that go to the end of the file`, async (context) => {
    const path = join(folderFor(context), "a.wav");
    writeFileSync(path, makeWav([tone(1_000, 48_000, 960 * 3)], { dataLength }));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, 3);
    source.close();
  });
}

test("behind samples of an open length chunks stand that are no sound", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const ds64 = chunk("ds64", Buffer.alloc(28));
  const list = chunk("LIST", Buffer.alloc(9_000, "noise"));
  for (const after of [
    list,
    Buffer.concat([chunk("cue ", Buffer.alloc(28)), list, chunk("id3 ", Buffer.alloc(3_001, "noise"))]),
    // Without the padding.
    Buffer.concat([list, chunk("LIST", Buffer.alloc(3_001, "noise")).subarray(0, -1)]),
  ])
    for (const options of [
      { dataLength: 0 },
      { dataLength: 0xffff_ffff },
      { dataLength: 1_000_000 },
      { riff: "RF64", before: ds64, dataLength: 0xffff_ffff },
    ]) {
      writeFileSync(path, makeWav([tone(1_000, 48_000, 960 * 3)], { ...options, after }));
      const source = await openAudioFile(path);
      assert.equal(readAll(source).length, 3, JSON.stringify(options));
      source.close();
      writeFileSync(path, makeWav([[]], { ...options, after }));
      const empty = await openAudioFile(path);
      assert.equal(empty.read(), undefined, JSON.stringify(options));
      empty.close();
    }
});

test("such chunks are looked for in the last 4 MiB", async (context) => {
  const path = join(folderFor(context), "a.wav");
  for (const [bytes, frames] of [
    [4 * 1024 * 1024 - 8, 3],
    [4 * 1024 * 1024 - 6, 3 + Math.ceil((4 * 1024 * 1024 + 2) / 1_920)],
  ] as const) {
    const options = { dataLength: 0xffff_ffff, after: chunk("LIST", Buffer.alloc(bytes, "noise")) };
    writeFileSync(path, makeWav([tone(1_000, 48_000, 960 * 3)], options));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, frames);
    source.close();
  }
});

test("what is written can be read again, sample by sample", async (context) => {
  const folder = folderFor(context);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.int16Array({ minLength: frameSamples, maxLength: frameSamples }), { maxLength: 4 }),
      async (frames) => {
        const path = join(folder, "b.wav");
        const sink = createAudioFile(path);
        for (const frame of frames) sink.write(frame);
        await sink.close();
        await sink.close();
        const source = await openAudioFile(path);
        assert.deepEqual(readAll(source), frames);
        source.close();
      },
    ),
    { numRuns: 20 },
  );
});

test("a WAV file has an end: up to it all is written, what is beyond is left out, and closing says so", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const second = 50 * frameSamples * 2;
  const frame = Int16Array.from({ length: frameSamples }, (_, i) => i);
  for (const [seconds, isTooLong] of [
    [2, false],
    [4, true],
  ] as const) {
    const sink = new WavWriter(path, 2 * second);
    for (let i = 0; i < seconds * 50; i++) sink.write(frame);
    if (isTooLong) await assert.rejects(sink.close(), { code: "media.cannotWrite" });
    else await sink.close();
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, 100);
    source.close();
  }
});

test("a recording that was not closed can be played up to its last second", async (context) => {
  const path = join(folderFor(context), "a.wav");
  const sink = createAudioFile(path);
  const frame = Int16Array.from({ length: frameSamples }, (_, i) => i);
  for (let i = 0; i < 120; i++) sink.write(frame);
  // The writes are under way; a copy is taken before closing could mend the header.
  const told = Buffer.alloc(4);
  told.writeUInt32LE(100 * frameSamples * 2);
  while (!readFileSync(path).subarray(40, 44).equals(told)) await delay(5);
  const copy = join(folderFor(context), "copy.wav");
  writeFileSync(copy, readFileSync(path));
  await sink.close();
  const source = await openAudioFile(copy);
  assert.deepEqual(
    readAll(source),
    Array.from({ length: 100 }, () => frame),
  );
  source.close();
});
