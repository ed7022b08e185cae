/** Frames under real keys, held against words under real signatures: a member who seals in another's name is found, and what does not hold of a word counts for nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes } from "@signet/protocol";

import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { leastWordBytes, mostTags, mostWordBytes, readWord, signWord } from "../../src/frames/spoken-word.ts";
import { createLeafKey } from "../../src/mls/suite.ts";
import { someBytes } from "../bytes.ts";
import { Room, anna, ben, callId, carol } from "../proven-room.ts";

test("what anna says is proven, over epochs and a silence, and nothing of it is left out", async () => {
  const room = await Room.open();
  await room.speaks(1_500);
  await room.enter(2n);
  await room.speaks(1_500);
  await room.pass(3_000);
  await room.speaks(1_000);
  await room.pass(3_000);
  assert.deepEqual(room.news, []);
  assert.equal(room.opened, 200);
  assert.ok(room.words.length >= 5 && room.words.length <= 9, `${room.words.length} words`);
  assert.ok(room.words.every(({ length }) => length >= leastWordBytes && length <= mostWordBytes));
});

test("carol seals in the name of anna, who speaks: found by anna's next word, and heard no more until anna proves five seconds", async () => {
  const room = await Room.open();
  await room.speaks(1_500);
  // As many frames as anna sealed: what is new.
  for (let n = 0; n < 75; n++) await room.carols.seal(someBytes(3));
  await room.says(room.carols, 9);
  await room.speaks(1_100);
  assert.deepEqual(room.states, ["person 0: forged"]);
  const { opened } = room;
  const { authentic } = room.slot;
  await room.speaks(3_000, [room.carols, room.annas]);
  assert.equal(room.opened, opened);
  assert.ok(room.slot.authentic >= authentic + 150, "the way works, whoever it is");
  await room.speaks(8_000);
  assert.deepEqual(room.states, ["person 0: forged", "person 0: proven"]);
  const heard = room.opened;
  await room.speaks(2_000);
  assert.equal(room.opened, heard + 100);
});

test("carol seals in the name of anna, who says nothing: within two seconds nothing of it is heard", async () => {
  const room = await Room.open();
  await room.speaks(2_600, [room.carols]);
  assert.deepEqual(room.states, ["person 0: unproven"]);
  assert.ok(room.opened <= 115, `${room.opened} were heard`);
});

test("far ahead of anna's counter carol silences her for as long as she goes on, and is told of; anna is heard again afterwards", async () => {
  const room = await Room.open();
  await room.speaks(1_000);
  for (let n = 0; n < 5_000; n++) await room.carols.seal(someBytes(3));
  await room.says(room.carols, 9);
  await room.speaks(9_000);
  assert.deepEqual(room.states, ["person 0: unproven", "person 0: proven"]);
  const heard = room.opened;
  await room.speaks(1_000);
  assert.equal(room.opened, heard + 50);
});

test("whose leaf does not say that it signs is heard without a word, and never accused", async () => {
  const room = await Room.open({ proves: false });
  room.passOn = () => undefined;
  await room.speaks(5_000);
  assert.deepEqual(room.news, []);
  assert.equal(room.opened, 250);
});

test("without an answer of the server nobody is accused, and what is heard is marked as not checked", async () => {
  const room = await Room.open();
  room.passOn = () => undefined;
  room.answers = false;
  await room.speaks(4_500);
  assert.deepEqual(room.news, []);
  assert.ok(room.asked.length >= 1);
  await room.speaks(1_000);
  assert.deepEqual(room.states, ["person 0: unchecked"]);
  const { opened } = room;
  await room.speaks(1_000);
  assert.equal(room.opened, opened + 50, "and is played");
  room.answers = true;
  await room.speaks(4_500);
  assert.equal(room.states.at(-1), "person 0: unproven", "a server that answers has none");
});

test("words that name an epoch which never comes keep none of those out that come before theirs", async () => {
  const room = await Room.open();
  const never = { leaf: anna, context: 0, from: 0n, pauses: false, first: 0n, tags: [1n] };
  for (let n = 0; n < 300; n++)
    room.bens.hearWord(await signWord(room.keys[carol]!, callId, { ...never, epoch: 99n + BigInt(n) }));
  room.annas.setEpoch(await room.epochFor(anna, 2n));
  const frames: Bytes[] = [];
  for (let n = 0; n < 60; n++) {
    const sealed = await room.annas.seal(someBytes(60, 1));
    if (sealed.type === "sealed") frames.push(sealed.data);
    await room.pass(20);
  }
  await room.pass(500);
  assert.ok(room.words.length >= 2);
  await room.enter(2n);
  for (const frame of frames) assert.equal((await room.slot.open(frame)).type, "opened");
  await room.pass(3_000);
  assert.deepEqual(room.news, []);
});

test("while the own connection is away nobody is accused, and what has no word is marked", async () => {
  const room = await Room.open();
  await room.speaks(1_500);
  room.passOn = () => undefined;
  room.bens.signalling(false);
  await room.speaks(8_000);
  assert.deepEqual(room.states, ["person 0: unchecked"]);
});

test("who goes on at another terminal, or comes back, is not told of for what was found before", async () => {
  const room = await Room.open();
  const [, ...others] = room.keys;
  await room.speaks(2_600, [room.carols]);
  assert.deepEqual(room.states, ["person 0: unproven"]);
  const next = await createLeafKey();
  room.keys = [next, ...others];
  const former = new FrameEncryptor(0);
  former.setEpoch(await room.epochFor(anna, 1n));
  await room.enter(2n);
  assert.deepEqual(room.states, ["person 0: unproven", "person 0: proven"]);
  // For a second the new one waits for how far the former one counted.
  await room.pass(1_100);
  await room.speaks(3_000);
  assert.equal(room.news.length, 2);
  // Counters of the first epoch, of the terminal that is there no more; and they silence the present one not at all.
  for (let n = 0; n < 400; n++) await former.seal(someBytes(3));
  const heard = room.opened;
  await room.speaks(2_000, [room.annas, former]);
  assert.equal(room.opened, heard + 100);
  await room.pass(1_000);
  assert.deepEqual(room.states.slice(2), []);
});

test("what is heard in the name of a terminal that gave way is told of its person for a while", async () => {
  const room = await Room.open();
  const [, ...others] = room.keys;
  await room.speaks(1_500);
  // Its last word.
  await room.pass(500);
  const former = new FrameEncryptor(0);
  former.setEpoch(await room.epochFor(anna, 1n));
  for (let n = 0; n < 100; n++) await former.seal(someBytes(3));
  room.keys = [await createLeafKey(), ...others];
  await room.enter(2n);
  await room.pass(1_100);
  await room.speaks(2_600, [former]);
  assert.deepEqual(room.states, ["person 0: unproven"]);
  await room.pass(9_000);
  assert.deepEqual(room.states, ["person 0: unproven"]);
  await room.pass(2_000);
  assert.deepEqual(room.states, ["person 0: unproven", "person 0: proven"]);
});

test("the same where its own word contradicts it, and nothing waits for one", async () => {
  const room = await Room.open();
  const [, ...others] = room.keys;
  await room.speaks(1_500);
  // It gets lost, and has its word.
  await room.annas.seal(someBytes(3));
  await room.pass(500);
  const former = new FrameEncryptor(0);
  former.setEpoch(await room.epochFor(anna, 1n));
  for (let n = 0; n < 75; n++) await former.seal(someBytes(3));
  room.keys = [await createLeafKey(), ...others];
  await room.enter(2n);
  await room.pass(1_100);
  await room.says(former, 9);
  assert.deepEqual(room.states, ["person 0: forged"]);
  await room.pass(11_000);
  assert.deepEqual(room.states, ["person 0: forged", "person 0: proven"]);
});

test("words that come before their epoch count in it", async () => {
  const room = await Room.open();
  const epoch = await room.epochFor(anna, 2n);
  room.annas.setEpoch(epoch);
  const sealed: Bytes[] = [];
  for (let n = 0; n < 50; n++) {
    const one = await room.annas.seal(someBytes(60));
    if (one.type === "sealed") sealed.push(one.data);
  }
  await room.pass(400);
  assert.equal(room.words.length, 1);
  room.bens.setEpoch(await room.epochFor(ben, 2n));
  for (const frame of sealed) assert.equal((await room.slot.open(frame)).type, "opened");
  await room.pass(4_000);
  assert.deepEqual(room.news, []);
});

/** What a server, or a member, puts in the place of anna's words: with none of it is anything proven. */
const falsehoods: readonly [
  string,
  (word: Bytes, room: Room) => Promise<readonly Bytes[]> | readonly Bytes[],
][] = [
  ["one bit of it is another", (word) => [word.map((byte, at) => (at === 40 ? byte ^ 1 : byte))]],
  [
    "one bit of its signature is another",
    (word) => [word.map((byte, at) => (at === word.length - 9 ? byte ^ 4 : byte))],
  ],
  [
    "its end is missing",
    (word) => [word.slice(0, -1), word.slice(0, -8), word.slice(0, 20), new Uint8Array(0)],
  ],
  [
    "it is longer than any",
    async (word, room) => {
      const spoken = readWord(word)!;
      const long = { ...spoken, tags: Array.from({ length: mostTags + 1 }, (_, n) => spoken.tags[n] ?? 7n) };
      return [await signWord(room.keys[anna]!, callId, long)];
    },
  ],
  ["carol signed it", async (word, room) => [await signWord(room.keys[carol]!, callId, readWord(word)!)]],
  [
    "it is of another call",
    async (word, room) => [await signWord(room.keys[anna]!, someBytes(16, 9), readWord(word)!)],
  ],
  [
    "it is of another epoch",
    async (word, room) => [await signWord(room.keys[anna]!, callId, { ...readWord(word)!, epoch: 0n })],
  ],
  [
    "it is carol's, of her own leaf",
    async (word, room) => [await signWord(room.keys[carol]!, callId, { ...readWord(word)!, leaf: carol })],
  ],
  [
    "it is of another context",
    async (word, room) => [await signWord(room.keys[anna]!, callId, { ...readWord(word)!, context: 1 })],
  ],
];
for (const [what, change] of falsehoods)
  test(`a word counts for nothing where ${what}`, async () => {
    const room = await Room.open();
    const passOn = room.passOn;
    let changing: Promise<unknown> = Promise.resolve();
    room.passOn = (word) => {
      changing = changing.then(async () => (await change(word, room)).forEach(passOn));
    };
    await room.speaks(3_000);
    await changing;
    assert.deepEqual(room.states, ["person 0: unproven"]);
  });

test("a word that is repeated proves nothing more, and harms nobody", async () => {
  const room = await Room.open();
  const passOn = room.passOn;
  room.passOn = (word) => [word, room.words[0]!, word].forEach(passOn);
  await room.speaks(4_000);
  assert.deepEqual(room.news, []);
  room.passOn = () => passOn(room.words[0]!);
  await room.speaks(3_500);
  assert.deepEqual(room.states, ["person 0: unproven"]);
});
