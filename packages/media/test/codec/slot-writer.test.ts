import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { audioLevelByte, newRtpHeader, parseRtp } from "../../src/rtp/header.ts";
import { SlotWriter } from "../../src/rtp/slot-writer.ts";
import { RtpStream } from "../../src/rtp/source.ts";

const format = { ssrc: 0xdead_beef, payloadType: 109, midId: 3, mid: "4", levelId: 1 };
const start = { sequence: 0x7ffe, timestamp: 0xffff_ff00 };

interface Written {
  sequence: number;
  timestamp: number;
  marker: boolean;
}

function write(slot: SlotWriter): Written {
  const out = Buffer.alloc(40);
  slot.writeHeader(out, 40, false, 33);
  const packet = out.subarray(40 - slot.headerBytes);
  const header = newRtpHeader();
  assert.ok(parseRtp(packet, header));
  assert.equal(header.ssrc, 0xdead_beef);
  assert.equal(header.payloadType, 109);
  assert.equal(header.payloadOffset, slot.headerBytes);
  assert.equal(audioLevelByte(packet, header, 1), 33);
  assert.equal(audioLevelByte(packet, header, 3), "4".charCodeAt(0));
  return { sequence: header.sequence, timestamp: header.timestamp, marker: header.marker };
}

test("at a switch the numbers go on, the time is snapped to 20 ms and the marker is set", () => {
  const slot = new SlotWriter(format, start);
  const a = new RtpStream(1, 500);
  const b = new RtpStream(2, 9);
  assert.ok(slot.place(a, 500, 7_000, false, 1000));
  const first = write(slot);
  assert.deepEqual(first, { sequence: 0x7fff, timestamp: 0xffff_ff00 + 960 - 2 ** 32, marker: true });
  assert.ok(slot.place(a, 501, 7_960, false, 1020));
  assert.deepEqual(write(slot), { sequence: 0x8000, timestamp: first.timestamp + 960, marker: false });

  slot.startTurn();
  // 53 ms later: 2.65 frames, so three.
  assert.ok(slot.place(b, 70_000, 123, false, 1073));
  assert.deepEqual(write(slot), { sequence: 0x8001, timestamp: first.timestamp + 4 * 960, marker: true });

  slot.startTurn();
  assert.ok(slot.place(a, 600, 10_000, false, 1074));
  assert.deepEqual(write(slot), { sequence: 0x8002, timestamp: first.timestamp + 5 * 960, marker: true });
});

test("what never came is a hole until it comes, and a switch makes none", () => {
  const slot = new SlotWriter(format, start);
  const [a, b] = [new RtpStream(1, 500), new RtpStream(2, 9)];
  const counts = (stream: RtpStream, ...sequences: readonly number[]): string => {
    for (const sequence of sequences) slot.place(stream, sequence, sequence * 960, false, 1000);
    return `${slot.placed} placed, ${slot.holes} missing`;
  };
  assert.equal(counts(a, 500, 501), "2 placed, 0 missing");
  assert.equal(counts(a, 504), "3 placed, 2 missing");
  assert.equal(counts(a, 503), "4 placed, 1 missing");
  // Of before its turn: it is not sent.
  assert.equal(counts(a, 499), "4 placed, 1 missing");
  slot.startTurn();
  assert.equal(counts(b, 70_000), "5 placed, 1 missing");
  assert.equal(counts(b, 70_000 + 2_000), "6 placed, 1 missing");
});

test("where a voice goes on from another terminal, its first packet is as far ahead as was asked for, and those behind it follow", () => {
  const slot = new SlotWriter(format, start);
  const [a, b] = [new RtpStream(1, 500), new RtpStream(2, 9)];
  assert.ok(slot.place(a, 500, 7_000, false, 1000));
  const first = write(slot);
  slot.startTurn(50);
  slot.forget(a);
  assert.ok(slot.place(b, 9, 123, false, 1040));
  const next = write(slot);
  assert.equal((next.timestamp - first.timestamp) >>> 0, 50 * 960);
  assert.ok(slot.place(b, 10, 1083, false, 1060));
  assert.equal((write(slot).timestamp - next.timestamp) >>> 0, 960);
  slot.startTurn();
  assert.ok(slot.place(a, 600, 10_000, false, 1080));
  assert.equal((write(slot).timestamp - next.timestamp) >>> 0, 2 * 960, "once");
  slot.startTurn(50);
  assert.ok(slot.place(b, 700, 10_000, false, 2_500));
  assert.equal(
    (write(slot).timestamp - next.timestamp) >>> 0,
    73 * 960,
    "and no less than the time that passed",
  );
});

