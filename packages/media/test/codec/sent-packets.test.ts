import assert from "node:assert/strict";
import { test } from "node:test";

import { SentPackets } from "../../src/peer/index.ts";
import { buildNack } from "../../src/rtp/rtcp.ts";

const ssrc = 7;

function packet(sequence: number): Buffer {
  const built = Buffer.alloc(40);
  built.writeUInt16BE(sequence & 0xffff, 2);
  return built;
}

/** Sent one after the other, the last one `last`. */
function after(count: number, last: number): SentPackets {
  const sent = new SentPackets(0);
  for (let sequence = last - count + 1; sequence <= last; sequence++) sent.sent(packet(sequence));
  return sent;
}

const numbers = (found: readonly Buffer[]): number[] => found.map((one) => one.readUInt16BE(2));

test("who asks gets the packets as they were, across the wrap as well", () => {
  const sent = after(20, 65_540);
  assert.deepEqual(numbers(sent.askedFor(buildNack(1, ssrc, 65_534, 4), ssrc, 0)), [65_534, 65_535, 0, 1]);
});

test("nothing is sent of another stream, of what was never sent, and of what is 500 ms old", () => {
  const sent = after(100, 1_000);
  assert.deepEqual(sent.askedFor(buildNack(1, 8, 990, 1), ssrc, 0), []);
  assert.deepEqual(sent.askedFor(buildNack(1, ssrc, 1_001, 5), ssrc, 0), []);
  assert.deepEqual(numbers(sent.askedFor(buildNack(1, ssrc, 974, 2), ssrc, 0)), [975]);
  assert.deepEqual(new SentPackets(0).askedFor(buildNack(1, ssrc, 5, 17), ssrc, 0), []);
});

test("each once in a frame's time, and in the long run no more than is sent", () => {
  const sent = after(100, 1_000);
  const ask = (nowMs: number): number =>
    sent.askedFor(buildNack(1, ssrc, 980, 17), ssrc, nowMs).length +
    sent.askedFor(buildNack(1, ssrc, 980, 17), ssrc, nowMs).length;
  // 51 at once, and with them what is earned meanwhile: one in 20 ms.
  assert.deepEqual([0, 20, 40, 60, 80, 100].map(ask), [17, 17, 17, 3, 1, 1]);
});
