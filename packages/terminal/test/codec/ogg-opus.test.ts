import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import fc from "fast-check";

import { frameSamples } from "../../src/node/audio.ts";
import { createAudioFile } from "../../src/node/files/file-sink.ts";
import { openAudioFile } from "../../src/node/files/file-source.ts";
import { lacingOf, mostPageBytes, readPage, writePage } from "../../src/messages/sound/ogg.ts";
import { folderFor } from "../support/folder.ts";
import { oggOpus, opusHead, opusPackets, opusTags, page, pagesOf, rawPage } from "../support/ogg.ts";
import { analyse, readAll, tone } from "../support/sound.ts";

/** Frames of a tone of 1 kHz, half as loud as can be. */
function toneFrames(count: number): Int16Array[] {
  const samples = tone(1_000, 48_000, count * frameSamples);
  return Array.from({ length: count }, (_, i) =>
    Int16Array.from(samples.slice(i * frameSamples, (i + 1) * frameSamples), (sample) => sample * 32_767),
  );
}

test("a page put together by hand: checksum, flags, granule position", () => {
  const bytes = Uint8Array.from(
    Buffer.from(
      "4f67675300020000000000000000" +
        "01000000" +
        "00000000" +
        "00000000" +
        "01" +
        "13" +
        Buffer.from(opusHead()).toString("hex"),
      "hex",
    ),
  );
  // Bit by bit, as RFC 3533 describes it, and not by a table.
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (crc >>> 31) ^ ((byte >> bit) & 1);
      crc = (crc << 1) ^ (carry === 1 ? 0x04c11db7 : 0);
    }
  }
  new DataView(bytes.buffer).setUint32(22, crc >>> 0, true);
  const result = readPage(bytes);
  assert.ok(result.type === "page", result.type);
  assert.deepEqual(
    { ...result.page, lacing: [...result.page.lacing], body: [...result.page.body] },
    {
      continued: false,
      first: true,
      last: false,
      granule: 0n,
      serial: 1,
      sequence: 0,
      lacing: [19],
      body: [...opusHead()],
    },
  );
  assert.equal(result.length, bytes.length);
});

