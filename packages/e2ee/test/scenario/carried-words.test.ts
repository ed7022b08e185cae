/** Words that go with the sound: they prove it without the server and over loss, whoever carries them, and those of before are spared. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { someBytes } from "../bytes.ts";
import { Room, anna, carol } from "../proven-room.ts";

test("words that go with the sound prove it: neither the server nor a connection to it is needed", async () => {
  const room = await Room.open();
  room.passOn = () => undefined;
  room.answers = false;
  room.carries = 2;
  await room.speaks(3_000);
  room.bens.signalling(false);
  await room.speaks(3_000);
  assert.deepEqual(room.news, []);
  assert.equal(room.opened, 300);
});

test("where four of ten packets get lost the copies of a word prove what comes", async () => {
  const room = await Room.open();
  room.passOn = () => undefined;
  room.carries = 4;
  // Two of five, in turn: never all of a word, whose copies are six frames apart.
  let packet = 0;
  room.isLost = () => ++packet % 5 < 2;
  await room.speaks(8_000);
  assert.deepEqual(room.news, []);
});

test("a word that carol's frames carry is taken for what it is: anna's proves anna's, and none of carol's proves them", async () => {
  const room = await Room.open();
  await room.speaks(1_500);
  room.passOn = (word) => {
    const forged = word.map((byte, at) => (at === 40 ? byte ^ 1 : byte));
    room.carols.carry({ word: forged, copies: 3 });
    room.carols.carry({ word, copies: 1 });
  };
  await room.enter(2n, { as: carol });
  await room.speaks(6_000, [room.annas, room.carols]);
  assert.deepEqual(
    room.states.filter((one) => one.startsWith("person 0")),
    [],
  );
  // Carol signs nothing.
  assert.deepEqual(room.states, ["person 2: unproven"]);
});

test("to those of before the sound carries nothing", async () => {
  const room = await Room.open();
  room.annas.carry({ word: someBytes(100), copies: 4 });
  const lengths = async (): Promise<number> => {
    const sealed = await room.annas.seal(someBytes(60));
    return sealed.type === "sealed" ? sealed.data.length : 0;
  };
  assert.ok((await lengths()) > 160);
  room.annas.setEpoch(await room.epochFor(anna, 2n, false));
  for (let n = 0; n < 20; n++) assert.ok((await lengths()) < 100);
});

test("what was marked and played all the while is opened once, also when words prove it", async () => {
  const room = await Room.open();
  const { passOn } = room;
  room.passOn = () => undefined;
  room.answers = false;
  await room.speaks(6_000);
  assert.deepEqual(room.states, ["person 0: unchecked"]);
  // Since the last word.
  const sealed = await room.annas.seal(someBytes(60));
  assert.ok(sealed.type === "sealed");
  assert.equal((await room.slot.open(sealed.data)).type, "opened");
  for (const word of room.words) passOn(word);
  for (let turn = 0; turn < 1_000 && room.states.length < 2; turn++) await room.settle();
  assert.deepEqual(room.states, ["person 0: unchecked", "person 0: proven"]);
  assert.deepEqual(await room.slot.open(sealed.data), { type: "dropped", reason: "replayed" });
});
