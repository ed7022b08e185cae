import assert from "node:assert/strict";
import { test } from "node:test";
import { initialGuard, stepGuard, type GuardReading } from "../../src/frames/plaintext-guard.ts";

/** @param everyMs from one reading to the next @param takesMs from asking for what was sent to the count of what was encrypted */
function verdicts(
  emptyPackets: number,
  readings: readonly (readonly [sent: number, sentBytes: number, sealed: number, sealedBytes: number])[],
  everyMs = 500,
  takesMs = 1,
): string[] {
  let state = initialGuard(emptyPackets);
  return readings.map(([packetsSent, payloadBytesSent, framesEncrypted, bytesEncrypted], i) => {
    const askedAtMs = i * everyMs;
    const reading: GuardReading = {
      askedAtMs,
      countedAtMs: askedAtMs + takesMs,
      packetsSent,
      payloadBytesSent,
      framesEncrypted,
      bytesEncrypted,
    };
    const step = stepGuard(state, reading);
    state = step.state;
    return step.verdict;
  });
}

test("packets that were all encrypted pass, also when some wait on their way", () => {
  assert.deepEqual(
    verdicts(0, [
      [0, 0, 0, 0],
      [20, 2000, 25, 2500],
      [50, 5000, 50, 5000],
      [74, 7400, 75, 7500],
    ]),
    Array(4).fill("encrypted"),
  );
});

test("a packet more than was encrypted is plaintext", () => {
  assert.deepEqual(
    verdicts(0, [
      [25, 2500, 25, 2500],
      [51, 5001, 50, 5000],
    ]),
    ["encrypted", "plaintext"],
  );
});

test("frames that were encrypted and never sent do not make room for plaintext", () => {
  // A minute of frames was dropped before the connection stood; six seconds later plaintext follows, packet by packet.
  assert.deepEqual(
    verdicts(
      0,
      [
        [0, 0, 3000, 300_000],
        [0, 0, 3000, 300_000],
        [1, 80, 3000, 300_000],
      ],
      6_000,
    ),
    ["encrypted", "encrypted", "plaintext"],
  );
});

test("a busy machine is not blamed: the worker may count long after the browser did", () => {
  // Each pair of readings takes seven seconds, in which everything goes its way; nothing is lost.
  assert.deepEqual(
    verdicts(
      0,
      [
        [0, 0, 350, 35_000],
        [381, 38_100, 731, 73_100],
        [731, 73_100, 1081, 108_100],
        [1090, 109_000, 1090, 109_000],
      ],
      7_500,
      7_000,
    ),
    Array(4).fill("encrypted"),
  );
});

test("packets without payload may pass by the transform where the browser sends them, bytes may not", () => {
  assert.deepEqual(
    verdicts(40, [
      [20, 0, 0, 0],
      [45, 2500, 25, 2500],
    ]),
    ["encrypted", "encrypted"],
  );
  assert.deepEqual(verdicts(40, [[20, 1, 0, 0]]), ["plaintext"]);
});