test("a source that comes back moves on by no less than its own time did, up to a second, however early its packet comes", () => {
  const slot = new SlotWriter(format, start);
  const a = new RtpStream(1, 500);
  const b = new RtpStream(2, 9);
  const turn = (stream: RtpStream, sequence: number, timestamp: number, nowMs: number): number => {
    slot.startTurn();
    assert.ok(slot.place(stream, sequence, timestamp >>> 0, false, nowMs));
    return write(slot).timestamp;
  };
  // Its last packet was late by 30 ms, and its next one is not: 10 frames of its own lie between, 8.5 by arrival.
  const late = turn(a, 500, -3 * 960, 1030);
  turn(b, 9, 0, 1100);
  assert.equal((turn(a, 510, 7 * 960, 1200) - late) >>> 0, 10 * 960);
  // More time by arrival than by the source: the time that passed.
  const last = (late + 10 * 960) >>> 0;
  turn(b, 10, 0, 1300);
  assert.equal((turn(a, 511, 8 * 960, 1400) - last) >>> 0, 10 * 960);
  // A source whose timestamps leap does not take the slot along.
  const before = (last + 10 * 960) >>> 0;
  const other = turn(b, 11, 0, 1420);
  assert.equal((turn(a, 512, 9_000 * 960, 1440) - other) >>> 0, 50 * 960);
  assert.equal((other - before) >>> 0, 960);
});

test("losses of the source stay visible; packets from before the turn are not sent", () => {
  const slot = new SlotWriter(format, start);
  const a = new RtpStream(1, 500);
  assert.ok(slot.place(a, 500, 0, false, 0));
  const { sequence } = write(slot);
  assert.ok(slot.place(a, 503, 3 * 960, false, 60));
  assert.equal(write(slot).sequence, sequence + 3);
  assert.ok(slot.place(a, 502, 2 * 960, false, 70));
  assert.equal(write(slot).sequence, sequence + 2);
  assert.equal(slot.place(a, 499, 0, false, 80), false);
  // A jump that libsrtp would refuse begins a new turn.
  assert.ok(slot.place(a, 503 + 1001, 0, false, 100));
  assert.equal(write(slot).sequence, sequence + 4);
});

test("a NACK finds its packet in this and earlier turns, not in forgotten ones", () => {
  const slot = new SlotWriter(format, { sequence: 99, timestamp: 0 });
  const a = new RtpStream(1, 500);
  const b = new RtpStream(2, 1);
  for (let i = 0; i < 5; i++) slot.place(a, 500 + i, i * 960, false, i * 20);
  slot.startTurn();
  for (let i = 0; i < 5; i++) slot.place(b, 10 + i, i * 960, false, 100 + i * 20);
  const located = (sequence: number) => {
    const found = slot.locate(sequence);
    return found === undefined ? undefined : [found.stream, found.extendedSequence, found.first];
  };
  assert.deepEqual(located(100), [a, 500, true]);
  assert.deepEqual(located(104), [a, 504, false]);
  assert.deepEqual(located(105), [b, 10, true]);
  assert.deepEqual(located(109), [b, 14, false]);
  assert.equal(located(110), undefined);
  assert.equal(located(99), undefined);
  const found = slot.locate(106) ?? assert.fail();
  slot.replace(106, found, 960, false);
  assert.deepEqual(write(slot), { sequence: 106, timestamp: 960 + 6 * 960, marker: false });
  slot.forget(b);
  assert.equal(located(106), undefined);
  assert.deepEqual(located(103), [a, 503, false]);
});

test("whatever the turns, the stream that leaves has no gap, no repetition, and time that moves by whole frames", () => {
  const turns = fc.array(
    fc.record({
      packets: fc.integer({ min: 1, max: 20 }),
      pauseMs: fc.nat(5000),
      source: fc.nat(3),
      timestamp: fc.nat(0xffff_ffff),
      sequence: fc.nat(0xffff),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(turns, fc.nat(0xffff), fc.nat(0xffff_ffff), (list, sequence, timestamp) => {
      const slot = new SlotWriter(format, { sequence, timestamp });
      let nowMs = 0;
      let last: Written | undefined;
      for (const turn of list) {
        const stream = new RtpStream(turn.source, turn.sequence);
        nowMs += turn.pauseMs;
        slot.startTurn();
        for (let i = 0; i < turn.packets; i++) {
          assert.ok(slot.place(stream, stream.highest + i, (turn.timestamp + i * 960) >>> 0, false, nowMs));
          const written = write(slot);
          assert.equal(written.marker, i === 0);
          if (last !== undefined) {
            assert.equal((written.sequence - last.sequence) & 0xffff, 1);
            const moved = (written.timestamp - last.timestamp) >>> 0;
            assert.equal(moved % 960, 0);
            assert.ok(moved >= 960 && moved <= 5100 * 48);
          }
          last = written;
          nowMs += 20;
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a receiver without extensions gets a plain header", () => {
  const slot = new SlotWriter({ ...format, midId: 0, levelId: 0 }, start);
  assert.equal(slot.headerBytes, 12);
  const out = Buffer.alloc(12);
  slot.place(new RtpStream(1, 1), 1, 0, false, 0);
  slot.writeHeader(out, 12, true, 33);
  assert.equal(out.readUInt8(0), 0xa0);
  assert.equal(new SlotWriter({ ...format, mid: "a-mid-of-16-char" }, start).headerBytes, 36);
});
