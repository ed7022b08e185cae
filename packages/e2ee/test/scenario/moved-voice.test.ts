/** A person goes on at another terminal: what was sealed at both is one voice, and what of it does not come is a silence of its length. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "@signet/protocol";
import fc from "fast-check";
import type { FrameSender } from "../../src/frames/epoch-keys.ts";
import { FrameDecryptor, type OpenResult } from "../../src/frames/frame-decryptor.ts";
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { importBaseKey } from "../../src/sframe/key.ts";
import { someBytes } from "../bytes.ts";
import { VirtualClock } from "../virtual-clock.ts";

const ben = { leaf: 0, person: "ben", key: "ben" };
const annaAt = (key: string, leaf = 1): FrameSender => ({ leaf, person: "anna", key });
const epochOf = async (epoch: number, ownLeaf: number, ...anna: readonly FrameSender[]) => ({
  epoch: BigInt(epoch),
  baseKey: await importBaseKey(someBytes(16, epoch)),
  senders: [ben, ...anna],
  ownLeaf,
});

/** Anna's terminals, one after the other; ben hears them. */
async function world(leaf = 1) {
  const clock = new VirtualClock();
  const receiver = new FrameDecryptor(clock);
  receiver.setEpoch(await epochOf(1, 0, annaAt("desk")));
  const desk = new FrameEncryptor(0);
  desk.setEpoch(await epochOf(1, 1, annaAt("desk")));
  const laptop = new FrameEncryptor(0);
  laptop.setEpoch(await epochOf(2, leaf, annaAt("laptop", leaf)));
  const stream = receiver.stream();
  return {
    clock,
    receiver,
    desk,
    laptop,
    /** Ben processes the Commit by which she goes on at the laptop. */
    moved: async () => receiver.setEpoch(await epochOf(2, 0, annaAt("laptop", leaf))),
    authentic: () => stream.authentic,
    open: async (frame: Bytes) => outcome(await stream.open(frame)),
    /** All that came before is decrypted, and given out or waiting: nothing waits in the queue of its slot. */
    settled: async () => {
      await stream.open(Uint8Array.of(0xff));
      await new Promise((resolve) => setImmediate(resolve));
    },
    /** Settles later. */
    opening: (frame: Bytes) => {
      const opening: { placed?: number | string } = {};
      void stream.open(frame).then((result) => (opening.placed = outcome(result)));
      return opening;
    },
  };
}

const outcome = (result: OpenResult): number | string =>
  result.type === "opened" ? result.place : result.reason;

async function sealed(encryptor: FrameEncryptor, count: number): Promise<Bytes[]> {
  const frames: Bytes[] = [];
  for (let n = 0; n < count; n++) {
    const result = await encryptor.seal(someBytes(40, n));
    assert.ok(result.type === "sealed");
    frames.push(result.data);
  }
  return frames;
}

async function lastFrame(encryptor: FrameEncryptor): Promise<Bytes> {
  return (await encryptor.finish()) ?? assert.fail("no key");
}

test("the new terminal's voice follows the old one's without a gap, and what is missing lies between", async () => {
  for (const [heard, first, place] of [
    [20, 0, 20],
    [17, 0, 20],
    [20, 4, 24],
  ] as const) {
    const { desk, laptop, moved, open, receiver } = await world();
    const [before, after] = [await sealed(desk, 20), await sealed(laptop, 10)];
    for (const [n, frame] of before.slice(0, heard).entries()) assert.equal(await open(frame), n);
    assert.equal(await receiver.hearEnd(await lastFrame(desk)), true);
    await moved();
    assert.equal(await open(after[first]!), place);
    assert.equal(await open(after[first + 1]!), place + 1);
    assert.equal(await open(before.at(-1)!), heard === 20 ? "replayed" : "late");
  }
});

test("and in the same voice, at whichever leaf", async () => {
  const { desk, laptop, moved, receiver } = await world(2);
  const stream = receiver.stream();
  const [before] = await sealed(desk, 1);
  const first = await stream.open(before!);
  await receiver.hearEnd(await lastFrame(desk));
  await moved();
  const [after] = await sealed(laptop, 1);
  const second = await stream.open(after!);
  assert.ok(first.type === "opened" && second.type === "opened");
  assert.deepEqual([first.leaf, second.leaf], [1, 2]);
  assert.equal(second.voice, first.voice);
  assert.equal(second.place, first.place + 1);
});

test("what comes before the word waits for it, in order, and nothing else does", async () => {
  const { authentic, clock, desk, laptop, moved, open, opening, receiver, settled } = await world();
  const [before, after] = [await sealed(desk, 4), await sealed(laptop, 3)];
  assert.deepEqual([await open(before[0]!), await open(before[1]!)], [0, 1]);
  await moved();
  const waiting = [after[1]!, after[0]!, after[2]!].map(opening);
  clock.advance(999);
  await settled();
  assert.deepEqual(waiting, [{}, {}, {}]);
  assert.equal(authentic(), 5, "they came, wherever they belong");
  assert.equal(await open(before[3]!), 3, "in the same slot, behind them");
  await receiver.hearEnd(await lastFrame(desk));
  await settled();
  assert.deepEqual(
    waiting.map(({ placed }) => placed),
    [5, 4, 6],
  );
});

