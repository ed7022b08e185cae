import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "@signet/protocol";
import type { FrameEpoch } from "../../src/frames/epoch-keys.ts";
import { FrameDecryptor, type OpenResult } from "../../src/frames/frame-decryptor.ts";
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { decodeHeader } from "../../src/sframe/header.ts";
import { importBaseKey } from "../../src/sframe/key.ts";
import { decodeKid } from "../../src/sframe/kid.ts";
import { someBytes } from "../bytes.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { sendersAt } from "../senders.ts";

const [anna, ben, carol] = [0, 1, 2] as const;

async function epochFor(
  ownLeaf: number,
  epoch: bigint,
  leaves: readonly number[] = [anna, ben],
): Promise<FrameEpoch> {
  const baseKey = await importBaseKey(someBytes(16, Number(epoch % 1000n) + 1));
  return { epoch, baseKey, senders: sendersAt(leaves), ownLeaf };
}

async function sealed(encryptor: FrameEncryptor, plaintext: Bytes): Promise<Bytes> {
  const result = await encryptor.seal(plaintext);
  assert.equal(result.type, "sealed");
  return (result as { data: Bytes }).data;
}

async function annaSendsToBen(epoch = 1n) {
  const clock = new VirtualClock();
  const sender = new FrameEncryptor(0);
  const receiver = new FrameDecryptor(clock);
  sender.setEpoch(await epochFor(anna, epoch));
  receiver.setEpoch(await epochFor(ben, epoch));
  return { clock, sender, receiver, slot: receiver.stream() };
}

const opened = (data: Bytes, leaf: number, epoch: bigint, place: number): OpenResult => ({
  type: "opened",
  data,
  leaf,
  epoch,
  // Only one is heard.
  voice: 0,
  place,
});
const dropped = (reason: string) => ({ type: "dropped", reason });

test("a frame arrives as it was sent, and names its sender", async () => {
  const { sender, slot } = await annaSendsToBen();
  for (const [place, length] of [1, 3, 100, 1200].entries()) {
    const plaintext = someBytes(length);
    const frame = await sealed(sender, plaintext);
    assert.notDeepEqual(frame.slice(-length - 16, -16), plaintext);
    assert.deepEqual(await slot.open(frame), opened(plaintext, anna, 1n, place));
  }
});

test("an epoch change with frames in flight loses none, and keeps their order", async () => {
  const { clock, sender, receiver, slot } = await annaSendsToBen();
  const results: Promise<OpenResult>[] = [];
  const order: number[] = [];
  const sent: OpenResult[] = [];
  const inFlight: Bytes[] = [];
  for (let n = 0; n < 60; n++) {
    if (n === 20) sender.setEpoch(await epochFor(anna, 2n));
    const plaintext = someBytes(80, n);
    inFlight.push(await sealed(sender, plaintext));
    sent.push(opened(plaintext, anna, n < 20 ? 1n : 2n, n));
  }
  for (const [n, frame] of inFlight.entries()) {
    // The Commit reaches ben 400 ms after anna has switched.
    if (n === 40) receiver.setEpoch(await epochFor(ben, 2n));
    const result = slot.open(frame);
    void result.then(() => order.push(n));
    results.push(result);
    clock.advance(20);
  }
  assert.deepEqual(await Promise.all(results), sent);
  assert.deepEqual(order, [...inFlight.keys()]);
  assert.equal(receiver.framesHeld, 20);
});

test("frames of the former epoch are opened for 10 s, and not after", async () => {
  const { clock, sender, receiver, slot } = await annaSendsToBen();
  const late = [
    await sealed(sender, someBytes(50)),
    await sealed(sender, someBytes(50)),
    await sealed(sender, someBytes(50)),
  ] as const;
  receiver.setEpoch(await epochFor(ben, 2n));
  assert.equal((await slot.open(late[0])).type, "opened");
  clock.advance(9_999);
  assert.equal((await slot.open(late[1])).type, "opened");
  clock.advance(1);
  assert.deepEqual(await slot.open(late[2]), dropped("expiredEpoch"));
});

