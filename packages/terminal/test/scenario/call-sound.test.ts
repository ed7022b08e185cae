/** The keys of a call's sound before and after there is any. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { FrameEpochSecret } from "@signet/e2ee";

import { CallSound } from "../../src/call/call-sound.ts";
import { silentMedia } from "../../src/index.ts";
import type { MediaInput } from "../../src/index.ts";

const epoch = (number: bigint): FrameEpochSecret => ({
  epoch: number,
  baseKey: new Uint8Array(16).fill(Number(number)),
  senders: [],
  ownLeaf: 0,
});
const isZero = ({ baseKey }: FrameEpochSecret): boolean => baseKey.every((byte) => byte === 0);

test("of the epochs before the sound begins the last one's key is kept, until the call ends", async () => {
  const sound = new CallSound();
  const [first, second] = [epoch(1n), epoch(2n)];
  await sound.enterEpoch(first);
  await sound.enterEpoch(second);
  assert.deepEqual([first, second].map(isZero), [true, false]);
  sound.close();
  assert.ok(isZero(second));
});

for (const hasBegun of [false, true])
  test(`a key that is derived while the call ends is zeroed, and goes nowhere, ${hasBegun ? "with" : "without"} sound`, async () => {
    const sound = new CallSound();
    const entered: bigint[] = [];
    if (hasBegun) {
      const start = (input: MediaInput) => ({
        ...silentMedia.start(input),
        setEpoch: (one: FrameEpochSecret) => Promise.resolve(void entered.push(one.epoch)),
      });
      const input = { onMicrophone: () => undefined } as unknown as MediaInput;
      await sound.begin({ start }, input);
      await sound.enterEpoch(epoch(1n));
      assert.deepEqual(entered.splice(0), [1n]);
    }
    sound.close();
    const late = epoch(2n);
    await sound.enterEpoch(late);
    assert.ok(isZero(late));
    assert.deepEqual(entered, []);
  });
