import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Bytes } from "@signet/protocol";
import { FrameDecryptor } from "../../src/frames/frame-decryptor.ts";
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { encodeHeader } from "../../src/sframe/header.ts";
import { deriveSFrameKey, importBaseKey } from "../../src/sframe/key.ts";
import { encodeKid } from "../../src/sframe/kid.ts";
import { someBytes } from "../bytes.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { sendersAt } from "../senders.ts";

async function receiver() {
  const clock = new VirtualClock();
  const decryptor = new FrameDecryptor(clock);
  decryptor.setEpoch({
    epoch: 3n,
    baseKey: await importBaseKey(someBytes(16)),
    senders: sendersAt([0, 1, 2]),
    ownLeaf: 0,
  });
  return { clock, slot: decryptor.stream() };
}

test("random bytes are dropped", async () => {
  const { clock, slot } = await receiver();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const result = slot.open(new Uint8Array(bytes));
      clock.advance(500);
      assert.equal((await result).type, "dropped");
    }),
    { numRuns: 1000 },
  );
});

test("random bytes behind a header that is in order are forged", async () => {
  const { slot } = await receiver();
  const kid = encodeKid({ context: 0, leaf: 1, epochBits: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 0n, max: 1n << 63n }),
      fc.uint8Array({ maxLength: 200 }),
      async (ctr, bytes) => {
        const result = await slot.open(Uint8Array.from([...encodeHeader({ kid, ctr }), ...bytes]));
        assert.deepEqual(result, { type: "dropped", reason: "forged" });
      },
    ),
    { numRuns: 500 },
  );
});

test("KIDs that no sender of ours makes are malformed", async () => {
  const { slot } = await receiver();
  const frame = Uint8Array.from([...encodeHeader({ kid: 1n << 40n, ctr: 0n }), ...someBytes(40)]);
  assert.deepEqual(await slot.open(frame), { type: "dropped", reason: "malformed" });
});

test("what came is counted by who sealed it: not what is made up, altered, sent again, sent back, or waits for a key", async () => {
  const { clock, slot } = await receiver();
  const by = async (ownLeaf: number, epoch = 3n): Promise<FrameEncryptor> => {
    const encryptor = new FrameEncryptor();
    const baseKey = await importBaseKey(someBytes(16));
    encryptor.setEpoch({ epoch, baseKey, senders: sendersAt([0, 1, 2]), ownLeaf });
    return encryptor;
  };
  const sealed = async (encryptor: FrameEncryptor): Promise<Bytes> => {
    const result = await encryptor.seal(someBytes(40));
    assert.ok(result.type === "sealed");
    return result.data;
  };
  const [anna, own] = [await by(1), await by(0)];
  const frames = [await sealed(anna), await sealed(anna), await sealed(anna)] as const;
  const altered = frames[0].slice();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  for (const frame of [
    altered,
    await sealed(own),
    await sealed(await by(7)),
    Uint8Array.of(0xff),
    new Uint8Array(0),
  ])
    assert.equal((await slot.open(frame)).type, "dropped");
  const early = slot.open(await sealed(await by(1, 4n)));
  clock.advance(500);
  assert.deepEqual(await early, { type: "dropped", reason: "heldTooLong" });
  assert.equal(slot.authentic, 0);
  for (const [index, frame] of frames.entries()) {
    assert.equal((await slot.open(frame)).type, "opened");
    assert.deepEqual(await slot.open(frame), { type: "dropped", reason: "replayed" });
    assert.equal(slot.authentic, index + 1);
  }
});

test("a key that frame keys cannot be made of fails the frames, not the process", async () => {
  const wrong = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"]);
  const encryptor = new FrameEncryptor();
  encryptor.setEpoch({ epoch: 1n, baseKey: wrong, ownLeaf: 0, senders: sendersAt([0, 1]) });
  // The same failure, begun later and waited for; in the turn after it one that nobody waits for has ended the process.
  await assert.rejects(deriveSFrameKey(wrong, 0n, "seal"));
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(encryptor.seal(Uint8Array.of(1)));
});