test("a frame of a coming epoch waits 500 ms for its key, and no longer", async () => {
  const { clock, sender, receiver, slot } = await annaSendsToBen();
  sender.setEpoch(await epochFor(anna, 2n));
  const given = slot.open(await sealed(sender, someBytes(50)));
  clock.advance(500);
  assert.deepEqual(await given, dropped("heldTooLong"));

  const second = slot.open(await sealed(sender, someBytes(60)));
  clock.advance(499);
  receiver.setEpoch(await epochFor(ben, 2n));
  assert.deepEqual(await second, opened(someBytes(60), anna, 2n, 1));
});

test("a waiting frame does not keep others of its slot", async () => {
  const { clock, sender, slot } = await annaSendsToBen();
  const ahead = new FrameEncryptor(1);
  ahead.setEpoch(await epochFor(anna, 2n));
  const waiting = slot.open(await sealed(ahead, someBytes(50)));
  assert.equal((await slot.open(await sealed(sender, someBytes(50)))).type, "opened");
  clock.advance(500);
  assert.deepEqual(await waiting, dropped("heldTooLong"));
});

test("frames that arrive before the first key wait for it too", async () => {
  const receiver = new FrameDecryptor(new VirtualClock());
  const sender = new FrameEncryptor(0);
  sender.setEpoch(await epochFor(anna, 7n));
  const result = receiver.stream().open(await sealed(sender, someBytes(30)));
  receiver.setEpoch(await epochFor(ben, 7n));
  assert.deepEqual(await result, opened(someBytes(30), anna, 7n, 0));
});

test("waiting frames are bounded", async () => {
  const { clock, sender, receiver, slot } = await annaSendsToBen();
  sender.setEpoch(await epochFor(anna, 2n));
  const results: Promise<OpenResult>[] = [];
  for (let n = 0; n < 520; n++) results.push(slot.open(await sealed(sender, someBytes(20, n))));
  clock.advance(500);
  const reasons = (await Promise.all(results)).map((result) => (result as { reason: string }).reason);
  assert.deepEqual(reasons.slice(0, 512), Array(512).fill("heldTooLong"));
  assert.deepEqual(reasons.slice(512), Array(8).fill("holdFull"));
  assert.equal(receiver.framesHeld, 512);
});

test("closing settles what waits, and opens nothing afterwards", async () => {
  const { sender, receiver, slot } = await annaSendsToBen();
  const known = await sealed(sender, someBytes(40));
  sender.setEpoch(await epochFor(anna, 2n));
  const waiting = slot.open(await sealed(sender, someBytes(50)));
  receiver.close();
  assert.deepEqual(await waiting, dropped("closed"));
  assert.deepEqual(await slot.open(known), dropped("closed"));
  assert.equal(receiver.setEpoch(await epochFor(ben, 3n)), false);
});

test("a frame is opened once, also when both copies arrive at the same time or in two slots", async () => {
  const { sender, receiver, slot } = await annaSendsToBen();
  const frame = await sealed(sender, someBytes(50));
  assert.equal((await slot.open(frame)).type, "opened");
  assert.deepEqual(await slot.open(frame), dropped("replayed"));
  assert.deepEqual(await receiver.stream().open(frame), dropped("replayed"));

  const together = await sealed(sender, someBytes(50));
  const results = await Promise.all([slot.open(together), receiver.stream().open(together)]);
  assert.deepEqual(results.map(({ type }) => type).toSorted(), ["dropped", "opened"]);
});

test("what is a second behind the newest is not opened, in its epoch and over the next", async () => {
  const { sender, receiver, slot } = await annaSendsToBen();
  const frames: Bytes[] = [];
  for (let n = 0; n < 52; n++) frames.push(await sealed(sender, someBytes(20, n)));
  assert.equal((await slot.open(frames[50]!)).type, "opened");
  assert.deepEqual(await slot.open(frames[0]!), dropped("late"));
  assert.equal((await slot.open(frames[1]!)).type, "opened");
  // In another slot it is as late: a voice is one, wherever its frames come in.
  assert.equal((await receiver.stream().open(frames[51]!)).type, "opened");
  assert.deepEqual(await slot.open(frames[1]!), dropped("late"));

  receiver.setEpoch(await epochFor(ben, 2n));
  sender.setEpoch(await epochFor(anna, 2n));
  assert.deepEqual(await slot.open(await sealed(sender, someBytes(9))), opened(someBytes(9), anna, 2n, 52));
  assert.deepEqual(await slot.open(frames[2]!), dropped("late"));
  assert.deepEqual(await slot.open(frames[3]!), opened(someBytes(20, 3), anna, 1n, 3));
});

