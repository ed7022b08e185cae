/** What encrypts and opens frames is replaced within an epoch: no nonce twice, and nothing opened twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "@signet/protocol";
import type { FrameEpoch } from "../../src/frames/epoch-keys.ts";
import { FrameDecryptor, type ReachedFrame } from "../../src/frames/frame-decryptor.ts";
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { SenderContexts } from "../../src/frames/sender-contexts.ts";
import { decodeHeader } from "../../src/sframe/header.ts";
import { importBaseKey } from "../../src/sframe/key.ts";
import { maxContexts, nextSenderContext } from "../../src/sframe/kid.ts";
import { someBytes } from "../bytes.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { sendersAt } from "../senders.ts";

const [anna, ben] = [0, 1] as const;

async function epochFor(ownLeaf: number, epoch = 1n): Promise<FrameEpoch> {
  return {
    epoch,
    baseKey: await importBaseKey(someBytes(16, Number(epoch))),
    senders: sendersAt([anna, ben]),
    ownLeaf,
  };
}

async function seal(encryptor: FrameEncryptor, count: number): Promise<Bytes[]> {
  const frames: Bytes[] = [];
  for (let n = 0; n < count; n++) {
    const result = await encryptor.seal(someBytes(40, n));
    assert.equal(result.type, "sealed");
    frames.push((result as { data: Bytes }).data);
  }
  return frames;
}

async function receiver(epoch: FrameEpoch, before: readonly ReachedFrame[] = []) {
  const reached: ReachedFrame[] = [];
  const decryptor = new FrameDecryptor(new VirtualClock(), (one) => reached.push(one));
  decryptor.setEpoch(epoch, before);
  const stream = decryptor.stream();
  return {
    decryptor,
    reached,
    /** @returns what became of each, by the reason where it was dropped; one after the other, as a voice comes */
    async open(frames: readonly Bytes[]): Promise<string[]> {
      const became: string[] = [];
      for (const frame of frames) {
        const result = await stream.open(frame);
        became.push(result.type === "opened" ? "opened" : result.reason);
      }
      return became;
    },
  };
}

const noncesOf = (frames: readonly Bytes[]): string[] =>
  frames.map((frame) => {
    const header = decodeHeader(frame);
    assert.ok(header);
    return `${header.kid} ${header.ctr}`;
  });

test("as often as an encryptor is replaced in one epoch, no key and counter come together twice", async () => {
  const contexts = new SenderContexts();
  const epoch = await epochFor(anna);
  const sealed: Bytes[] = [];
  for (let replaced = 0; replaced < maxContexts; replaced++) {
    const encryptor = new FrameEncryptor(contexts.next());
    encryptor.setEpoch(epoch);
    sealed.push(...(await seal(encryptor, 3)));
    // Of other calls in this process.
    if (replaced % 3 === 0) nextSenderContext();
  }
  assert.equal(new Set(noncesOf(sealed)).size, 3 * maxContexts);
  assert.throws(() => contexts.next(), { code: "frames.workerFailed" }, "rather none than one that was used");
});

test("frames of the encryptor before and of the one after it open, each once", async () => {
  const contexts = new SenderContexts();
  const epoch = await epochFor(anna);
  const ben1 = await receiver(await epochFor(ben));
  for (let replaced = 0; replaced < 3; replaced++) {
    const encryptor = new FrameEncryptor(contexts.next());
    encryptor.setEpoch(epoch);
    const frames = await seal(encryptor, 30);
    assert.deepEqual(new Set(await ben1.open(frames)), new Set(["opened"]));
    assert.ok(!(await ben1.open(frames)).includes("opened"));
  }
});

test("a decryptor that takes over opens nothing that the one before opened", async () => {
  const sender = new FrameEncryptor(0);
  sender.setEpoch(await epochFor(anna));
  const frames = await seal(sender, 200);
  for (const openedBefore of [1, 26, 27, 60, 120]) {
    const first = await receiver(await epochFor(ben));
    // With some lost on the way.
    const arrived = frames.slice(0, openedBefore).filter((_, n) => n % 7 !== 3);
    assert.deepEqual(new Set(await first.open(arrived)), new Set(["opened"]));
    const second = await receiver(await epochFor(ben), first.reached.slice(-1));
    const again = await second.open(frames.slice(0, openedBefore));
    assert.ok(!again.includes("opened"), `${openedBefore} frames: ${again.join(" ")}`);
    // A voice that goes on is heard again after half a second of it at most.
    assert.deepEqual(new Set(await second.open(frames.slice(openedBefore + 26))), new Set(["opened"]));
  }
});

test("nor what its sender sealed before it restarted itself, heard or not", async () => {
  const contexts = new SenderContexts();
  const epoch = await epochFor(anna);
  const [before, after] = await Promise.all(
    [contexts.next(), contexts.next()].map(async (context) => {
      const encryptor = new FrameEncryptor(context);
      encryptor.setEpoch(epoch);
      return seal(encryptor, 60);
    }),
  );
  assert.ok(before !== undefined && after !== undefined);
  const first = await receiver(await epochFor(ben));
  await first.open(before.slice(0, 10));
  await first.open(after.slice(0, 10));
  const second = await receiver(await epochFor(ben), first.reached.slice(-1));
  assert.ok(!(await second.open(before)).includes("opened"));
  assert.deepEqual(new Set(await second.open(after.slice(26))), new Set(["opened"]));
});

test("how far frames were opened is told before any of them is given out, and every half second of a voice", async () => {
  const sender = new FrameEncryptor(0);
  sender.setEpoch(await epochFor(anna));
  const frames = await seal(sender, 100);
  const { reached, open } = await receiver(await epochFor(ben));
  for (const [ctr, frame] of frames.entries()) {
    await open([frame]);
    assert.ok((reached.at(-1)?.ctr ?? -1n) >= BigInt(ctr), `frame ${ctr} was given out and not told of`);
  }
  assert.deepEqual(reached, [
    { leaf: anna, epoch: 1n, context: 0, ctr: 25n },
    { leaf: anna, epoch: 1n, context: 0, ctr: 51n },
    { leaf: anna, epoch: 1n, context: 0, ctr: 77n },
    { leaf: anna, epoch: 1n, context: 0, ctr: 103n },
  ]);
});

test("what was opened in another epoch says nothing about this one", async () => {
  const sender = new FrameEncryptor(0);
  sender.setEpoch(await epochFor(anna, 2n));
  const { open } = await receiver(await epochFor(ben, 2n), [
    { leaf: anna, epoch: 1n, context: 0, ctr: 1_000n },
  ]);
  assert.deepEqual(await open(await seal(sender, 1)), ["opened"]);
});
