/** Turns, jitter buffer and what was played, together: what a server that orders, cuts and spreads authentic frames can make heard. */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { JitterBuffer } from "../../src/node/jitter-buffer.ts";
import { PlayedVoices } from "../../src/node/played-voices.ts";
import { SlotTurns } from "../../src/node/slot-turns.ts";

interface Frame {
  readonly leaf: number;
  readonly place: number;
}

interface Heard extends Frame {
  readonly tick: number;
}

/** Two slots of one call, and what is heard from them. */
class Slots {
  readonly heard: Heard[] = [];
  readonly #played = new PlayedVoices();
  #tick = 0;
  readonly #slots = [0, 1].map(() => ({
    turns: new SlotTurns(),
    buffer: new JitterBuffer<Frame>({
      waitFor: ({ leaf, place }) => this.#played.waitFor(leaf, place),
      follows: (frame, next) => next.leaf === frame.leaf && next.place === frame.place + 1,
    }),
  }));

  arrive(slot: number, sequence: number, frame: Frame): void {
    const { turns, buffer } = this.#slots[slot]!;
    buffer.insert(turns.indexOf(frame.leaf, frame.place, sequence & 0xffff), frame);
  }

  play(ticks = 1): void {
    for (let n = 0; n < ticks; n++) {
      this.#played.tick();
      this.#tick++;
      for (const { buffer } of this.#slots) {
        assert.ok(buffer.depth <= 50);
        const playout = buffer.next();
        if (playout.type !== "frame") continue;
        for (const frame of [playout.frame, playout.joined]) {
          if (frame === undefined) continue;
          this.heard.push({ ...frame, tick: this.#tick });
          this.#played.played(frame.leaf, frame.place);
        }
      }
    }
  }

  /** Places of one voice as they are heard, with "-" for each tick of 20 ms between that are not it. */
  of(leaf: number): string {
    let [text, last] = ["", undefined as Heard | undefined];
    for (const frame of this.heard) {
      if (frame.leaf !== leaf) continue;
      const between = last === undefined ? 0 : Math.max(0, frame.tick - last.tick - 1);
      text += `${last === undefined ? "" : ` ${"-".repeat(between)}${between > 0 ? " " : ""}`}${frame.place}`;
      last = frame;
    }
    return text;
  }
}

test("what is sent in another order than it was said is heard in the order of saying, or not at all", () => {
  const slots = new Slots();
  for (const [sequence, place] of [2, 0, 1, 3].entries()) slots.arrive(0, 100 + sequence, { leaf: 1, place });
  slots.play(4);
  assert.equal(slots.of(1), "0 1 2 3");
  for (const [sequence, place] of [6, 7, 8].entries()) slots.arrive(0, 104 + sequence, { leaf: 1, place });
  slots.play(5);
  for (const [sequence, place] of [4, 5, 9].entries()) slots.arrive(0, 107 + sequence, { leaf: 1, place });
  slots.play(5);
  assert.equal(slots.of(1), "0 1 2 3 -- 6 7 8 9");
});

test("what was cut out is a silence of its length, whatever numbers the packets bear, and however fast they come", () => {
  for (const [cut, silence] of [
    [1, 1],
    [15, 15],
    [49, 49],
    // Beyond a second it counts as another time, and what waited of the former one is not heard either.
    [500, 49],
  ] as const) {
    const slots = new Slots();
    let sequence = 65_530;
    for (let place = 0; place < 10; place++) {
      slots.arrive(0, sequence++, { leaf: 1, place });
      slots.play();
    }
    for (let place = 10 + cut; place < 110 + cut; place++) {
      slots.arrive(0, sequence++, { leaf: 1, place });
      slots.play();
    }
    const after = slots.heard.findIndex(({ place }) => place > 9);
    const [before, next] = [slots.heard[after - 1]!, slots.heard[after]!];
    assert.ok(before.place === 9 || cut >= 49);
    const silent = next.tick - before.tick - 1;
    assert.ok(silent >= silence && silent <= silence + 10, `${cut} cut, ${silent} silent`);
    const places = slots.heard.slice(after).map(({ place }) => place);
    assert.deepEqual(
      places,
      places.map((_, i) => next.place + i),
      "and nothing more is lost",
    );
  }
});

test("the receiver itself cuts nothing out: of a burst everything is heard, two frames at a time", () => {
  const slots = new Slots();
  for (let place = 0; place < 30; place++) slots.arrive(0, place, { leaf: 1, place });
  slots.play(3);
  const [first] = slots.heard;
  // At the beginning there is nothing to be cut off from.
  assert.equal(first!.place, 22);
  for (let place = 30; place < 50; place++) slots.arrive(0, place, { leaf: 1, place });
  // 25 wait; one at a time they would take as many ticks.
  slots.play(18);
  assert.deepEqual(
    slots.heard.map(({ place }) => place),
    Array.from({ length: 50 - 22 }, (_, i) => 22 + i),
  );
});

test("after a network that stood still the oldest are left out, as long as the silence of it was heard", () => {
  const slots = new Slots();
  for (let place = 0; place < 10; place++) {
    slots.arrive(0, place, { leaf: 1, place });
    slots.play();
  }
  slots.play(20);
  for (let place = 10; place < 30; place++) slots.arrive(0, place, { leaf: 1, place });
  slots.play(10);
  assert.match(slots.of(1), / 9 -{12,20} 22 23 24 25 26 27 28 29$/);
});

test("two voices take turns in a slot, also where the last packet of one comes after the first of the other", () => {
  const slots = new Slots();
  slots.arrive(0, 65_534, { leaf: 1, place: 700 });
  slots.arrive(0, 65_535, { leaf: 1, place: 701 });
  slots.arrive(0, 65_538, { leaf: 2, place: 11 });
  slots.arrive(0, 65_536, { leaf: 1, place: 702 });
  slots.arrive(0, 65_537, { leaf: 2, place: 10 });
  slots.arrive(0, 65_539, { leaf: 1, place: 710 });
  slots.play(20);
  assert.deepEqual(
    slots.heard.map(({ leaf, place }) => `${leaf}/${place}`),
    ["1/700", "1/701", "1/702", "2/10", "2/11", "1/710"],
  );
  assert.equal(
    slots.of(1),
    "700 701 702 ------- 710",
    "and another's word between does not hide what was cut",
  );
});

test("a voice that is spread over two slots is one voice", () => {
  const slots = new Slots();
  for (let place = 0; place < 40; place++) {
    slots.arrive(place < 20 ? 0 : 1, place, { leaf: 1, place: place < 20 ? place : place + 15 });
    if (place % 2 === 1) slots.play();
  }
  slots.play(60);
  const places = slots.heard.map(({ place }) => place);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.ok(places.includes(36), "it is heard in the other slot");
});

test("whatever a server does with the frames of two voices and two slots: each is heard in order, and each gap is silent", () => {
  const deed = fc.record({
    slot: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    leaf: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
    /** From the frame of this voice before. */
    step: fc.oneof(
      { weight: 8, arbitrary: fc.constant(1) },
      { weight: 2, arbitrary: fc.integer({ min: -20, max: 20 }) },
      { weight: 1, arbitrary: fc.integer({ min: -80, max: 80 }) },
    ),
    sequenceStep: fc.oneof(
      { weight: 8, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: -70, max: 70 }) },
    ),
    ticks: fc.oneof(
      { weight: 6, arbitrary: fc.constant(1) },
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat(60) },
    ),
  });
  let heardInAll = 0;
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 250, size: "max" }), (deeds) => {
      const slots = new Slots();
      const places = [0, 1_000, 1_000];
      let sequence = 0;
      for (const { slot, leaf, step, sequenceStep, ticks } of deeds) {
        places[leaf]! += step;
        sequence += sequenceStep;
        slots.arrive(slot, sequence, { leaf, place: places[leaf]! });
        slots.play(ticks);
      }
      slots.play(60);
      heardInAll += slots.heard.length;
      for (const leaf of [1, 2]) {
        const voice = slots.heard.filter((frame) => frame.leaf === leaf);
        for (const [i, one] of voice.entries()) {
          for (const other of voice.slice(i + 1)) {
            assert.ok(other.place > one.place, "order");
            const gap = Math.min(other.place - one.place, 50);
            // Frames next to each other may be blended into 20 ms; of what is left out nothing is saved.
            if (other === voice[i + 1] && gap > 1)
              assert.ok(other.tick - one.tick >= gap, "a gap without its silence");
          }
        }
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(heardInAll > 5_000, `${heardInAll}: too little was heard for this to show anything`);
});
