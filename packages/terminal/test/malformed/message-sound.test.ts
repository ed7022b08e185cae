/** The sound of voice messages has one form: nothing else of what Ogg and Opus can be reaches a player. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { concatBytes, mostMessageMs, SignetError } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { messageMs, readMessageSound, soundMs, writeMessageSound } from "../../src/index.ts";
import { readPage, writePage } from "../../src/messages/sound/ogg.ts";
import type { OggPage } from "../../src/messages/sound/ogg.ts";
import { packet } from "../support/message-sound.ts";

const packets = (count: number, bytes = 40): Bytes[] =>
  Array.from({ length: count }, (_, index) => packet(index, bytes));
const refuses = (code: ErrorCode, read: () => unknown): void => {
  assert.throws(read, (error) => error instanceof SignetError && error.code === code);
};
const pagesOf = (bytes: Bytes): OggPage[] => {
  const pages: OggPage[] = [];
  for (let at = 0; at < bytes.length;) {
    const result = readPage(bytes.subarray(at));
    assert.ok(result.type === "page");
    pages.push(result.page);
    at += result.length;
  }
  return pages;
};
const withPage = (bytes: Bytes, index: number, change: (page: OggPage) => Partial<OggPage>): Bytes =>
  concatBytes(
    ...pagesOf(bytes).map((page, at) => writePage(at === index ? { ...page, ...change(page) } : page)),
  );

test("what is written is read, to the packet and to the millisecond", () => {
  for (const count of [1, 49, 50, 51, 120]) {
    const sound = { packets: packets(count), preSkip: 312 };
    const bytes = writeMessageSound(sound);
    assert.deepEqual(readMessageSound(bytes), sound);
    assert.equal(messageMs(bytes), count * 20 - 312 / 48);
  }
  // The frames that Opus has: 10 to 60 ms of SILK, 10 and 20 of both, 2.5 to 20 of CELT.
  const lengths = [0, 1, 2, 3, 12, 13, 16, 17, 18, 19].map((config) =>
    soundMs({ packets: [Uint8Array.of(config << 3)], preSkip: 0 }),
  );
  assert.deepEqual(lengths, [10, 20, 40, 60, 10, 20, 2.5, 5, 10, 20]);
});

test("two minutes are taken, and no packet more", () => {
  const most = mostMessageMs / 20;
  assert.equal(messageMs(writeMessageSound({ packets: packets(most), preSkip: 0 })), mostMessageMs);
  refuses("message.tooLong", () => writeMessageSound({ packets: packets(most + 1), preSkip: 0 }));
  // By whoever writes it otherwise.
  const long = writeMessageSound({ packets: packets(most), preSkip: 0 });
  const pages = pagesOf(long);
  const last = pages.at(-1)!;
  const more = writePage({ ...last, sequence: last.sequence + 1 });
  refuses("message.badSound", () => readMessageSound(concatBytes(long, more)));
});

test("packets of several frames, of two channels, too large ones and none are no voice", () => {
  for (const bad of [
    Uint8Array.of(8 | 1),
    Uint8Array.of(8 | 2),
    Uint8Array.of(8 | 3, 2),
    Uint8Array.of(8 | 3),
    Uint8Array.of(8 | 4),
    new Uint8Array(),
  ])
    refuses("message.badSound", () => writeMessageSound({ packets: [bad], preSkip: 0 }));
  // One frame with padding behind it.
  writeMessageSound({ packets: [Uint8Array.of(8 | 3, 0x41, 2, 9, 0, 0)], preSkip: 0 });
  writeMessageSound({ packets: packets(50, 1_000), preSkip: 0 });
  refuses("message.badSound", () => writeMessageSound({ packets: packets(1, 1_001), preSkip: 0 }));
  refuses("message.badSound", () => writeMessageSound({ packets: [], preSkip: 0 }));
  writeMessageSound({ packets: packets(9), preSkip: 80 * 48 });
  refuses("message.badSound", () => writeMessageSound({ packets: packets(9), preSkip: 80 * 48 + 1 }));
});

test("any other way to write it is refused", () => {
  const good = writeMessageSound({ packets: packets(60), preSkip: 312 });
  const other = writeMessageSound({ packets: packets(2), preSkip: 312 });
  const inHead = (at: number, value: number) =>
    withPage(good, 0, ({ body }) => ({ body: body.map((byte, index) => (index === at ? value : byte)) }));
  const cases: readonly (readonly [string, Bytes])[] = [
    ["nothing", new Uint8Array()],
    ["cut", good.slice(0, -1)],
    ["something behind it", concatBytes(good, new Uint8Array(1))],
    ["a second stream behind it", concatBytes(good, other)],
    ["a damaged page", good.map((byte, index) => (index === good.length - 1 ? byte ^ 1 : byte))],
    ["the head alone", good.slice(0, 47)],
    ["another serial number", withPage(good, 2, () => ({ serial: 2 }))],
    ["another order", withPage(good, 2, () => ({ sequence: 7 }))],
    ["another granule", withPage(good, 2, ({ granule }) => ({ granule: granule + 1n }))],
    ["a page that goes on", withPage(good, 3, () => ({ continued: true }))],
    ["no end", withPage(good, 3, () => ({ last: false }))],
    ["two channels", inHead(9, 2)],
    ["a gain", inHead(17, 1)],
    ["a mapping", inHead(18, 1)],
    ["a newer version", inHead(8, 2)],
    ["another rate", inHead(12, 1)],
    [
      "a comment",
      withPage(good, 1, ({ body }) => ({ body: Uint8Array.from([...body, 1]), lacing: Uint8Array.of(17) })),
    ],
    [
      "a packet that does not end",
      withPage(good, 3, () => ({ lacing: Uint8Array.of(255), body: new Uint8Array(255) })),
    ],
  ];
  for (const [what, bytes] of cases)
    assert.throws(
      () => readMessageSound(bytes),
      (error) => error instanceof SignetError && error.code === "message.badSound",
      what,
    );
});
