/** One slot from sealed payloads to sound: loss is concealed or asked for, and what does not open is not heard. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay, setImmediate } from "node:timers/promises";

import { FrameDecryptor, FrameEncryptor, importFrameEpoch } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";

import type { Speaker } from "../../src/environment.ts";
import { createMonoDecoder, createVoiceEncoder } from "../../src/node/opus.ts";
import { ReceiveSlot } from "../../src/node/receive-slot.ts";
import { toneSource } from "../../src/node/tone.ts";
import { analyse } from "../support/sound.ts";

const epochFor = (ownLeaf: number, epoch = 1n) =>
  importFrameEpoch({ epoch, leaves: [0, 1, 2], ownLeaf, baseKey: new Uint8Array(16).fill(Number(epoch)) });

/** Sealed frames of a tone, as the member with this leaf sends them. */
async function voiceOf(leaf: number, hertz: number, count: number): Promise<Bytes[]> {
  const encryptor = new FrameEncryptor();
  encryptor.setEpoch(await epochFor(leaf));
  const encoder = await createVoiceEncoder();
  const source = toneSource(hertz);
  const sealed: Bytes[] = [];
  for (let i = 0; i < count; i++) {
    const result = await encryptor.seal(encoder.encode(source.read()!) as Bytes);
    assert.ok(result.type === "sealed");
    sealed.push(result.data);
  }
  encoder.free();
  return sealed;
}

/** @param patienceMs how long a tick waits for frames to be opened, which some never are */
async function open(context: TestContext, patienceMs = 10_000) {
  const decryptor = new FrameDecryptor();
  decryptor.setEpoch(await epochFor(2));
  const speakers: Speaker[] = [];
  const stream = decryptor.stream();
  let opening: Promise<unknown>[] = [];
  const watched = {
    open(frame: Bytes) {
      const result = stream.open(frame);
      opening.push(result);
      return result;
    },
  };
  const slot = new ReceiveSlot(watched, await createMonoDecoder(), (speaker) => speakers.push(speaker));
  context.after(() => {
    slot.close();
    decryptor.close();
  });
  const heard: Int16Array[] = [];
  return {
    slot,
    speakers,
    heard,
    /** 20 ms: these payloads come in, with their sequence numbers, and something is played. */
    async tick(...packets: readonly (readonly [sequence: number, payload: Bytes])[]): Promise<void> {
      for (const [sequence, payload] of packets) slot.receive(sequence & 0xffff, payload, 0);
      const patience = new AbortController();
      await Promise.race([
        Promise.all(opening),
        delay(patienceMs, undefined, patience).catch(() => undefined),
      ]);
      patience.abort();
      opening = [];
      await setImmediate();
      heard.push(slot.play()?.slice() ?? new Int16Array(960));
    },
  };
}

const first = 65_500;

test("what comes whole is heard whole, and whose it is is told once", async (context) => {
  const { slot, speakers, heard, tick } = await open(context);
  for (const [i, payload] of (await voiceOf(1, 440, 100)).entries()) await tick([first + i, payload]);
  assert.ok(analyse(heard.slice(10), 440).tone > 0.15);
  assert.ok(slot.level > 0.01);
  assert.deepEqual(speakers, [{ leaf: 1, epoch: 1n }]);
  assert.deepEqual(slot.toAsk(0), []);
});

test("one packet in ten lost: it is asked for, and concealed when it does not come", async (context) => {
  const { slot, heard, tick } = await open(context);
  const asked: number[] = [];
  for (const [i, payload] of (await voiceOf(1, 440, 200)).entries()) {
    await tick(...(i % 10 === 5 ? [] : [[first + i, payload] as const]));
    for (const { first, count } of slot.toAsk(0)) {
      assert.equal(count, 1);
      asked.push(first);
    }
  }
  assert.deepEqual(
    asked,
    Array.from({ length: 20 }, (_, i) => (first + i * 10 + 5) & 0xffff).slice(0, asked.length),
  );
  assert.ok(asked.length >= 19);
  // Holes of 20 ms would leave nine tenths of the tone and noise around it.
  const { tone, rest } = analyse(heard.slice(10), 440);
  assert.ok(tone > 0.15, `${tone}`);
  const silent = heard.slice(10).filter((frame) => frame.every((sample) => sample === 0)).length;
  assert.equal(silent, 0, `${silent} holes; ${rest} around the tone`);
});

