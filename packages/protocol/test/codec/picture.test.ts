/** What may be kept and shown as the picture of a person, and what may not. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { segment, smallPicture } from "@signet/e2e/support/small-picture.ts";
import { isPicture, longestPicture } from "@signet/protocol";
import fc from "fast-check";

test("a small JPEG is one: baseline or progressive, of grey or of three colours, as long as it may be", () => {
  assert.ok(isPicture(smallPicture()));
  assert.ok(isPicture(smallPicture(1, { frame: 0xc2 })));
  assert.ok(isPicture(smallPicture(1, { components: 1 })));
  const rest = longestPicture - smallPicture(1, { coded: [] }).length;
  assert.ok(isPicture(smallPicture(1, { coded: Array.from({ length: rest }, () => 1) })));
});

test("what is anything else, of another size, or has anything else in it is none", () => {
  const rest = longestPicture - smallPicture(1, { coded: [] }).length;
  const text = [...new TextEncoder().encode("here at home")];
  for (const [what, bytes] of Object.entries({
    long: smallPicture(1, { coded: Array.from({ length: rest + 1 }, () => 1) }),
    wide: smallPicture(1, { widthPx: 97 }),
    high: smallPicture(1, { heightPx: 9_600 }),
    deep: smallPicture(1, { bits: 12 }),
    twoColours: smallPicture(1, { components: 2 }),
    fourColours: smallPicture(1, { components: 4 }),
    lossless: smallPicture(1, { frame: 0xc3 }),
    arithmetic: smallPicture(1, { frame: 0xc9 }),
    exif: smallPicture(1, { beside: [segment(0xe1, [69, 120, 105, 102, 0, 0])] }),
    profile: smallPicture(1, { beside: [segment(0xe2, [1])] }),
    comment: smallPicture(1, { beside: [segment(0xfe, text)] }),
    twoFrames: smallPicture(1, { beside: [segment(0xc0, [8, 0, 96, 0, 96, 1, 1, 0x11, 0])] }),
    scanFirst: smallPicture(1, { beside: [segment(0xda, [1, 1, 0, 0, 63, 0])] }),
    behind: smallPicture(1, { end: [0xff, 0xd9, 1] }),
    another: Uint8Array.from([...smallPicture(), ...smallPicture()]),
    endless: smallPicture(1, { end: [] }),
    emptySegment: smallPicture(1, { beside: [[0xff, 0xdb, 0, 0]] }),
    beyond: smallPicture(1, { beside: [[0xff, 0xdb, 0xff, 0xff]] }),
    png: Uint8Array.from([0x89, 80, 78, 71, 13, 10, 26, 10]),
    svg: new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    gif: new TextEncoder().encode("GIF89a"),
    webp: new TextEncoder().encode("RIFF0000WEBPVP8X"),
    nothing: new Uint8Array(),
    onlyBegun: Uint8Array.from([0xff, 0xd8]),
    noFrame: Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]),
  }))
    assert.equal(isPicture(Uint8Array.from(bytes)), false, what);
});

test("whatever comes, it is looked at to an end, and a picture that was cut is none", () => {
  const whole = smallPicture();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(whole.length - 1), (tail, length) => {
      isPicture(Uint8Array.from([0xff, 0xd8, ...tail]));
      assert.equal(isPicture(whole.slice(0, length)), false);
    }),
  );
});
