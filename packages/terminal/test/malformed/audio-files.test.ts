/** Whatever a file holds, opening it works or throws that it is none, or of another kind: no crash, no endless read, no memory for what is not there. */
import assert from "node:assert/strict";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import fc from "fast-check";

import { SignetError } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import { createAudioFile } from "../../src/node/files/file-sink.ts";
import { openAudioFile } from "../../src/node/files/file-source.ts";
import { folderFor } from "../support/folder.ts";
import { oggOpus, opusHead, opusPackets, opusTags, page, pagesOf } from "../support/ogg.ts";
import { chunk, makeWav, readAll, tone } from "../support/sound.ts";

async function refused(
  context: Pick<TestContext, "after">,
  bytes: Uint8Array,
  why?: RegExp,
  code: ErrorCode = "media.badFile",
): Promise<void> {
  const path = join(folderFor(context), "a");
  writeFileSync(path, bytes);
  await assert.rejects(openAudioFile(path), (error) => {
    assert.ok(error instanceof SignetError);
    assert.equal(error.code, code);
    if (why !== undefined) assert.match(String(error.cause), why);
    return true;
  });
}

const code = (code: string) => (error: unknown) => error instanceof SignetError && error.code === code;
const silence = Int16Array.from({ length: 960 }, () => 0);

for (const [name, bytes] of [
  ["an empty file", ""],
  ["a text", "no audio at all"],
  ["RIFF alone", "RIFF"],
  ["RIFF of another kind", "RIFF\u0010\u0000\u0000\u0000AVI LIST"],
  ["a WAV that ends after its header", "RIFF\u0010\u0000\u0000\u0000WAVE"],
  ["OggS alone", "OggS"],
] as const) {
  test(`${name} is refused`, (context) => refused(context, Buffer.from(bytes, "latin1")));
}

for (const [name, bytes] of [
  ["MP3", "ID3\u0004\0\0\0\0\0\u0002xx\u00ff\u00fb\u0090\0"],
  ["MP3", "\u00ff\u00fb\u0090\0"],
  ["AAC", "\u00ff\u00f1\u0050\u0080"],
  ["MP4 or M4A", "\0\0\0\u0020ftypM4A "],
  ["FLAC", "fLaC\0\0\0\u0022"],
  ["AIFF", "FORM\0\0\0\0AIFF"],
] as const) {
  test(`${JSON.stringify(bytes)} is told to be ${name}`, (context) =>
    refused(context, Buffer.from(bytes, "latin1"), new RegExp(name), "media.otherFormat"));
}

test("Vorbis in Ogg is told to be that", (context) =>
  refused(
    context,
    page([Uint8Array.from(Buffer.from("\u0001vorbis and more", "latin1"))], { first: true }),
    /Ogg Vorbis/,
    "media.otherFormat",
  ));

test("a WAV is refused whose format Signet cannot play, and the nearest that it can is taken", async (context) => {
  const good = makeWav([tone(440, 48_000, 960)]);
  const change = (at: number, value: number, bytes: 2 | 4 = 2): Buffer => {
    const altered = Buffer.from(good);
    altered.writeUIntLE(value, at, bytes);
    return altered;
  };
  await refused(context, change(20, 2), /a WAV with Microsoft ADPCM/, "media.otherFormat");
  await refused(context, change(20, 4), /coding 4 with 16/);
  await refused(context, change(20, 0xfffe), /cut off/);
  await refused(context, change(34, 12), /12 bits/);
  await refused(context, change(22, 0), /0 channels/);
  await refused(context, makeWav(Array.from({ length: 9 }, () => [0])), /9 channels/);
  await refused(context, change(24, 999, 4), /999/);
  await refused(context, change(24, 384_001, 4), /384001/);
  await refused(context, changeSubFormat(makeWav([[0]], { extensible: true })), /sub-format/);
  await refused(context, change(32, 3), /contradicts/);
  await refused(context, change(12, 0x20746d67, 4), /without a format/);
  await refused(context, change(36, 0x61746164 + 1, 4), /ends before/);
  await refused(context, makeWav([[0]], { bits: 16, float: true }), /coding 3 with 16/);
  for (const rate of [1_000, 384_000]) {
    const path = join(folderFor(context), "a.wav");
    writeFileSync(path, change(24, rate, 4));
    const source = await openAudioFile(path);
    assert.ok(readAll(source).length > 0);
    source.close();
  }
});

test("a WAV of chunks without end is given up", async (context) => {
  const many = Array.from({ length: 1_001 }, () => chunk("junk", Buffer.alloc(0)));
  await refused(context, makeWav([[0]], { before: Buffer.concat(many) }), /too many/);
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([[0]], { before: Buffer.concat(many.slice(0, 998)) }));
  (await openAudioFile(path)).close();
});

/** Another last byte of the GUID. */
function changeSubFormat(wav: Buffer): Buffer {
  wav[59]! ^= 1;
  return wav;
}

test("an Ogg file is refused that has no Opus stream from its beginning", async (context) => {
  const packets = await opusPackets([silence, silence]);
  const [head, tags, first] = oggOpus(packets) as [Uint8Array, Uint8Array, Uint8Array];
  await refused(context, Buffer.concat([tags, first]), /beginning/);
  await refused(context, head.subarray(0, 20), /cut off/);
  await refused(context, head, /nothing behind/);
  const version = Buffer.from(head);
  version[4] = 1;
  await refused(context, Buffer.concat([version, tags, first]), /beginning/);
});

