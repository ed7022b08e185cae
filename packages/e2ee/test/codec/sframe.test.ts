import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openFrame, sealFrame } from "../../src/sframe/frame.ts";
import { decodeHeader, encodeHeader } from "../../src/sframe/header.ts";
import { deriveSFrameKey, importBaseKey } from "../../src/sframe/key.ts";
import {
  decodeKid,
  encodeKid,
  epochBitsOf,
  maxContexts,
  maxLeaves,
  nextSenderContext,
} from "../../src/sframe/kid.ts";
import { ReplayWindow } from "../../src/sframe/replay-window.ts";
import { someBytes } from "../bytes.ts";

const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
// Mostly values around the lengths at which the encoding changes.
const headerValue = fc.oneof(
  uint64,
  fc.integer({ min: 0, max: 63 }).map((bits) => 1n << BigInt(bits)),
  fc.bigInt({ min: 0n, max: 9n }),
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array));

test("a header survives encoding, whatever follows it", () => {
  fc.assert(
    fc.property(headerValue, headerValue, bytes, (kid, ctr, rest) => {
      const encoded = encodeHeader({ kid, ctr });
      assert.deepEqual(decodeHeader(Uint8Array.from([...encoded, ...rest])), {
        kid,
        ctr,
        headerBytes: encoded.length,
      });
    }),
  );
});

test("a truncated header is refused", () => {
  fc.assert(
    fc.property(headerValue, headerValue, (kid, ctr) => {
      const encoded = encodeHeader({ kid, ctr });
      for (let length = 0; length < encoded.length; length++)
        assert.equal(decodeHeader(encoded.subarray(0, length)), undefined);
    }),
  );
});

test("what decodes is the one encoding of what it says", () => {
  fc.assert(
    fc.property(bytes, (frame) => {
      const header = decodeHeader(frame);
      if (header !== undefined) assert.deepEqual(frame.slice(0, header.headerBytes), encodeHeader(header));
    }),
  );
});

test("values in more bytes than they need are refused", () => {
  for (const hex of ["8007", "0807", "900008", "190008", "8800ff", "980001ff"]) {
    assert.equal(decodeHeader(new Uint8Array(Buffer.from(hex, "hex"))), undefined, hex);
  }
});

test("values beyond 64 bits are not encoded", () => {
  assert.throws(() => encodeHeader({ kid: 1n << 64n, ctr: 0n }), RangeError);
  assert.throws(() => encodeHeader({ kid: 0n, ctr: -1n }), RangeError);
});

test("a KID survives encoding", () => {
  const parts = fc.record({
    context: fc.nat({ max: maxContexts - 1 }),
    leaf: fc.nat({ max: maxLeaves - 1 }),
    epochBits: fc.nat({ max: 255 }),
  });
  fc.assert(fc.property(parts, (kid) => assert.deepEqual(decodeKid(encodeKid(kid)), { ...kid })));
});

test("a KID is laid out as RFC 9605 section 5.2 says: context, leaf, epoch", () => {
  assert.equal(encodeKid({ context: 0, leaf: 3, epochBits: epochBitsOf(0x1_02n) }), 0x3_02n);
  assert.equal(encodeKid({ context: 1, leaf: 3, epochBits: 2 }), 0x100_302n);
});

test("a KID out of range is neither made nor understood", () => {
  assert.throws(() => encodeKid({ context: 0, leaf: maxLeaves, epochBits: 0 }), RangeError);
  assert.throws(() => encodeKid({ context: maxContexts, leaf: 0, epochBits: 0 }), RangeError);
  assert.throws(() => encodeKid({ context: 0, leaf: -1, epochBits: 0 }), RangeError);
  assert.equal(decodeKid(BigInt(maxContexts) << 20n), undefined);
  assert.equal(decodeKid((1n << 64n) - 1n), undefined);
});

test("contexts of one process differ until they wrap", () => {
  const contexts = Array.from({ length: maxContexts }, nextSenderContext);
  assert.equal(new Set(contexts).size, maxContexts);
});

test("a frame survives sealing under any counter", async () => {
  const baseKey = await importBaseKey(someBytes(16));
  const kid = encodeKid({ context: 0, leaf: 5, epochBits: 9 });
  const [sealing, opening] = [
    await deriveSFrameKey(baseKey, kid, "seal"),
    await deriveSFrameKey(baseKey, kid, "open"),
  ];
  await fc.assert(
    fc.asyncProperty(headerValue, bytes, bytes, async (ctr, metadata, plaintext) => {
      const sealed = await sealFrame(sealing, ctr, metadata, plaintext);
      const header = decodeHeader(sealed);
      assert.ok(header);
      assert.equal(header.ctr, ctr);
      assert.deepEqual(await openFrame(opening, header, metadata, sealed), plaintext);
    }),
  );
});

test("the replay window takes each counter once, and none from behind it", () => {
  const counters = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 3000n }), uint64), { maxLength: 200 });
  fc.assert(
    fc.property(counters, (order) => {
      const window = new ReplayWindow();
      const taken = new Set<bigint>();
      let highest = -1n;
      for (const ctr of order) {
        const expected = !taken.has(ctr) && highest - ctr < 50n;
        assert.equal(window.has(ctr), !expected);
        assert.equal(window.add(ctr), expected);
        if (expected) taken.add(ctr);
        if (ctr > highest) highest = ctr;
      }
    }),
  );
});