test("pages are read as they were written, and refused when any byte changes or is missing", () => {
  fc.assert(
    fc.property(
      fc.record({
        continued: fc.boolean(),
        first: fc.boolean(),
        last: fc.boolean(),
        granule: fc.bigInt({ min: -1n, max: 2n ** 62n }),
        serial: fc.nat(0xffff_ffff),
        sequence: fc.nat(0xffff_ffff),
      }),
      fc.uint8Array({ maxLength: 2_000 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (fields, body, place, change) => {
        const written = {
          ...fields,
          lacing: Uint8Array.from(lacingOf(body.length)),
          body: Uint8Array.from(body),
        };
        const bytes = writePage(written);
        assert.deepEqual(readPage(bytes), { type: "page", page: written, length: bytes.length });
        assert.ok(bytes.length <= mostPageBytes);
        const cut = readPage(bytes.slice(0, place % bytes.length));
        assert.equal(cut.type, "short");
        const altered = bytes.slice();
        altered[place % bytes.length]! ^= change;
        assert.notEqual(readPage(altered).type, "page");
      },
    ),
  );
});

test("lacing values: a packet of a multiple of 255 bytes ends with 0", () => {
  assert.deepEqual(lacingOf(0), [0]);
  assert.deepEqual(lacingOf(254), [254]);
  assert.deepEqual(lacingOf(255), [255, 0]);
  assert.deepEqual(lacingOf(511), [255, 255, 1]);
});

for (const ending of ["opus", "ogg", "OPUS"]) {
  test(`what is written to .${ending} is heard again: the same length, the same tone, at the same time`, async (context) => {
    const path = join(folderFor(context), `a.${ending}`);
    const sink = createAudioFile(path);
    // Two seconds and a bit, of which the first half second is silent.
    const frames = [...Array.from({ length: 25 }, () => new Int16Array(frameSamples)), ...toneFrames(86)];
    for (const frame of frames) sink.write(frame);
    await sink.close();
    const source = await openAudioFile(path);
    const read = readAll(source);
    assert.equal(read.length, frames.length);
    assert.ok(analyse(read.slice(0, 24), 1_000).rest < 0.001, "silent at first");
    const heard = analyse(read.slice(27, 110), 1_000);
    assert.ok(Math.abs(heard.tone - 0.5) < 0.03, `${heard.tone}`);
    assert.ok(heard.rest < 0.05, `${heard.rest}`);
    await source.ended;
    source.close();
  });
}

test("a file of nothing can be written and read", async (context) => {
  const path = join(folderFor(context), "a.opus");
  await createAudioFile(path).close();
  const source = await openAudioFile(path);
  assert.equal(source.read(), undefined);
  source.close();
});

test("a recording that was not closed is read up to its last whole page", async (context) => {
  const folder = folderFor(context);
  const path = join(folder, "a.opus");
  const sink = createAudioFile(path);
  for (const frame of toneFrames(160)) sink.write(frame);
  await sink.close();
  const whole = readFileSync(path);
  const cut = join(folder, "cut.opus");
  writeFileSync(cut, whole.subarray(0, whole.length - 20));
  const source = await openAudioFile(cut);
  // Three pages of a second, less what the decoder needs to begin.
  assert.equal(readAll(source).length, 150);
  source.close();
});

test("packets across pages, long comments, and several packets on a page", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const packets = await opusPackets(toneFrames(10));
  // 100,000 bytes of comments take two pages.
  const tags = pagesOf(opusTags(100_000), 1);
  assert.equal(tags.length, 2);
  const [split, ...whole] = packets;
  // The first packet padded to 300 bytes would be none; so it is torn at 255 by an artificial page of its beginning.
  const long = padOpus(split!, 400);
  writeFileSync(
    path,
    Buffer.concat([
      page([opusHead()], { first: true }),
      ...tags,
      rawPage([255], Buffer.from(long.subarray(0, 255)), { sequence: 3, granule: -1n }),
      rawPage(
        [145, ...whole.flatMap(({ length }) => lacingOf(length))],
        Buffer.concat([long.subarray(255), ...whole]),
        {
          sequence: 4,
          continued: true,
          granule: 9_600n,
          last: true,
        },
      ),
    ]),
  );
  const source = await openAudioFile(path);
  const frames = readAll(source);
  assert.equal(frames.length, 10);
  assert.ok(analyse(frames.slice(2, 9), 1_000).tone > 0.45);
  source.close();
});

test("granule positions cut the end, and the header sets pre-skip and gain", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const packets = await opusPackets(toneFrames(20));
  const pages = oggOpus(packets, { preSkip: 960 * 3, gain: -6 * 256 });
  pages[pages.length - 1] = page([packets.at(-1)!], {
    sequence: 21,
    granule: BigInt(960 * 19 + 480),
    last: true,
  });
  writeFileSync(path, Buffer.concat(pages));
  const source = await openAudioFile(path);
  const frames = readAll(source);
  // 19 and a half frames less 3, the half one filled up.
  assert.equal(frames.length, 17);
  assert.ok(
    frames
      .at(-1)!
      .subarray(480)
      .every((sample) => sample === 0),
  );
  assert.ok(Math.abs(analyse(frames.slice(0, 16), 1_000).tone - 0.25) < 0.02, "6 dB less");
  source.close();
});

test("a stream cut out of a longer one, whose granule positions do not begin at 0, is read whole", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const packets = await opusPackets(toneFrames(4));
  writeFileSync(
    path,
    Buffer.concat([
      page([opusHead({ preSkip: 0 })], { first: true }),
      ...pagesOf(opusTags(), 1),
      page(packets.slice(0, 2), { sequence: 2, granule: 1_001_920n }),
      page(packets.slice(2), { sequence: 3, granule: 1_003_840n, last: true }),
    ]),
  );
  const source = await openAudioFile(path);
  assert.equal(readAll(source).length, 4);
  source.close();
});

const toneAt = (frames: readonly Int16Array[]): number => analyse(frames, 1_000).tone;

test("streams one behind the other are played one after the other, and each leaves out its own beginning", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const packets = await opusPackets(toneFrames(10));
  const one = Buffer.concat(oggOpus(packets, { preSkip: 960 }));
  const other = Buffer.concat(oggOpus(packets, { preSkip: 1_920 }, opusTags(), 8));
  // The same serial number twice, too.
  writeFileSync(path, Buffer.concat([one, other, one]));
  const source = await openAudioFile(path);
  const frames = readAll(source);
  assert.equal(frames.length, 9 + 8 + 9);
  assert.ok(toneAt(frames.slice(2, 8)) > 0.45);
  assert.ok(toneAt(frames.slice(20, 25)) > 0.45);
  source.close();
});

test("what other programs put before, between and behind the pages is passed over", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const pages = oggOpus(await opusPackets(toneFrames(10)), { preSkip: 0 });
  const id3 = Buffer.from("ID3\u0003\0\0\0\0\0\u0004OggS", "latin1");
  const between = [...pages.slice(0, 6), Buffer.from("OggS, or not"), ...pages.slice(6)];
  for (const [name, bytes] of [
    ["before", [id3, ...pages]],
    ["between", between],
    ["behind", [...pages, Buffer.from(`TAG${"x".repeat(125)}`)]],
    ["zeros behind", [...pages, Buffer.alloc(4_096)]],
  ] as const) {
    writeFileSync(path, Buffer.concat(bytes));
    const source = await openAudioFile(path);
    assert.equal(readAll(source).length, 10, name);
    source.close();
  }
});

