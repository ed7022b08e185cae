import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { seededRandom } from "@signet/e2e/support/seeded-random.ts";

import { JitterBuffer } from "../../src/node/jitter-buffer.ts";
import type { Playout } from "../../src/node/jitter-buffer.ts";
import { PlayedVoices } from "../../src/node/played-voices.ts";

/** A buffer of one voice, whose frames are their places, with what was played of it. */
class VoiceBuffer extends JitterBuffer<number> {
  readonly #played: PlayedVoices;

  constructor(played = new PlayedVoices()) {
    super({ waitFor: (place) => played.waitFor(1, place), follows: (frame, next) => next === frame + 1 });
    this.#played = played;
  }

  override next(): Playout<number> {
    this.#played.tick();
    const playout = super.next();
    if (playout.type === "frame") this.#played.played(1, playout.joined ?? playout.frame);
    return playout;
  }
}

/** What is played, as a list: numbers, "lost", "lost<n" (n follows) and "-" for silence. */
function name(playout: Playout<number>): string | number {
  if (playout.type === "silence") return "-";
  if (playout.type === "lost") return playout.following === undefined ? "lost" : `lost<${playout.following}`;
  return playout.joined === undefined ? playout.frame : `${playout.frame}+${playout.joined}`;
}

const insert = (buffer: VoiceBuffer, ...numbers: number[]): boolean[] =>
  numbers.map((number) => buffer.insert(number, number));
const play = (buffer: VoiceBuffer, ticks: number): (string | number)[] =>
  Array.from({ length: ticks }, () => name(buffer.next()));

test("frames are gathered to 60 ms, then played in order", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 11);
  assert.deepEqual(play(buffer, 1), ["-"]);
  insert(buffer, 12);
  assert.deepEqual(play(buffer, 3), [10, 11, 12]);
});

test("who says one word only is heard after 60 ms as well", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10);
  assert.deepEqual(play(buffer, 4), ["-", "-", "-", 10]);
});

test("order is mended, and doubles play once", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 65_535, 65_537, 65_536, 65_538);
  assert.deepEqual(insert(buffer, 65_536), [false]);
  assert.deepEqual(play(buffer, 4), [65_535, 65_536, 65_537, 65_538]);
});

test("the first to come need not be the first of all, before anything was played", () => {
  const buffer = new VoiceBuffer();
  assert.deepEqual(insert(buffer, 12, 10, 11), [true, true, true]);
  assert.deepEqual(play(buffer, 3), [10, 11, 12]);
  assert.deepEqual(insert(buffer, 9), [false], "later it is too late");
});

test("a missing frame is concealed, with the next at hand, and is too late afterwards", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 12, 13);
  assert.deepEqual(play(buffer, 2), [10, "lost<12"]);
  assert.deepEqual(insert(buffer, 11), [false]);
  assert.deepEqual(play(buffer, 2), [12, 13]);
});

test("two in a row: the first without help, the second with", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 13, 14);
  assert.deepEqual(play(buffer, 4), [10, "lost", "lost<13", 13]);
});

test("a frame that comes in time after all is played in its place", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 12, 13);
  assert.deepEqual(play(buffer, 1), [10]);
  insert(buffer, 11);
  assert.deepEqual(play(buffer, 3), [11, 12, 13]);
});

test("when nothing comes the gap is concealed, and what was late plays later: nothing of it is lost", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 11, 12);
  assert.deepEqual(play(buffer, 5), [10, 11, 12, "lost", "lost"]);
  insert(buffer, 13, 14, 15);
  assert.deepEqual(play(buffer, 3), [13, 14, 15]);
});

test("a frame that was lost in such a gap is not concealed twice", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 11, 12);
  assert.deepEqual(play(buffer, 5), [10, 11, 12, "lost", "lost"]);
  insert(buffer, 15, 16);
  assert.deepEqual(play(buffer, 2), [15, 16]);
});

