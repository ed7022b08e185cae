/** One slot from sealed payloads to sound: loss is concealed or asked for, and what does not open is not heard. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay, setImmediate } from "node:timers/promises";

import { FrameDecryptor, FrameEncryptor, importFrameEpoch } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";

import type { Speaker } from "../../src/environment.ts";
import { createMonoDecoder, createVoiceEncoder } from "../../src/node/opus.ts";
import { PlayedVoices } from "../../src/node/played-voices.ts";
import { ReceiveSlot } from "../../src/node/receive-slot.ts";
import { toneSource } from "../../src/node/tone.ts";
import { analyse } from "../support/sound.ts";

const epochFor = (ownLeaf: number, epoch = 1n) =>
  importFrameEpoch({
    epoch,
    senders: [0, 1, 2].map((leaf) => ({ leaf, person: `person ${leaf}`, key: `key ${leaf}` })),
    ownLeaf,
    baseKey: new Uint8Array(16).fill(Number(epoch)),
  });

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
  context.after(() => decryptor.close());
  return openSlot(context, decryptor, new PlayedVoices(), patienceMs);
}

async function openSlot(
  context: TestContext,
  decryptor: FrameDecryptor,
  played: PlayedVoices,
  patienceMs: number,
) {
  const speakers: (Speaker | undefined)[] = [];
  const stream = decryptor.stream();
  let opening: Promise<unknown>[] = [];
  const watched = {
    get authentic() {
      return stream.authentic;
    },
    open(frame: Bytes) {
      const result = stream.open(frame);
      opening.push(result);
      return result;
    },
  };
  const slot = new ReceiveSlot(watched, await createMonoDecoder(), played, (speaker) =>
    speakers.push(speaker),
  );
  context.after(() => slot.close());
  const heard: Int16Array[] = [];
  return {
    decryptor,
    /** Another slot of the same call. Each ticks for both, when it is played. */
    beside: () => openSlot(context, decryptor, played, patienceMs),
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
      played.tick();
      heard.push(slot.play()?.slice() ?? new Int16Array(960));
    },
  };
}

const first = 65_500;

test("a slot in which nothing comes for 1.5 s has no speaker, until something comes again", async (context) => {
  const { speakers, tick } = await open(context);
  const payloads = await voiceOf(1, 440, 20);
  for (const [i, payload] of payloads.slice(0, 10).entries()) await tick([first + i, payload]);
  const leaves = () => speakers.map((speaker) => speaker?.leaf);
  assert.deepEqual(leaves(), [1]);
  for (let ticks = 0; ticks < 70; ticks++) await tick();
  assert.deepEqual(leaves(), [1]);
  for (let ticks = 0; ticks < 15; ticks++) await tick();
  assert.deepEqual(leaves(), [1, undefined]);
  for (const [i, payload] of payloads.slice(10).entries()) await tick([first + 10 + i, payload]);
  assert.deepEqual(leaves(), [1, undefined, 1]);
});

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

const phraseFrames = 25;

/** A sentence of one speaker: half a second of each tone, as phrases, with a new epoch after so many of them. */
async function sentenceOf(
  leaf: number,
  tones: readonly number[],
  phrasesPerEpoch = Infinity,
): Promise<Bytes[]> {
  const encryptor = new FrameEncryptor();
  const encoder = await createVoiceEncoder();
  const sealed: Bytes[] = [];
  for (const [phrase, hertz] of tones.entries()) {
    encryptor.setEpoch(await epochFor(leaf, 1n + BigInt(Math.floor(phrase / phrasesPerEpoch))));
    const source = toneSource(hertz);
    for (let i = 0; i < phraseFrames; i++) {
      const result = await encryptor.seal(encoder.encode(source.read()!) as Bytes);
      assert.ok(result.type === "sealed");
      sealed.push(result.data);
    }
  }
  encoder.free();
  return sealed;
}

