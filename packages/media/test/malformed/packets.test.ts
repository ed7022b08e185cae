import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { audioLevelByte, isRtcp, newRtpHeader, parseRtp } from "../../src/rtp/header.ts";
import { ResendBudget } from "../../src/rtp/resend-budget.ts";
import { buildNack, readRtcp } from "../../src/rtp/rtcp.ts";
import { RtpSource } from "../../src/rtp/source.ts";
import { parseOffer, reducedOffer } from "../../src/sdp/offer.ts";
import { chromiumOffer } from "../codec/fixtures.ts";
import type { MediaEngine } from "../../src/index.ts";
import { joinAll, talk, until, warmUp, withEngine } from "../support.ts";
import type { TestTerminal } from "../support.ts";

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** A call of two who hear each other. */
const withTwo = (
  work: (a: TestTerminal, b: TestTerminal, engine: MediaEngine) => Promise<void>,
): Promise<void> =>
  withEngine({}, async (engine) => {
    const [a, b] = await joinAll(engine, "call", ["a", "b"]);
    assert.ok(a && b);
    await warmUp([a, b]);
    await work(a, b, engine);
  });

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
      readRtcp(packet, {
        onSenderReport: () => calls++,
        onNack: () => calls++,
        onReception: () => calls++,
      });
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

test("whatever is asked for, a receiver is answered no more than 64 packets in 20 ms, and none of them twice", () => {
  const ask = fc.record({
    ssrc: fc.constantFrom(0, 1, 0xffff_ffff),
    sequence: fc.nat(90),
    afterMs: fc.constantFrom(0, 0, 0, 1, 7),
  });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 400, size: "max" }), (asks) => {
      const budget = new ResendBudget();
      const granted: { key: string; ms: number }[] = [];
      let nowMs = 0;
      for (const { ssrc, sequence, afterMs } of asks) {
        nowMs += afterMs;
        const recent = granted.filter(({ ms }) => nowMs - ms < 20);
        const key = `${ssrc} ${sequence}`;
        if (!budget.take(ssrc, sequence, nowMs)) continue;
        assert.ok(recent.length < 64);
        assert.ok(recent.every((other) => other.key !== key));
        granted.push({ key, ms: nowMs });
      }
    }),
    { numRuns: 100 },
  );
});

test("whatever SSRCs and numbers a sender uses, it gets five rings a second at most, and alternating SSRCs get none", () => {
  const body = Buffer.alloc(20);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.constantFrom(0, 1, 2, 20_000, 20_001)), {
        maxLength: 300,
        size: "max",
      }),
      (packets) => {
        const source = new RtpSource();
        const streams = new Set<unknown>();
        packets.forEach(([ssrc, sequence], i) => {
          source.receive(ssrc, sequence, 0, body, i);
          streams.add(source.stream);
        });
        assert.ok(streams.size <= 1 + packets.length / 200);
      },
    ),
    { numRuns: 100 },
  );
  const source = new RtpSource();
  source.receive(1, 0, 0, body, 0);
  const first = source.stream;
  for (let i = 1; i < 1000; i++) {
    source.receive(2, i, 0, body, i * 20);
    source.receive(1, i, 0, body, i * 20 + 10);
  }
  assert.equal(source.stream, first);
  assert.equal(first?.received, 1000);
});

test(
  "one packet that asks for everything, many times over, is answered within the budget",
  { timeout: 60_000 },
  () =>
    withTwo(async (a, b, engine) => {
      for (let i = 0; i < 100; i++) a.peer.send(Buffer.from("a"), { level: 30 });
      await until(() => b.seen.length === 100);
      const { ssrc, sequence } = b.seen[0] ?? assert.fail();
      const askForAll = Buffer.alloc(12 + 4 * 290);
      buildNack(1, ssrc, 0, 1).copy(askForAll);
      askForAll.writeUInt16BE(askForAll.length / 4 - 1, 2);
      for (let item = 0; item < 290; item++) {
        askForAll.writeUInt16BE((sequence + (item % 6) * 17) & 0xffff, 12 + item * 4);
        askForAll.writeUInt16BE(item % 6 === 5 ? 0x3fff : 0xffff, 14 + item * 4);
      }
      const answered = async (): Promise<number> => {
        const rows = (await engine.stats()).calls[0]?.terminals ?? assert.fail();
        return rows.find((row) => row.terminalId === "b")?.nacksAnswered ?? assert.fail();
      };
      b.peer.sendRaw(askForAll);
      await until(async () => (await answered()) > 0);
      assert.equal(await answered(), 64);
      // Later asks are answered again.
      await delay(25);
      b.peer.sendRaw(buildNack(1, ssrc, sequence + 80, 3));
      await until(async () => (await answered()) === 67);
    }),
);

test(
  "a terminal that sends more than a voice, or longer packets, does not fill the others' networks",
  { timeout: 60_000 },
  () =>
    withTwo(async (a, b) => {
      const heard = (): number => b.seen.filter(({ payload }) => payload.startsWith("flood")).length;
      const startMs = performance.now();
      for (let i = 0; i < 150; i++) {
        for (let each = 0; each < 20; each++) a.peer.send(Buffer.from("flood"), { level: 30 });
        await delay(1);
      }
      // A budget that is used up, earns again.
      await delay(500);
      await until(() => {
        a.peer.send(Buffer.alloc(1_131, "long"), { level: 30 });
        a.peer.send(Buffer.alloc(1_130, "fits"), { level: 30 });
        return b.seen.some(({ payload }) => payload.startsWith("fits"));
      });
      const most = 1_000 + 0.25 * (performance.now() - startMs);
      assert.ok(heard() >= 100 && heard() <= most, `${heard()} of 3,000, ${most} at most`);
      assert.ok(!b.seen.some(({ payload }) => payload.startsWith("long")));
    }),
);

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