test("where no page begins within a mebibyte, none is looked for any more", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const [head, tags, first, second] = oggOpus(await opusPackets([silence, silence]), { preSkip: 0 }) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  for (const [foreignBytes, frames] of [
    [1_048_576, 2],
    [1_048_577, 1],
  ] as const) {
    writeFileSync(path, Buffer.concat([head, tags, first, Buffer.alloc(foreignBytes), second]));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, frames, `${foreignBytes}`);
    source.close();
  }
});

test("an Opus header is refused that Signet cannot play", async (context) => {
  const packets = await opusPackets([silence]);
  const withHead = (head: Parameters<typeof opusHead>[0]): Buffer => Buffer.concat(oggOpus(packets, head));
  await refused(context, withHead({ channels: 0 }), /0 channels/);
  await refused(context, withHead({ channels: 3 }), /3 channels/);
  await refused(context, withHead({ family: 1, channels: 0, mapping: [1, 0] }), /0 channels of family 1/);
  await refused(
    context,
    withHead({ family: 1, channels: 9, mapping: [9, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8] }),
    /9/,
  );
  await refused(context, withHead({ family: 255, mapping: [1, 0, 0] }), /family 255/);
  for (const mapping of [[], [0, 0, 0], [1, 2, 0], [1, 0, 1], [1, 0]])
    await refused(context, withHead({ family: 1, mapping }), /contradict/);
  await refused(context, withHead({ version: 16 }), /version/);
  await refused(context, Buffer.concat([page([opusHead().slice(0, 18)], { first: true })]), /no Opus/);
  const path = join(folderFor(context), "a.opus");
  for (const head of [
    { channels: 2 },
    { version: 15 },
    { family: 1, mapping: [1, 0, 0] },
    { family: 1, mapping: [1, 0, 255] },
  ]) {
    writeFileSync(path, withHead(head));
    (await openAudioFile(path)).close();
  }
});

test("comments longer than 16 MiB are refused, and shorter ones read", async (context) => {
  const [packet] = await opusPackets([silence]);
  const file = (commentBytes: number): Buffer => {
    const tags = pagesOf(opusTags(commentBytes), 1);
    return Buffer.concat([
      page([opusHead()], { first: true }),
      ...tags,
      page([packet!], { sequence: tags.length + 1, granule: 960n, last: true }),
    ]);
  };
  const limit = 16 * 1024 * 1024;
  const path = join(folderFor(context), "a.opus");
  writeFileSync(path, file(limit - 20));
  const long = await openAudioFile(path);
  assert.equal(readAll(long).length, 1);
  long.close();
  await refused(context, file(limit - 19), /too long/);
});

test("packets that are no Opus play as something, and the file goes on", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const [good] = await opusPackets([silence]);
  const bad = Uint8Array.from([0xff, 0xff, 0xff]);
  writeFileSync(path, Buffer.concat(oggOpus([good!, bad, new Uint8Array(0), good!], { preSkip: 0 })));
  const source = await openAudioFile(path);
  assert.equal(readAll(source).length, 4);
  source.close();
});

test("altered and cut files never do more than refuse", async (context) => {
  const path = join(folderFor(context), "a");
  const packets = await opusPackets([silence, silence]);
  const files = [makeWav([tone(440, 8_000, 500)], { rate: 8_000 }), Buffer.concat(oggOpus(packets))];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      async (file, changes, cut) => {
        const bytes = Buffer.from(file.subarray(0, cut % 3 === 0 ? cut % (file.length + 1) : file.length));
        for (const [at, value] of changes) bytes[at % Math.max(1, bytes.length)] = value;
        writeFileSync(path, bytes);
        try {
          const source = await openAudioFile(path);
          assert.ok(readAll(source, 2_000).length <= 2_000);
          source.close();
        } catch (error) {
          // An altered byte can also make the name of another format.
          assert.ok(code("media.badFile")(error) || code("media.otherFormat")(error), String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a header that promises gigabytes costs no memory", async (context) => {
  const path = join(folderFor(context), "a.wav");
  writeFileSync(path, makeWav([tone(440, 48_000, 960)], { dataLength: 0x7fff_ffff }));
  truncateSync(path, 2_000_000_000);
  const before = process.memoryUsage().arrayBuffers;
  const source = await openAudioFile(path);
  assert.equal(readAll(source, 100).length, 100);
  assert.ok(process.memoryUsage().arrayBuffers - before < 50_000_000);
  source.close();
});

test("what is neither a file nor a pipe, or not there, is refused at once", async (context) => {
  const folder = folderFor(context);
  for (const path of [folder, join(folder, "nobody"), "/dev/zero"])
    await assert.rejects(openAudioFile(path), code("media.noFile"), path);
});

test("where nothing can be written, or the name says no format, it is said", async (context) => {
  const folder = folderFor(context);
  for (const name of ["a.mp3", "wav", "a.wav.txt", "a"])
    assert.throws(() => createAudioFile(join(folder, name)), code("media.badFileName"), name);
  for (const name of ["a.wav", "a.opus"])
    assert.throws(() => createAudioFile(join(folder, "no", name)), code("media.cannotWrite"), name);
  // A full disk: each write to it fails.
  for (const name of ["a.wav", "a.opus"]) {
    symlinkSync("/dev/full", join(folder, name));
    const sink = createAudioFile(join(folder, name));
    sink.write(silence);
    await assert.rejects(sink.close(), code("media.cannotWrite"), name);
  }
});
