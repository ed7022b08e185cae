/** By which loudspeaker what is heard comes, from its first sound on. The elements are the page's, so they are played here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setImmediate as settled } from "node:timers/promises";

import { Loudspeakers } from "../../src/browser/loudspeakers.ts";
import type { LoudspeakerTrouble } from "../../src/sound-choices.ts";

/** An element, and by what it was to be heard when it began. */
class Element {
  static all: Element[] = [];
  static connected = ["headset"];
  static tried: string[] = [];
  #sink = "";
  #source: unknown = null;
  autoplay = false;
  volume = 1;
  readonly heardBy: string[] = [];
  constructor() {
    Element.all.push(this);
  }
  get srcObject(): unknown {
    return this.#source;
  }
  set srcObject(source: unknown) {
    this.#source = source;
    if (source !== null) this.heardBy.push(this.#sink);
  }
  async setSinkId(id: string): Promise<void> {
    Element.tried.push(id);
    await settled();
    if (id !== "" && !Element.connected.includes(id)) throw new DOMException("none", "NotFoundError");
    this.#sink = id;
  }
  play = (): Promise<void> => Promise.resolve();
  pause = (): void => undefined;
}

/** @returns the loudspeakers, and what they told */
function inPage(t: TestContext, wish: () => string | undefined) {
  const globals = {
    document: new EventTarget(),
    navigator: {},
    Audio: Element,
    MediaStream: EventTarget,
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, value });
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, before);
    });
  }
  Element.all = [];
  const told: (LoudspeakerTrouble | undefined)[] = [];
  return {
    loudspeakers: new Loudspeakers(wish, (trouble) => told.push(trouble)),
    told,
  };
}

const track = {} as MediaStreamTrack;
const soon = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await settled();
};
const heardBy = (): readonly (readonly string[])[] => Element.all.map((element) => element.heardBy);

test("who chose a headset is heard by nothing else, not even at the beginning, nor of a second connection", async (t) => {
  const { loudspeakers, told } = inPage(t, () => "headset");
  loudspeakers.play([track, track]);
  // A key lets begin what the browser blocks, and that alone.
  document.dispatchEvent(new Event("keydown"));
  await soon();
  loudspeakers.play([track]);
  await soon();
  assert.deepEqual(heardBy(), [["headset"], ["headset"], ["headset"]]);
  assert.deepEqual(told, []);
});

test("where the chosen one is not there, or none is chosen, it comes by the default one; after the end nothing does", async (t) => {
  for (const wish of ["unplugged", undefined]) {
    const { loudspeakers, told } = inPage(t, () => wish);
    loudspeakers.play([track]);
    await soon();
    assert.deepEqual(heardBy(), [[""]]);
    assert.deepEqual(told, wish === undefined ? [] : ["gone"]);
    loudspeakers.play([track]);
    loudspeakers.close();
    await soon();
    assert.deepEqual(heardBy(), [[""], []]);
  }
});

test("another choice before the first had come about is the one that counts; the same once more, as with a volume, does nothing", async (t) => {
  Element.connected = ["headset", "desk"];
  let wish = "headset";
  const { loudspeakers } = inPage(t, () => wish);
  loudspeakers.play([track]);
  wish = "desk";
  await loudspeakers.chosen();
  await soon();
  assert.deepEqual(heardBy(), [["desk"]]);
  const tried = Element.tried.length;
  await loudspeakers.chosen();
  assert.equal(Element.tried.length, tried);
  // What is not there is tried again.
  wish = "unplugged";
  await loudspeakers.chosen();
  const failed = Element.tried.length;
  await loudspeakers.chosen();
  assert.ok(Element.tried.length > failed);
});
