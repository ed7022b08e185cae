import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { audioLevelByte, isRtcp, newRtpHeader, parseRtp } from "../../src/rtp/header.ts";
import { PacketRing, ringPackets } from "../../src/rtp/packet-ring.ts";
import { buildNack, buildReceiverReport, readRtcp } from "../../src/rtp/rtcp.ts";
import { ResendBudget } from "../../src/rtp/resend-budget.ts";
import { RtpSource } from "../../src/rtp/source.ts";

/** Fields of a packet, one by one. */
const hex = (...fields: string[]): string => fields.join("");

test("an RTP header is read, with contributing sources, extension and padding", () => {
  const packet = Buffer.from(
    hex(
      "b2ef123401020304aabbccdd",
      "11111111",
      "22222222",
      "bede0002",
      "40331085",
      "00000000",
      "cafe",
      "000003",
    ),
    "hex",
  );
  const header = newRtpHeader();
  assert.ok(parseRtp(packet, header));
  assert.deepEqual(
    { ...header },
    {
      marker: true,
      padded: true,
      payloadType: 111,
      sequence: 0x1234,
      timestamp: 0x0102_0304,
      ssrc: 0xaabb_ccdd,
      extensionProfile: 0xbede,
      extensionOffset: 24,
      extensionLength: 8,
      payloadOffset: 32,
    },
  );
  assert.equal(audioLevelByte(packet, header, 1), 0x85);
  assert.equal(audioLevelByte(packet, header, 4), 0x33);
  assert.equal(audioLevelByte(packet, header, 2), -1);
  assert.equal(audioLevelByte(packet, header, 0), -1);
});

test("the audio level is found in two-byte extensions as well", () => {
  const packet = Buffer.from(
    hex("906f00010000000000000001", "10000002", "000101aa", "04012200", "ff"),
    "hex",
  );
  const header = newRtpHeader();
  assert.ok(parseRtp(packet, header));
  assert.equal(audioLevelByte(packet, header, 1), 0xaa);
});

test("wrong lengths and versions are not RTP", () => {
  const header = newRtpHeader();
  for (const hex of [
    "806f0001000000000000",
    "406f00010000000000000001ff",
    "816f00010000000000000001",
    "906f00010000000000000001",
    "906f00010000000000000001bede0002ffffffff",
    "a06f0001000000000000000100",
    "a06f0001000000000000000105",
  ]) {
    assert.equal(parseRtp(Buffer.from(hex, "hex"), header), false, hex);
  }
});

test("RTCP is told from RTP", () => {
  assert.equal(isRtcp(Buffer.from("80c80006", "hex")), true);
  assert.equal(isRtcp(Buffer.from("81cd0003", "hex")), true);
  assert.equal(isRtcp(Buffer.from("806f0001", "hex")), false);
  assert.equal(isRtcp(Buffer.from("80ef0001", "hex")), false);
  assert.equal(isRtcp(Buffer.from("80", "hex")), false);
});

interface Read {
  reports: [number, number][];
  nacks: [number, number][];
}

/** @returns the SSRC, lost since the last one, lost in all, highest and jitter of each report block */
function receptions(packet: Buffer): { blocks: number[][]; complete: boolean } {
  const blocks: number[][] = [];
  const complete = readRtcp(packet, {
    onSenderReport: () => undefined,
    onNack: () => assert.fail(),
    onReception: ({ ssrc, fractionLost, cumulativeLost, highestSequence, jitter }) =>
      blocks.push([ssrc, fractionLost, cumulativeLost, highestSequence, jitter]),
  });
  return { blocks, complete };
}

function read(packet: Buffer): Read & { complete: boolean } {
  const found: Read = { reports: [], nacks: [] };
  const complete = readRtcp(packet, {
    onSenderReport: (ssrc, ntp) => found.reports.push([ssrc, ntp]),
    onNack: (ssrc, sequence) => found.nacks.push([ssrc, sequence]),
  });
  return { ...found, complete };
}

test("a compound packet: sender report, unknown part, NACK over the wrap-around, BYE skipped", () => {
  const senderReport = hex("80c80006", "0000000a", "1111222233334444", "00000000".repeat(3));
  const description = hex("81ca0002", "0000000a", "00000000");
  const nack = hex("81cd0003", "00000001", "0000000b", "ffff8001");
  const bye = hex("81cb0001", "0000000a");
  assert.deepEqual(read(Buffer.from(senderReport + description + nack + bye, "hex")), {
    reports: [[10, 0x2222_3333]],
    nacks: [
      [11, 0xffff],
      [11, 0],
      [11, 15],
    ],
    complete: true,
  });
  assert.equal(read(Buffer.from(hex("81cd0009", "00000001"), "hex")).complete, false);
});