test("after 100 ms of nothing it fills anew, with whatever comes", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 11, 12);
  assert.deepEqual(play(buffer, 10), [10, 11, 12, "lost", "lost", "lost", "lost", "lost", "-", "-"]);
  insert(buffer, 13);
  assert.deepEqual(play(buffer, 1), ["-"]);
  insert(buffer, 14, 15);
  assert.deepEqual(play(buffer, 3), [13, 14, 15]);
});

test("more than 160 ms is not kept: the oldest are left out", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, ...Array.from({ length: 8 }, (_, i) => 10 + i));
  assert.deepEqual(play(buffer, 1), [10]);
  const late = new VoiceBuffer();
  insert(late, ...Array.from({ length: 9 }, (_, i) => 10 + i));
  assert.deepEqual(play(late, 1), [11]);
});

test("a number far away begins anew, one less far does not", () => {
  const buffer = new VoiceBuffer();
  insert(buffer, 10, 11, 12);
  play(buffer, 1);
  insert(buffer, 11 + 50);
  assert.equal(buffer.depth, 1, "what was there is of another time");
  const near = new VoiceBuffer();
  insert(near, 10, 11, 12);
  play(near, 1);
  insert(near, 11 + 49);
  assert.equal(near.depth, 3);
});

test("what is there without need for two seconds is made up for by joining two frames", () => {
  const buffer = new VoiceBuffer();
  let next = 10;
  insert(buffer, next++, next++, next++, next++);
  const played: (string | number)[] = [];
  for (let tick = 0; tick < 450; tick++) {
    played.push(...play(buffer, 1));
    insert(buffer, next++);
  }
  const joined = played.filter((entry) => typeof entry === "string");
  assert.ok(joined.length >= 1, "the delay shrinks");
  assert.ok(joined.length <= 2 && buffer.depth >= 3, `and stops there: ${joined.join(" ")}`);
  assert.ok(
    joined.every((entry) => entry.includes("+")),
    "nothing was lost for it",
  );
});

interface Network {
  /** Of each packet sent, one every tick: how many ticks it needs; undefined when it is lost. */
  readonly delays: readonly (number | undefined)[];
  readonly first: number;
}

/** What is heard over a network, and the longest delay in ticks. */
function listen({ delays, first }: Network): { heard: number[]; mostDelay: number; concealed: number } {
  const buffer = new VoiceBuffer();
  const arrivals = new Map<number, number[]>();
  for (const [i, delay] of delays.entries())
    if (delay !== undefined) arrivals.set(i + delay, [...(arrivals.get(i + delay) ?? []), first + i]);
  const heard: number[] = [];
  let mostDelay = 0;
  let concealed = 0;
  for (let tick = 0; tick < delays.length + 20; tick++) {
    insert(buffer, ...(arrivals.get(tick) ?? []));
    assert.ok(buffer.depth <= 50);
    const playout = buffer.next();
    if (playout.type === "lost") concealed++;
    if (playout.type !== "frame") continue;
    for (const frame of [playout.frame, playout.joined]) {
      if (frame === undefined) continue;
      heard.push(frame);
      mostDelay = Math.max(mostDelay, tick - (frame - first));
    }
  }
  return { heard, mostDelay, concealed };
}

test("over any network: in order, nothing twice, never later than 400 ms", () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined, freq: 8 }), { maxLength: 400 }),
      fc.nat(0xffff),
      (delays, first) => {
        const { heard, mostDelay } = listen({ delays, first });
        assert.deepEqual(
          heard,
          [...new Set(heard)].toSorted((a, b) => a - b),
        );
        assert.ok(mostDelay <= 20, `${mostDelay}`);
      },
    ),
    { seed: 20_261_123, numRuns: 500 },
  );
});

test("one in ten lost and up to 40 ms of jitter: the rest is heard, within 160 ms", () => {
  // The network is the same each time.
  const random = seededRandom(20_261_123);
  const delays = Array.from({ length: 5_000 }, () => (random() < 0.1 ? undefined : Math.floor(random() * 3)));
  const sent = delays.filter((delay) => delay !== undefined).length;
  const { heard, mostDelay, concealed } = listen({ delays, first: 60_000 });
  assert.ok(heard.length >= sent * 0.99, `${heard.length} of ${sent}`);
  assert.ok(mostDelay <= 8, `${mostDelay}`);
  assert.ok(concealed >= (5_000 - sent) * 0.9 && concealed <= (5_000 - sent) * 1.1, `${concealed} concealed`);
});