test("of a damaged, a missing and a torn page the rest is played", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const pages = oggOpus(await opusPackets(toneFrames(10)), { preSkip: 0 });
  const damaged = Buffer.from(pages[6]!);
  damaged[damaged.length - 1]! ^= 1;
  const halfPacket = rawPage([255], Buffer.alloc(255), { sequence: 6 });
  const otherHalf = page([Uint8Array.from([1, 2, 3])], { sequence: 6, continued: true });
  for (const [name, instead] of [
    ["damaged", damaged],
    ["missing", Buffer.alloc(0)],
    ["torn at its end", halfPacket],
    ["torn at its beginning", otherHalf],
  ] as const) {
    writeFileSync(path, Buffer.concat([...pages.slice(0, 6), instead, ...pages.slice(7)]));
    const source = await openAudioFile(path);
    const frames = readAll(source);
    assert.equal(frames.length, 9, name);
    assert.ok(toneAt(frames) > 0.4, name);
    source.close();
  }
});

test("streams of something else beside the sound are passed over", async (context) => {
  const path = join(folderFor(context), "a.ogg");
  const [head, ...rest] = oggOpus(await opusPackets(toneFrames(4)), { preSkip: 0 }) as [
    Uint8Array,
    ...Uint8Array[],
  ];
  const skeleton = Uint8Array.from(Buffer.from("fishead\0".padEnd(64, "\0")));
  const beside = { serial: 77 };
  const file = [
    page([skeleton], { ...beside, first: true }),
    head,
    page([skeleton], { ...beside, sequence: 1, last: true }),
    ...rest,
  ];
  writeFileSync(path, Buffer.concat(file));
  const source = await openAudioFile(path);
  assert.equal(readAll(source).length, 4);
  source.close();
});

test("a granule position that goes back cuts nothing off", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const packets = await opusPackets(toneFrames(4));
  const pages = oggOpus(packets, { preSkip: 0 });
  pages[pages.length - 1] = page([packets.at(-1)!], { sequence: 5, granule: 0n, last: true });
  writeFileSync(path, Buffer.concat(pages));
  const source = await openAudioFile(path);
  assert.equal(readAll(source).length, 4);
  source.close();
});

test("six channels in four streams are mixed to one as those of a WAV are", async (context) => {
  const path = join(folderFor(context), "a.opus");
  const sound = await opusPackets(toneFrames(20));
  const silent = await opusPackets(Array.from({ length: 20 }, () => new Int16Array(frameSamples)));
  const all = 2 + Math.SQRT2 + 2 * Math.SQRT1_2;
  // FL and FR, BL and BR coupled; then the centre and the low-frequency effects (RFC 7845 section 5.1.1.2: FL, FC, FR, BL, BR, LFE).
  const head = { preSkip: 0, channels: 6, family: 1, mapping: [4, 2, 0, 4, 1, 2, 3, 5] };
  for (const [stream, share] of [2, 2 * Math.SQRT1_2, Math.SQRT2, 0].entries()) {
    const packets = sound.map((loud, i) =>
      Uint8Array.from([0, 1, 2, 3].flatMap((at) => delimited(at === stream ? loud : silent[i]!, at < 3))),
    );
    writeFileSync(path, Buffer.concat(oggOpus(packets, head)));
    const source = await openAudioFile(path);
    const heard = toneAt(readAll(source).slice(5));
    assert.ok(Math.abs(heard - (0.5 * share) / all) < 0.03, `stream ${stream}: ${heard}`);
    source.close();
  }
});

/** A packet of one frame as it stands before another one (RFC 6716 appendix B). */
function delimited(packet: Uint8Array, isFollowed: boolean): number[] {
  const [toc = 0, ...frame] = packet;
  assert.equal(toc & 3, 0, "one frame");
  if (!isFollowed) return [...packet];
  const { length } = frame;
  const delimiter = length < 252 ? [length] : [252 + (length & 3), (length - 252 - (length & 3)) / 4];
  return [toc, ...delimiter, ...frame];
}

/** Adds padding to a packet of one frame (RFC 6716 section 3.2.5): code 3, one frame, padding. */
function padOpus(packet: Uint8Array, length: number): Uint8Array {
  const frame = packet.subarray(1);
  const padded = new Uint8Array(length);
  const padding = length - 3 - 1 - frame.length;
  padded[0] = packet[0]! | 3;
  padded[1] = 0x41;
  // 255 stands for 254 bytes and another length.
  padded[2] = 255;
  padded[3] = padding - 254;
  padded.set(frame, 4);
  return padded;
}