test("a frame with any one bit flipped is refused", async () => {
  const { clock, sender, slot } = await annaSendsToBen();
  const frame = await sealed(sender, someBytes(40));
  const results: Promise<OpenResult>[] = [];
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const flipped = frame.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    results.push(slot.open(flipped));
  }
  clock.advance(500);
  for (const [bit, result] of (await Promise.all(results)).entries())
    assert.equal(result.type, "dropped", `bit ${bit}`);
  assert.equal((await slot.open(frame)).type, "opened", "and none of them kept the true one out");
});

test("a frame of the right epoch and leaf under another group's key is forged", async () => {
  const { slot } = await annaSendsToBen();
  const stranger = new FrameEncryptor(0);
  stranger.setEpoch({ ...(await epochFor(anna, 1n)), baseKey: await importBaseKey(someBytes(16, 99)) });
  assert.deepEqual(await slot.open(await sealed(stranger, someBytes(50))), dropped("forged"));
});

test("a frame of one who is not in the epoch is refused, as is our own", async () => {
  const { slot } = await annaSendsToBen();
  const [outsider, mirror] = [new FrameEncryptor(0), new FrameEncryptor(0)];
  outsider.setEpoch(await epochFor(carol, 1n));
  mirror.setEpoch(await epochFor(ben, 1n));
  assert.deepEqual(await slot.open(await sealed(outsider, someBytes(50))), dropped("unknownLeaf"));
  assert.deepEqual(await slot.open(await sealed(mirror, someBytes(50))), dropped("ownFrame"));
});

test("a removed member opens nothing of the next epoch", async () => {
  const { clock, sender, slot } = await annaSendsToBen();
  sender.setEpoch(await epochFor(anna, 2n, [anna]));
  const result = slot.open(await sealed(sender, someBytes(50)));
  clock.advance(500);
  assert.deepEqual(await result, dropped("heldTooLong"));
});

test("an epoch never comes twice, and so no counter either", async () => {
  const { sender, receiver, slot } = await annaSendsToBen(5n);
  const first = await sealed(sender, someBytes(50));
  assert.equal(sender.setEpoch(await epochFor(anna, 5n)), false);
  assert.equal(sender.setEpoch(await epochFor(anna, 4n)), false);
  assert.equal(receiver.setEpoch(await epochFor(ben, 5n)), false);
  const second = await sealed(sender, someBytes(50));
  assert.equal(decodeHeader(first)?.ctr, 0n);
  assert.equal(decodeHeader(second)?.ctr, 1n);
  assert.equal((await slot.open(first)).type, "opened");
  assert.equal((await slot.open(second)).type, "opened");
});

test("two encryptors of one process have keys of their own", async () => {
  const { slot } = await annaSendsToBen();
  const frames: Bytes[] = [];
  for (const encryptor of [new FrameEncryptor(), new FrameEncryptor()]) {
    encryptor.setEpoch(await epochFor(anna, 1n));
    frames.push(await sealed(encryptor, someBytes(50)));
  }
  const [first, second] = frames.map((frame) => decodeKid(decodeHeader(frame)?.kid ?? 0n)?.context);
  assert.notEqual(first, second);
  const places: number[] = [];
  for (const frame of frames) {
    const result = await slot.open(frame);
    assert.ok(result.type === "opened");
    places.push(result.place);
  }
  assert.deepEqual(
    places,
    [0, 50],
    "what lies between two senders is not known, so a whole second is taken for it",
  );
  assert.deepEqual(await slot.open(frames[0]!), dropped("replayed"));
});

test("without a key nothing is sealed", async () => {
  const encryptor = new FrameEncryptor(0);
  assert.deepEqual(await encryptor.seal(someBytes(50)), dropped("noKey"));
  encryptor.setEpoch(await epochFor(anna, 1n));
  assert.equal((await encryptor.seal(someBytes(50))).type, "sealed");
});

test("empty frames are dropped on both sides", async () => {
  const { sender, slot } = await annaSendsToBen();
  assert.deepEqual(await sender.seal(new Uint8Array(0)), dropped("empty"));
  assert.deepEqual(await slot.open(new Uint8Array(0)), dropped("empty"));
});
