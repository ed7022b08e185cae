import assert from "node:assert/strict";
import { test } from "node:test";
import { initialGuard, stepGuard, type GuardReading } from "../../src/frames/plaintext-guard.ts";

function verdicts(
  emptyPackets: number,
  readings: readonly (readonly [sent: number, sentBytes: number, sealed: number, sealedBytes: number])[],
): string[] {
  let state = initialGuard(emptyPackets);
  return readings.map(([packetsSent, payloadBytesSent, framesEncrypted, bytesEncrypted]) => {
    const reading: GuardReading = { packetsSent, payloadBytesSent, framesEncrypted, bytesEncrypted };
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
  // A minute of frames was dropped before the connection stood; then a second and a half of plaintext follows.
  assert.deepEqual(
    verdicts(0, [
      [0, 0, 3000, 300_000],
      [75, 6000, 3000, 300_000],
    ]),
    ["encrypted", "plaintext"],
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