test("an hour of a sender whose clock is 0.1 % off: everything is heard, and the delay does not grow", () => {
  for (const sentPerTick of [0.999, 1.001]) {
    const buffer = new VoiceBuffer();
    let sent = 0;
    let heard = 0;
    let mostDelay = 0;
    for (let tick = 0; tick < 180_000; tick++) {
      while (sent < tick * sentPerTick) insert(buffer, sent++);
      const playout = buffer.next();
      if (playout.type !== "frame") continue;
      heard += playout.joined === undefined ? 1 : 2;
      mostDelay = Math.max(mostDelay, sent - playout.frame);
    }
    assert.ok(heard >= sent - 5, `${heard} of ${sent}`);
    assert.ok(mostDelay <= 5, `${mostDelay}`);
  }
});

/** One in ten is lost and sent again, and comes six ticks after it would have; for `badTicks`, and then all come at once. */
function overFarResends(badTicks: number, goodTicks: number): Network {
  const random = seededRandom(20_261_129);
  const bad = Array.from({ length: badTicks }, () => (random() < 0.1 ? 6 : 0));
  return { delays: [...bad, ...Array.from({ length: goodTicks }, () => 0)], first: 0 };
}

test("frames that are sent again over 120 ms are waited for, after the first few of them", () => {
  const { heard, mostDelay } = listen(overFarResends(3_000, 0));
  assert.ok(heard.length >= 2_980, `${heard.length} of 3000`);
  assert.ok(mostDelay <= 12, `${mostDelay}`);
});

test("where nothing is late any more, the delay is in half a minute what it was", () => {
  const { delays } = overFarResends(1_000, 2_500);
  const buffer = new VoiceBuffer();
  const arrivals = new Map<number, number[]>();
  for (const [i, delay] of delays.entries())
    arrivals.set(i + (delay ?? 0), [...(arrivals.get(i + (delay ?? 0)) ?? []), i]);
  const depths = delays.map((_, tick) => {
    insert(buffer, ...(arrivals.get(tick) ?? []));
    buffer.next();
    return buffer.depth;
  });
  assert.ok(Math.max(...depths.slice(900, 1_000)) >= 6, "it had grown");
  assert.ok(buffer.depth <= 3, `${buffer.depth}`);
  assert.equal(buffer.lateFrames > 0, true);
});

/** What comes late by so many ticks, one in five. @returns frames that wait after a minute */
function depthAfter(lateTicks: number): number {
  const buffer = new VoiceBuffer();
  for (let tick = 0; tick < 3_000; tick++) {
    if (tick % 5 !== 0) insert(buffer, tick);
    if (tick % 5 === lateTicks % 5 && tick >= lateTicks) insert(buffer, tick - lateTicks);
    buffer.next();
  }
  return buffer.depth;
}

test("it waits 200 ms at most for what is late: later than that nothing is waited for", () => {
  assert.ok(depthAfter(8) >= 7, `${depthAfter(8)}`);
  assert.ok(depthAfter(11) <= 10, `${depthAfter(11)}`);
  assert.ok(depthAfter(16) <= 4, `${depthAfter(16)}`);
});

test("two late frames in two seconds change nothing, three do", () => {
  const afterLate = (count: number): number => {
    const buffer = new VoiceBuffer();
    for (let tick = 0; tick < 90; tick++) {
      const late = tick >= 20 && tick < 20 + count * 10 && tick % 10 === 0;
      if (!late) insert(buffer, tick);
      if (tick >= 25 && tick % 10 === 5) insert(buffer, tick - 5);
      buffer.next();
    }
    for (let tick = 90; tick < 99; tick++) {
      if (tick !== 90) insert(buffer, tick);
      buffer.next();
    }
    return buffer.depth;
  };
  assert.ok(afterLate(2) <= 3, `${afterLate(2)}`);
  assert.ok(afterLate(3) > 3, `${afterLate(3)}`);
});
