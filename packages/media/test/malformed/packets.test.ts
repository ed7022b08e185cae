import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { audioLevelByte, isRtcp, newRtpHeader, parseRtp } from "../../src/rtp/header.ts";
import { readRtcp } from "../../src/rtp/rtcp.ts";
import { parseOffer, reducedOffer } from "../../src/sdp/offer.ts";
import { chromiumOffer } from "../codec/fixtures.ts";
import { joinAll, talk, until, withEngine } from "../support.ts";

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
/** Bytes that begin as RTP with an extension, so that the reader gets further than the first check. */
const nearlyRtp = fc
  .tuple(fc.constantFrom(0x80, 0x90, 0xb0, 0x9f, 0xa0), fc.constantFrom(0xbede, 0x1000, 0x1005), anyBytes)
  .map(([first, profile, rest]) => {
    const packet = Buffer.concat([Buffer.alloc(16), rest]);
    packet.writeUInt8(first, 0);
    packet.writeUInt8(111, 1);
    packet.writeUInt16BE(profile, 12);
    packet.writeUInt16BE(rest.length >> 2, 14);
    return packet;
  });
const nearlyRtcp = fc
  .tuple(fc.constantFrom(200, 201, 203, 205), fc.nat(31), fc.nat(12), anyBytes)
  .map(([type, count, words, rest]) => Buffer.concat([Buffer.from([0x80 | count, type, 0, words]), rest]));

test("random bytes are read or refused, never thrown at", () => {
  const header = newRtpHeader();
  fc.assert(
    fc.property(fc.oneof(anyBytes, nearlyRtp), fc.nat(15), (packet, id) => {
      isRtcp(packet);
      if (!parseRtp(packet, header)) return;
      assert.ok(header.payloadOffset <= packet.length);
      const level = audioLevelByte(packet, header, id);
      assert.ok(level >= -1 && level <= 255);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.oneof(anyBytes, nearlyRtcp), (packet) => {
      let calls = 0;
      readRtcp(packet, { onSenderReport: () => calls++, onNack: () => calls++, onBye: () => calls++ });
      assert.ok(calls <= packet.length * 17);
    }),
    { numRuns: 2000 },
  );
});

test("a changed offer is read or refused with its code, and what is made of it has no line of its own", () => {
  const lines = chromiumOffer.split("\r\n");
  const change = fc.record({
    line: fc.nat(lines.length - 1),
    text: fc.oneof(
      fc.string(),
      fc.constantFrom(
        "a=mid:0",
        "a=sendrecv",
        "m=audio 9 x 0",
        "a=ice-ufrag:\n",
        "a=fingerprint:sha-256 00",
        ...lines,
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = [...lines];
      for (const { line, text } of changes) changed[line] = text;
      let offer;
      try {
        offer = parseOffer(changed.join("\r\n"));
      } catch (error) {
        assert.equal((error as { code?: string }).code, "media.badOffer");
        return;
      }
      for (const line of reducedOffer(offer).split("\r\n").slice(0, -1))
        assert.match(
          line,
          /^(v=0|o=- 1 1 IN IP4 127\.0\.0\.1|s=-|t=0 0|c=IN IP4 0\.0\.0\.0|m=audio 9 [A-Z/]+ \d+|a=[\x20-\x7e]+)$/,
        );
    }),
    { numRuns: 500 },
  );
});

test("a terminal that sends nonsense over its connection harms nobody", { timeout: 60_000 }, () =>
  withEngine({}, async (engine, events) => {
    const [a, b, c] = await joinAll(engine, "call", ["a", "b", "c"]);
    assert.ok(a && b && c);
    // SRTP needs a version and a header; the rest is free.
    for (const packet of [
      ...fc.sample(nearlyRtp, { numRuns: 300, seed: 7 }),
      ...fc.sample(nearlyRtcp, { numRuns: 300, seed: 8 }),
      ...fc.sample(anyBytes, { numRuns: 100, seed: 9 }),
    ])
      c.peer.sendRaw(packet);
    a.seen = [];
    await talk([b], 20);
    await until(() => a.seen.filter((packet) => packet.payload.startsWith("b:")).length === 20);
    assert.deepEqual(
      events.filter((event) => event.type === "restarted"),
      [],
    );
  }),
);