test("where the word does not come, it is a whole second after the last frame, as it is where the word does not hold", async () => {
  const { clock, desk, laptop, moved, open, opening, receiver, settled } = await world();
  const [before, after] = [await sealed(desk, 30), await sealed(laptop, 2)];
  for (const frame of before.slice(0, 10)) await open(frame);
  clock.advance(400);
  await moved();
  const waiting = opening(after[0]!);
  clock.advance(599);
  await settled();
  assert.deepEqual(waiting, {});
  clock.advance(1);
  await settled();
  assert.deepEqual(waiting, { placed: 59 });
  assert.equal(await open(after[1]!), 60);
  assert.equal(await receiver.hearEnd(await lastFrame(desk)), false, "too late");
  assert.equal(await open(before[29]!), "late");
});

test("who was quiet for a second is heard at once", async () => {
  const { clock, desk, laptop, moved, open } = await world();
  const [[before], [after]] = [await sealed(desk, 1), await sealed(laptop, 1)];
  await open(before!);
  clock.advance(1_000);
  await moved();
  assert.equal(await open(after!), 50);
});

test("only so much waits", async () => {
  const { desk, laptop, moved, open, opening, receiver, settled } = await world();
  await open((await sealed(desk, 1))[0]!);
  await moved();
  const waiting = (await sealed(laptop, 101)).map(opening);
  await settled();
  assert.deepEqual(waiting.at(-1), { placed: "holdFull" });
  assert.deepEqual(waiting.at(-2), {});
  receiver.close();
  await settled();
  assert.deepEqual(waiting.at(-2), { placed: "closed" });
});

test("the word is no sound, sound is no word, and neither is what somebody made of it", async () => {
  const { desk, open, receiver } = await world();
  const [voice] = await sealed(desk, 1);
  const word = await lastFrame(desk);
  assert.equal(await open(word), "forged");
  assert.equal(await receiver.hearEnd(voice!), false);
  assert.equal(await open(voice!), 0, "what was tried as a word is heard as what it is");
  for (let at = 0; at < word.length; at++) {
    const altered = word.slice();
    altered[at]! ^= 1;
    assert.equal(await receiver.hearEnd(altered), false, `byte ${at}`);
  }
  for (let length = 0; length < word.length; length++)
    assert.equal(await receiver.hearEnd(word.slice(0, length)), false, `${length} bytes`);
  assert.equal(await receiver.hearEnd(word), true);
  assert.equal(await receiver.hearEnd(word), false, "twice");
});

test("whoever said it seals nothing any more, in no epoch", async () => {
  const { desk } = await world();
  await lastFrame(desk);
  assert.equal(desk.setEpoch(await epochOf(2, 1, annaAt("desk"))), false);
  assert.deepEqual(await desk.seal(someBytes(10)), { type: "dropped", reason: "noKey" });
  assert.equal(await desk.finish(), undefined);
  assert.equal(await new FrameEncryptor(0).finish(), undefined, "nor who has no key");
});

test("a terminal that was passed over with an epoch may have said anything", async () => {
  const { desk, open, opening, receiver, settled } = await world();
  const [before] = await sealed(desk, 1);
  await open(before!);
  assert.equal(await receiver.hearEnd(await lastFrame(desk)), true);
  receiver.setEpoch(await epochOf(3, 0, annaAt("tablet")));
  const tablet = new FrameEncryptor(0);
  tablet.setEpoch(await epochOf(3, 1, annaAt("tablet")));
  const waiting = opening((await sealed(tablet, 1))[0]!);
  await settled();
  assert.deepEqual(waiting, { placed: 50 }, "the playout keeps the second");
});

test("whatever of both comes, in whatever order: between two frames lies no less than was sealed between them, up to a second", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 120 }),
      fc.nat({ max: 130 }),
      async (order, wordAt) => {
        const { clock, desk, laptop, moved, open, receiver, settled } = await world();
        const frames = [...(await sealed(desk, 50)), ...(await sealed(laptop, 50))];
        const word = await lastFrame(desk);
        await moved();
        const placed: { readonly at: number; readonly place: number }[] = [];
        for (const [n, at] of order.entries()) {
          if (n === wordAt) await receiver.hearEnd(word);
          void open(frames[at]!).then((place) => {
            if (typeof place === "number") placed.push({ at, place });
          });
          await settled();
          clock.advance(20);
        }
        clock.advance(1_000);
        await settled();
        assert.ok(placed.length > 0);
        for (const one of placed)
          for (const other of placed)
            if (one.at < other.at) assert.ok(other.place - one.place >= Math.min(other.at - one.at, 50));
      },
    ),
    { numRuns: 30 },
  );
});
