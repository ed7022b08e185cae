import assert from "node:assert/strict";
import { test } from "node:test";

import { createVoiceEncoder } from "../../src/node/opus.ts";
import { protectionOf, startProtection, stepProtection } from "../../src/node/protection.ts";
import type { ProtectionState } from "../../src/node/protection.ts";

function after(...lost: readonly number[]): ProtectionState {
  return lost.reduce(stepProtection, startProtection);
}

const percentAfter = (...lost: readonly number[]): number => protectionOf(after(...lost)).packetLossPercent;

test("more loss is met at once, and by what helps: redundancy, and beyond one in seven fewer bits", () => {
  assert.deepEqual(
    [0.02, 0.1, 0.2, 0.5, 1].map((lost) => protectionOf(after(lost))),
    [
      { packetLossPercent: 10, bitrateBps: 32_000 },
      { packetLossPercent: 20, bitrateBps: 32_000 },
      { packetLossPercent: 30, bitrateBps: 24_000 },
      { packetLossPercent: 40, bitrateBps: 20_000 },
      { packetLossPercent: 40, bitrateBps: 20_000 },
    ],
  );
});

test("less loss is believed after 8 s, one step at a time, down to a little that stays", () => {
  const calm = (count: number): number[] => Array.from({ length: count }, () => 0);
  assert.equal(percentAfter(0.2, ...calm(3)), 30);
  assert.equal(percentAfter(0.2, ...calm(4)), 20);
  assert.equal(percentAfter(0.2, ...calm(7)), 20);
  assert.equal(percentAfter(0.2, ...calm(8)), 10);
  assert.equal(percentAfter(0.2, ...calm(3), 0.14, ...calm(3)), 30);
  assert.equal(percentAfter(...calm(100)), 5);
});

test("around the border of two steps it does not go to and fro", () => {
  const around = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0.071 : 0.058));
  assert.equal(percentAfter(...around), 20);
  assert.equal(percentAfter(0.2, ...Array.from({ length: 40 }, () => 0.125)), 30);
});

/** Speech, roughly: a buzz that swells, so that there is something to say again. */
function frame(index: number): Int16Array {
  return Int16Array.from({ length: 960 }, (_, i) => {
    const time = (index * 960 + i) / 48_000;
    const buzz = Math.sin(2 * Math.PI * 140 * time) + 0.6 * Math.sin(2 * Math.PI * 420 * time);
    return 6_000 * (1.1 + Math.sin(2 * Math.PI * 4 * time)) * buzz;
  });
}

test("where all packets have one size they keep it, however the voice is protected", async () => {
  const encoder = await createVoiceEncoder({ constantRate: true });
  const sizes = new Set<number>();
  for (const [index, lost] of [0, 0.05, 0.1, 0.2, 0.5, 0].entries()) {
    encoder.setPacketLossPercent(percentAfter(lost));
    for (let i = 0; i < 50; i++) sizes.add(encoder.encode(frame(index * 50 + i)).length);
  }
  encoder.free();
  assert.deepEqual([...sizes], [80]);
});
