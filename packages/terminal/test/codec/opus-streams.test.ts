import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { splitStreams } from "../../src/node/files/opus-streams.ts";

/** A packet as RFC 6716 section 3.2 lays it out, and the same with the length that appendix B adds. */
interface Packet {
  readonly plain: readonly number[];
  readonly delimited: readonly number[];
}

const lengthBytes = (length: number): number[] =>
  length < 252 ? [length] : [252 + (length & 3), (length - 252 - (length & 3)) / 4];

/** One or two bytes, at most 1,275. */
const frame = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  fc.uint8Array({ minLength: 250, maxLength: 260 }),
  fc.uint8Array({ minLength: 1_275, maxLength: 1_275 }),
);

const packet: fc.Arbitrary<Packet> = fc
  .tuple(fc.nat(63), fc.array(frame, { minLength: 1, maxLength: 4 }), fc.nat(3), fc.boolean(), fc.nat(600))
  .map(([config, frames, wanted, isVbr, paddingBytes]) => {
    const toc = (code: number): number => (config << 2) | code;
    const [first = new Uint8Array(0), second = first] = frames;
    if (wanted === 0)
      return {
        plain: [toc(0), ...first],
        delimited: [toc(0), ...lengthBytes(first.length), ...first],
      };
    if (wanted === 1)
      return {
        plain: [toc(1), ...first, ...first],
        delimited: [toc(1), ...lengthBytes(first.length), ...first, ...first],
      };
    if (wanted === 2) {
      const start = [toc(2), ...lengthBytes(first.length)];
      return {
        plain: [...start, ...first, ...second],
        delimited: [...start, ...lengthBytes(second.length), ...first, ...second],
      };
    }
    const all = isVbr ? frames : frames.map(() => first);
    const flags = all.length | (isVbr ? 0x80 : 0) | (paddingBytes > 0 ? 0x40 : 0);
    const padding = [
      ...Array.from({ length: Math.floor(paddingBytes / 255) }, () => 255),
      ...(paddingBytes > 0 ? [paddingBytes % 255] : []),
    ];
    // Each 255 stands for 254 bytes and the next length.
    const padded = Math.floor(paddingBytes / 255) * 254 + (paddingBytes % 255);
    const lengths = isVbr ? all.slice(0, -1).flatMap(({ length }) => lengthBytes(length)) : [];
    const start = [toc(3), flags, ...padding, ...lengths];
    const rest = [...all.flatMap((bytes) => [...bytes]), ...Array.from({ length: padded }, () => 0)];
    return {
      plain: [...start, ...rest],
      delimited: [...start, ...lengthBytes(all.at(-1)?.length ?? 0), ...rest],
    };
  });

test("streams of any framing are taken apart as they were put together", () => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 5 }), (packets) => {
      const joined = packets.flatMap(({ plain, delimited }, i) =>
        i === packets.length - 1 ? plain : delimited,
      );
      const split = splitStreams(Uint8Array.from(joined), packets.length);
      assert.deepEqual(
        split?.map((bytes) => [...bytes]),
        packets.map(({ plain }) => [...plain]),
      );
    }),
  );
});

test("whatever the bytes are, so many packets come of them, or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (bytes, streams) => {
      const split = splitStreams(Uint8Array.from(bytes), streams);
      assert.ok(split === undefined || split.length === streams);
    }),
  );
});

test("a stream that is cut off is none", () => {
  assert.deepEqual(
    splitStreams(Uint8Array.from([0, 2, 9, 9, 0, 7]), 2)?.map((bytes) => [...bytes]),
    [
      [0, 9, 9],
      [0, 7],
    ],
  );
  assert.equal(splitStreams(Uint8Array.from([0, 3, 9, 9]), 2), undefined);
  assert.equal(splitStreams(Uint8Array.from([0, 2, 9, 9]), 2), undefined);
});