/** RFC 3550 section 6.4.1: two blocks, of which the first one lost a quarter and the second one got more than was sent. */
const twoBlocks = [
  hex("0000000b", "40000102", "0001ffff", "00000007", "11112222", "00000100"),
  hex("0000000c", "00fffffe", "00000005", "00000000", "00000000", "00000000"),
];
const bothRead = [
  [11, 0x40, 0x102, 0x1_ffff, 7],
  [12, 0, -2, 5, 0],
];

test("what others missed is read from receiver reports, and from those of senders, as browsers make them", () => {
  const receiver = Buffer.from(hex("82c9000d", "0000000a", ...twoBlocks), "hex");
  assert.deepEqual(receptions(receiver), { blocks: bothRead, complete: true });
  const sender = hex("82c80012", "0000000a", "1111222233334444", "00000000".repeat(3), ...twoBlocks);
  assert.deepEqual(receptions(Buffer.from(sender, "hex")), { blocks: bothRead, complete: true });
  assert.deepEqual(read(Buffer.from(sender, "hex")).reports, [[10, 0x2222_3333]]);
  const empty = Buffer.from(hex("80c90001", "0000000a"), "hex");
  assert.deepEqual(receptions(empty), { blocks: [], complete: true });
});

test("of a report that names more blocks than it holds, or ends within one, whole ones count", () => {
  const [first = "", second = ""] = twoBlocks;
  // Three named, one and a part there.
  const short = Buffer.from(hex("83c9000a", "0000000a", first, second.slice(0, 24)), "hex");
  assert.deepEqual(receptions(short), { blocks: bothRead.slice(0, 1), complete: true });
  // Its profile-specific extension (RFC 3550 section 6.4.3) is no block.
  const extended = Buffer.from(hex("81c9000d", "0000000a", first, second), "hex");
  assert.deepEqual(receptions(extended), { blocks: bothRead.slice(0, 1), complete: true });
  // Longer than what came.
  const cut = Buffer.from(hex("82c9000d", "0000000a", first), "hex");
  assert.deepEqual(receptions(cut), { blocks: [], complete: false });
  const senderWithoutBlocks = Buffer.from(hex("9fc80006", "0000000a", "00000000".repeat(5)), "hex");
  assert.deepEqual(receptions(senderWithoutBlocks), { blocks: [], complete: true });
});

test("what is built is read again", () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.integer({ min: 1, max: 17 }), (first, count) => {
      assert.deepEqual(
        read(buildNack(1, 7, first, count)).nacks,
        Array.from({ length: count }, (_, i) => [7, (first + i) & 0xffff]),
      );
    }),
  );
  const report = buildReceiverReport(9, {
    ssrc: 7,
    fractionLost: 12,
    cumulativeLost: -2,
    highestSequence: 0x1_0005,
    jitter: 33,
    lastSenderReport: 0x2222_3333,
    delaySinceLastSenderReport: 0,
  });
  assert.equal(
    report.toString("hex"),
    hex("81c90007", "00000009", "00000007", "0cfffffe", "00010005", "00000021", "22223333", "00000000"),
  );
});

test("one report tells of up to 31 streams", () => {
  const report = (ssrc: number) => ({
    ssrc,
    fractionLost: 3,
    cumulativeLost: ssrc,
    highestSequence: 9,
    jitter: 1,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  });
  const build = (count: number): Buffer =>
    buildReceiverReport(9, ...Array.from({ length: count }, (_, i) => report(i)));
  assert.equal(build(0).toString("hex"), hex("80c90001", "00000009"));
  for (const [count, told] of [
    [2, 2],
    [31, 31],
    [32, 31],
  ] as const) {
    const { blocks, complete } = receptions(build(count));
    assert.ok(complete);
    assert.deepEqual(
      blocks,
      Array.from({ length: told }, (_, i) => [i, 3, i, 9, 1]),
    );
  }
});

test("the ring gives back what it holds, small and large, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 12, max: 1400 })), { maxLength: 300 }),
      (puts) => {
        const ring = new PacketRing();
        const held = new Map<number, { sequence: number; length: number }>();
        for (const [sequence, length] of puts) {
          const cell = sequence % ringPackets;
          const accepted = (held.get(cell)?.sequence ?? -1) < sequence;
          assert.equal(ring.put(sequence, Buffer.alloc(length, sequence & 0xff)), accepted);
          if (accepted) held.set(cell, { sequence, length });
        }
        for (const [sequence] of puts) {
          const entry = held.get(sequence % ringPackets);
          const packet = ring.get(sequence);
          if (entry?.sequence === sequence)
            assert.deepEqual(packet, Buffer.alloc(entry.length, sequence & 0xff));
          else assert.equal(packet, undefined);
        }
        assert.equal(ring.get(-1), undefined);
      },
    ),
    { numRuns: 50 },
  );
});

