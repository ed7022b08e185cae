import assert from "node:assert/strict";
import { test } from "node:test";

import { RoundTrip } from "../../src/peer/index.ts";
import { buildReceiverReport, readRtcp } from "../../src/rtp/rtcp.ts";

/** As the SFU answers a report that it had for `heldMs`. */
function answerTo(report: Buffer, ssrc: number, heldMs: number): Buffer {
  let lastSenderReport = 0;
  readRtcp(report, {
    onSenderReport: (from, ntpMiddle) => {
      assert.equal(from, 7);
      lastSenderReport = ntpMiddle;
    },
    onNack: () => assert.fail(),
  });
  return buildReceiverReport(1, {
    ssrc,
    fractionLost: 0,
    cumulativeLost: -1,
    highestSequence: 3,
    jitter: 0,
    lastSenderReport,
    delaySinceLastSenderReport: Math.round((heldMs * 65_536) / 1000),
  });
}

test("the way there and back is what is left when the time is taken off for which the other end had it", () => {
  const roundTrip = new RoundTrip(7);
  assert.equal(roundTrip.ms, undefined);
  // Once over the end of the 32 bits, which is after 18 hours.
  for (const startMs of [5_000, 65_535_950]) {
    const report = roundTrip.report(960, startMs);
    roundTrip.heard(answerTo(report, 7, 30), startMs + 150);
    assert.ok(Math.abs((roundTrip.ms ?? 0) - 120) < 0.1, String(roundTrip.ms));
  }
});

test("what is of another, of no report, or longer than it can be, changes nothing or is nothing", () => {
  const roundTrip = new RoundTrip(7);
  roundTrip.heard(answerTo(roundTrip.report(0, 1_000), 8, 0), 1_100);
  roundTrip.heard(Buffer.from("not RTCP at all"), 1_100);
  assert.equal(roundTrip.ms, undefined);
  roundTrip.heard(answerTo(roundTrip.report(0, 1_000), 7, 500), 1_100);
  assert.equal(roundTrip.ms, 0);
});

test("a report says how much was sent", () => {
  const roundTrip = new RoundTrip(7);
  roundTrip.sent(100);
  roundTrip.sent(20);
  const report = roundTrip.report(1_920, 1_000);
  assert.deepEqual(
    [
      report.length,
      report.readUInt32BE(4),
      report.readUInt32BE(16),
      report.readUInt32BE(20),
      report.readUInt32BE(24),
    ],
    [28, 7, 1_920, 2, 120],
  );
});