test("out of order and twice, it is heard as if in order and once", async (context) => {
  const { heard, tick } = await open(context);
  const packets = await voiceOf(1, 440, 100);
  for (let i = 0; i < packets.length; i += 2) {
    await tick([first + i + 1, packets[i + 1]!], [first + i, packets[i]!]);
    await tick([first + i, packets[i]!]);
  }
  assert.ok(analyse(heard.slice(10), 440).tone > 0.15);
});

test("what is not sealed, altered, or sealed with another key is not heard", async (context) => {
  // What names an epoch to come waits for it.
  const { speakers, heard, tick } = await open(context, 5);
  const packets = await voiceOf(1, 440, 40);
  const encoder = await createVoiceEncoder();
  const source = toneSource(660);
  const stranger = new FrameEncryptor();
  stranger.setEpoch(await epochFor(1, 2n));
  for (const [i, payload] of packets.entries()) {
    const plain = encoder.encode(source.read()!) as Bytes;
    const altered = payload.slice();
    altered[altered.length - 1]! ^= 1;
    const foreign = await stranger.seal(plain);
    assert.ok(foreign.type === "sealed");
    await tick([first + 3 * i, plain], [first + 3 * i + 1, altered], [first + 3 * i + 2, foreign.data]);
  }
  encoder.free();
  assert.ok(heard.every((frame) => frame.every((sample) => sample === 0)));
  assert.deepEqual(speakers, []);
});

test("sealed by a member, and yet no Opus: the slot goes on", async (context) => {
  const { heard, tick } = await open(context);
  const encryptor = new FrameEncryptor();
  encryptor.setEpoch(await epochFor(0));
  let sequence = first;
  for (let i = 0; i < 20; i++) {
    const result = await encryptor.seal(Uint8Array.from([0xff, 0xff, i]));
    assert.ok(result.type === "sealed");
    await tick([sequence++, result.data]);
  }
  for (const payload of await voiceOf(1, 440, 60)) await tick([sequence++, payload]);
  assert.ok(analyse(heard.slice(-40), 440).tone > 0.15);
});

test("a slot that flips between two leaves does not flood: one change in 100 ms", async (context) => {
  const { speakers, tick } = await open(context);
  const one = await voiceOf(0, 440, 50);
  const other = await voiceOf(1, 660, 50);
  for (let i = 0; i < 100; i++) await tick([first + i, (i % 2 === 0 ? one : other)[i >> 1]!]);
  assert.ok(speakers.length >= 10 && speakers.length <= 20, `${speakers.length} changes in 2 s`);
});

test("closed, it plays nothing, takes nothing, and nobody is loud in it", async (context) => {
  const { slot, tick, heard } = await open(context);
  const packets = await voiceOf(1, 440, 60);
  for (const [i, payload] of packets.slice(0, 50).entries())
    if (slot.level < 0.01) await tick([first + i, payload]);
  assert.ok(slot.level >= 0.01, "somebody speaks");
  slot.close();
  assert.equal(slot.level, 0);
  heard.length = 0;
  for (const [i, payload] of packets.slice(50).entries()) await tick([first + 50 + i, payload]);
  assert.ok(heard.every((frame) => frame.every((sample) => sample === 0)));
});

test("frames that wait for their key are counted: a fifty-first is not taken", async (context) => {
  let waiting = 0;
  const stream = { open: () => (waiting++, new Promise<never>(() => undefined)) };
  const slot = new ReceiveSlot(stream, await createMonoDecoder(), () => undefined);
  context.after(() => slot.close());
  for (let i = 0; i < 60; i++) {
    slot.receive(i, new Uint8Array(20), 0);
    assert.equal(waiting, Math.min(i + 1, 50));
  }
});