const body = Buffer.alloc(20);

test("a source counts loss, late packets and duplicates over the wrap-around", () => {
  const source = new RtpSource();
  const take = (sequence: number) => source.receive(5, sequence, sequence * 960, body, sequence * 20);
  assert.equal(take(65_534), "next");
  assert.equal(take(65_535), "next");
  assert.equal(take(2), "next");
  const { missing } = source.stream ?? assert.fail();
  assert.deepEqual(missing.toAsk(40), [{ first: 0, count: 2 }]);
  assert.equal(source.stream?.lost(), 2);
  assert.equal(take(1), "late");
  assert.equal(take(1), "drop");
  assert.equal(source.stream?.lost(), 1);
  const report = source.stream?.report(77) ?? assert.fail();
  assert.deepEqual(
    [report.cumulativeLost, report.fractionLost, report.highestSequence, report.lastSenderReport],
    // Of the five one never came, and one only since it was asked for.
    [1, Math.floor((2 * 256) / 5), 65_538, 77],
  );
  assert.equal(source.stream?.report(78).fractionLost, 0);
  assert.equal(source.stream?.ring.get(source.stream.highest)?.length, body.length);
});

test("a jump is believed when it goes on, as RFC 3550 appendix A.1 has it", () => {
  const source = new RtpSource(3);
  source.receive(5, 100, 0, body, 0);
  const first = source.stream;
  assert.equal(source.receive(5, 20_000, 0, body, 220), "drop");
  assert.equal(source.receive(5, 101, 960, body, 240), "next");
  assert.equal(source.receive(5, 40_000, 0, body, 260), "drop");
  assert.equal(source.receive(5, 40_001, 0, body, 280), "next");
  assert.notEqual(source.stream, first);
  assert.deepEqual([first?.levelId, source.stream?.levelId], [3, 3]);
});

test("a new SSRC is believed when it goes on and the old one does not", () => {
  const source = new RtpSource(3);
  assert.equal(source.receive(5, 100, 0, body, 0), "next");
  const first = source.stream;
  assert.equal(source.receive(6, 65_535, 0, body, 300), "drop");
  assert.equal(source.receive(7, 0, 0, body, 320), "drop");
  assert.equal(source.receive(6, 0, 0, body, 340), "drop");
  assert.equal(source.receive(6, 2, 0, body, 360), "drop");
  assert.equal(source.stream, first);
  // The old stream goes on, and nothing of it is lost.
  assert.equal(source.receive(5, 101, 960, body, 380), "next");
  assert.deepEqual(first?.missing.toAsk(380), []);
  assert.equal(source.receive(6, 3, 0, body, 400), "drop");
  assert.equal(source.receive(6, 4, 0, body, 420), "next");
  assert.deepEqual([source.stream?.ssrc, source.stream?.levelId], [6, 3]);
  assert.equal(source.receive(6, 5, 960, body, 440), "next");
});

test("a receiver is answered 64 packets in any 20 ms, and each of them once", () => {
  const budget = new ResendBudget();
  const granted = (from: number, count: number, nowMs: number, ssrc = 9): number =>
    Array.from({ length: count }, (_, i) => budget.take(ssrc, from + i, nowMs)).filter(Boolean).length;
  assert.equal(granted(0, 40, 1000), 40);
  assert.equal(granted(40, 40, 1010), 24);
  assert.equal(granted(80, 1, 1019), 0);
  // The first 40 are past, the 24 count still.
  assert.equal(granted(80, 64, 1020), 40);
  assert.equal(granted(500, 1, 2000), 1);
  assert.equal(granted(500, 1, 2019), 0);
  assert.equal(granted(500, 1, 2019, 10), 1);
  // A repeat does not put off the next answer.
  assert.equal(granted(500, 1, 2020), 1);
  // It counts as an ask, however.
  for (let i = 0; i < 64; i++) granted(7, 1, 3000);
  assert.equal(granted(8, 1, 3000), 0);
  assert.equal(granted(8, 1, 3020), 1);
});

test("jitter is the mean deviation of the arrival times", () => {
  const steady = new RtpSource();
  const shaky = new RtpSource();
  for (let i = 0; i < 500; i++) {
    steady.receive(1, i, i * 960, body, i * 20);
    shaky.receive(1, i, i * 960, body, i * 20 + (i % 2) * 10);
  }
  assert.equal(steady.stream?.report(0).jitter, 0);
  // 10 ms forth and back: 480 units.
  assert.equal(shaky.stream?.report(0).jitter, 479);
});
