/** Frames from a recorder: whole, none lost of what comes at once, and no more delay than is needed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { HeardFrames } from "../../src/node/heard-frames.ts";

/** A recorder whose samples count frames up: each sample of frame n is n. */
function recorder() {
  const frames = new HeardFrames();
  let sample = 0;
  return {
    /** @param count samples that come at once */
    gives(count: number): void {
      const chunk = Buffer.alloc(count * 2);
      for (let i = 0; i < count; i++) chunk.writeInt16LE(Math.floor(sample++ / 960), i * 2);
      frames.push(chunk);
    },
    frames,
    read: (): number | undefined => frames.read()?.[0],
    /** All that waits. */
    rest(): number[] {
      const all: number[] = [];
      for (let frame = frames.read(); frame !== undefined; frame = frames.read()) all.push(frame[0] ?? -1);
      return all;
    },
  };
}

test("pieces that end anywhere, within a sample too, make whole frames", () => {
  const bytes = Buffer.alloc(960 * 2 * 3);
  for (let i = 0; i < bytes.length / 2; i++) bytes.writeInt16LE(i - 1_000, i * 2);
  const frames = new HeardFrames();
  for (let at = 0; at < bytes.length; at += 777) frames.push(bytes.subarray(at, at + 777));
  for (let n = 0; n < 3; n++) {
    const expected = Int16Array.from({ length: 960 }, (_, i) => n * 960 + i - 1_000);
    assert.deepEqual(frames.read(), expected);
  }
  assert.equal(frames.read(), undefined);
});

test("frame by frame, 100 ms are kept, and beyond that the latest", () => {
  const { gives, rest } = recorder();
  for (let i = 0; i < 5; i++) gives(960);
  assert.deepEqual(rest(), [0, 1, 2, 3, 4]);
  for (let i = 0; i < 6; i++) gives(960);
  assert.deepEqual(rest(), [6, 7, 8, 9, 10]);
});

test("of a recorder that hands out 125 ms at a time, nothing is lost", () => {
  const { gives, read } = recorder();
  const heard: number[] = [];
  let given = 0;
  for (let tick = 0; tick < 1_000; tick++) {
    // Ticks are 20 ms apart, chunks 125 ms.
    if (tick * 20 >= given * 125) {
      gives(6_000);
      given++;
    }
    const frame = read();
    if (frame !== undefined) heard.push(frame);
  }
  assert.ok(heard.length >= 990, `${heard.length}`);
  assert.deepEqual(
    heard,
    Array.from(heard, (_, i) => i),
  );
});

test("what waited from before the first read is made up for within a second, but for 40 ms", () => {
  const { gives, read, rest } = recorder();
  for (let i = 0; i < 5; i++) gives(960);
  for (let i = 0; i < 49; i++) {
    read();
    gives(960);
  }
  assert.equal(read(), 49 + 3, "three frames are left out");
  gives(960);
  assert.equal(rest().length, 2);
});