/** When each tone is heard first, in ticks. */
function startsOf(heard: readonly Int16Array[], tones: readonly number[]): (number | undefined)[] {
  return tones.map((hertz) => {
    const tick = heard.findIndex((frame) => analyse([frame], hertz).tone > 0.1);
    return tick < 0 ? undefined : tick;
  });
}

const tones = [440, 1_000, 1_700, 2_600];
/** A voice that begins is quiet for a moment, and one that goes on after a loss is not. */
const onsetFrames = 5;

test("authentic speech in another order: what is older than what was heard is not heard, and time is not saved", async (context) => {
  for (const phrasesPerEpoch of [Infinity, 1]) {
    const { decryptor, heard, tick } = await open(context);
    for (let epoch = 2n; epoch <= 4n; epoch++) decryptor.setEpoch(await epochFor(2, epoch));
    const sentence = await sentenceOf(1, tones, phrasesPerEpoch);
    // "I do not agree / to pay / I agree / to meet" as "I do not agree / I agree / to pay / to meet".
    const order = [0, 2, 1, 3].flatMap((phrase) =>
      sentence.slice(phrase * phraseFrames, (phrase + 1) * phraseFrames),
    );
    for (const [i, payload] of order.entries()) await tick([first + i, payload]);
    for (let i = 0; i < 60; i++) await tick();
    const [one, two, three, four] = startsOf(heard, tones);
    assert.equal(two, undefined, "what comes after what it was said before");
    assert.ok(one !== undefined && three !== undefined && four !== undefined);
    const least = 2 * phraseFrames - onsetFrames;
    assert.ok(three - one >= least && four - three >= phraseFrames, `${one} ${three} ${four}`);
  }
});

test("authentic speech with a word cut out: the word is a silence, over a change of the epoch as well", async (context) => {
  for (const phrasesPerEpoch of [Infinity, 2, 1]) {
    const { decryptor, heard, tick } = await open(context);
    for (let epoch = 2n; epoch <= 4n; epoch++) decryptor.setEpoch(await epochFor(2, epoch));
    const sentence = await sentenceOf(1, tones, phrasesPerEpoch);
    const cut = sentence.toSpliced(phraseFrames, phraseFrames);
    for (const [i, payload] of cut.entries()) await tick([first + i, payload]);
    for (let i = 0; i < 60; i++) await tick();
    const [one, two, three, four] = startsOf(heard, tones);
    assert.equal(two, undefined);
    assert.ok(one !== undefined && three !== undefined && four !== undefined);
    const heldFrames = three - one;
    assert.ok(heldFrames >= 2 * phraseFrames - onsetFrames, `${heldFrames} of ${2 * phraseFrames} ticks`);
    // The silence is a fading voice at first, and nothing by its end.
    const end = heard.slice(three - 10, three);
    assert.ok(end.every((frame) => analyse([frame], tones[0]!).tone < 0.02));
  }
});

test("the frames of one voice in two slots are one voice", async (context) => {
  const one = await open(context);
  const other = await one.beside();
  const sentence = await sentenceOf(1, tones);
  // The second phrase goes another way, and comes when the third is heard.
  for (let i = 0; i < phraseFrames; i++) await one.tick([first + i, sentence[i]!]);
  for (let i = 2 * phraseFrames; i < 3 * phraseFrames; i++) await one.tick([first + i, sentence[i]!]);
  for (let i = 0; i < 40; i++) await one.tick();
  assert.notEqual(startsOf(one.heard, tones)[2], undefined);
  for (let i = phraseFrames; i < 2 * phraseFrames; i++) await other.tick([i, sentence[i]!]);
  assert.deepEqual(startsOf(other.heard, tones), [undefined, undefined, undefined, undefined]);
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
  const stream = { authentic: 0, open: () => (waiting++, new Promise<never>(() => undefined)) };
  const slot = new ReceiveSlot(stream, await createMonoDecoder(), new PlayedVoices(), () => undefined);
  context.after(() => slot.close());
  for (let i = 0; i < 60; i++) {
    slot.receive(i, new Uint8Array(20), 0);
    assert.equal(waiting, Math.min(i + 1, 50));
  }
});
