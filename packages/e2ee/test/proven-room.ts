/** A call of three over real keys, frames and signatures, whose server and ways do what a test wants. */
import assert from "node:assert/strict";

import { toBase64Url, type Bytes } from "@signet/protocol";

import type { FrameEpoch } from "../src/frames/epoch-keys.ts";
import { FrameDecryptor } from "../src/frames/frame-decryptor.ts";
import { FrameEncryptor } from "../src/frames/frame-encryptor.ts";
import type { ProofNews } from "../src/frames/proven-speakers.ts";
import { signWord, type SpokenWord } from "../src/frames/spoken-word.ts";
import { createLeafKey, type LeafKey } from "../src/mls/suite.ts";
import { importBaseKey } from "../src/sframe/key.ts";
import { someBytes } from "./bytes.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const [anna, ben, carol] = [0, 1, 2] as const;
export const callId = someBytes(16, 3);
export const frameMs = 20;

/** Anna speaks, ben hears, carol has all keys that they have. */
export class Room {
  readonly clock = new VirtualClock();
  readonly news: ProofNews[] = [];
  readonly words: Bytes[] = [];
  readonly asked: number[] = [];
  keys: readonly LeafKey[];
  readonly annas: FrameEncryptor;
  readonly carols = new FrameEncryptor(0);
  readonly bens: FrameDecryptor;
  readonly slot: ReturnType<FrameDecryptor["stream"]>;
  readonly #sent: SpokenWord[] = [];
  /** What the server does with a word. */
  passOn = (word: Bytes): void => this.bens.hearWord(word);
  answers = true;
  /** In how many packets anna's sound carries each of her words. */
  carries = 0;
  isLost = (): boolean => false;
  opened = 0;

  private constructor(keys: readonly LeafKey[]) {
    this.keys = keys;
    this.annas = new FrameEncryptor(0, (word) => this.#sent.push(word), this.clock);
    this.bens = new FrameDecryptor(this.clock, undefined, {
      onNews: (news) => this.news.push(news),
      ask: (number) => this.asked.push(number),
    });
    this.slot = this.bens.stream();
  }

  static async open(options: { readonly proves?: boolean } = {}): Promise<Room> {
    const room = new Room(await Promise.all([createLeafKey(), createLeafKey(), createLeafKey()]));
    await room.enter(1n, options);
    return room;
  }

  async epochFor(ownLeaf: number, epoch: bigint, proves = true): Promise<FrameEpoch> {
    const senders = this.keys.map(({ publicKey }, leaf) => ({
      leaf,
      person: `person ${leaf}`,
      key: toBase64Url(publicKey),
      proves,
    }));
    return { epoch, baseKey: await importBaseKey(someBytes(16, Number(epoch))), senders, ownLeaf, callId };
  }

  /** @param as whose frames carol seals */
  async enter(
    epoch: bigint,
    { proves = true, as = anna }: { proves?: boolean; as?: number } = {},
  ): Promise<void> {
    this.annas.setEpoch(await this.epochFor(anna, epoch));
    this.bens.setEpoch(await this.epochFor(ben, epoch, proves));
    this.carols.setEpoch(await this.epochFor(as, epoch));
  }

  async says(encryptor: FrameEncryptor, content = 1): Promise<void> {
    const sealed = await encryptor.seal(someBytes(60, content));
    assert.equal(sealed.type, "sealed");
    if (sealed.type !== "sealed") return;
    if (this.isLost()) return;
    const result = await this.slot.open(sealed.data);
    if (result.type === "opened") this.opened++;
  }

  /** Time passes, and what was asked and said meanwhile comes to where it belongs. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += frameMs) {
      this.clock.advance(frameMs);
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (const word of this.#sent.splice(0)) {
      const signed = await signWord(this.keys[anna]!, callId, word);
      this.words.push(signed);
      this.passOn(signed);
      if (this.carries > 0) this.annas.carry({ word: signed, copies: this.carries });
    }
    if (this.answers) for (const number of this.asked.splice(0)) this.bens.answered(number);
    // Signatures are checked elsewhere: longer than any takes.
    for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async speaks(ms: number, who: readonly FrameEncryptor[] = [this.annas]): Promise<void> {
    for (let passed = 0; passed < ms; passed += frameMs) {
      for (const [n, one] of who.entries()) await this.says(one, n + 1);
      await this.pass(frameMs);
    }
  }

  get states(): string[] {
    return this.news.map(({ person, state }) => `${person}: ${state}`);
  }
}
