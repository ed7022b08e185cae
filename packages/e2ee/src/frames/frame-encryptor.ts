import type { Bytes } from "@signet/protocol";
import { sealFrame } from "../sframe/frame.ts";
import { deriveSFrameKey, type SFrameKey } from "../sframe/key.ts";
import { encodeKid, epochBitsOf, nextSenderContext } from "../sframe/kid.ts";
import { CarriedWords, type SignedWord } from "./carried-word.ts";
import { systemClock, type FrameClock } from "./clock.ts";
import type { FrameEpoch } from "./epoch-keys.ts";
import { audioMetadata, endMetadata } from "./metadata.ts";
import { frameTag, type SpokenWord } from "./spoken-word.ts";
import { SpokenFrames } from "./spoken.ts";

export type SealResult =
  | { readonly type: "sealed"; readonly data: Bytes }
  | { readonly type: "dropped"; readonly reason: "noKey" | "empty" };

interface SenderKey {
  readonly epoch: bigint;
  readonly leaf: number;
  /** Counter with which this epoch begins. */
  readonly from: bigint;
  readonly key: Promise<SFrameKey>;
}

/**
 * Encrypts the frames of one sender for a whole call, over all its epochs and connections. There must be one per call
 * and process, because its counter is what keeps nonces apart; a second one gets a context, and so a key, of its own.
 * The counter goes on from epoch to epoch, so that receivers know what lies between the last frame of one and the first of the next.
 */
export class FrameEncryptor {
  readonly #context: number;
  #sender: SenderKey | undefined;
  #nextCtr = 0n;
  #finished = false;
  readonly #spoken = new SpokenFrames();
  readonly #carried = new CarriedWords();
  /** All in the group take words with the sound; who is of before takes a frame that carries one for none. */
  #carries = false;
  readonly #clock: FrameClock;
  readonly #onWord: ((word: SpokenWord) => void) | undefined;
  #wakeAtMs = Infinity;
  #cancelWake: () => void = () => undefined;

  /**
   * @param context from {@link nextSenderContext}; given where another thread counts the contexts
   * @param onWord told what is to be signed of what was sealed; without it nothing is kept for that
   */
  constructor(
    context: number = nextSenderContext(),
    onWord?: (word: SpokenWord) => void,
    clock: FrameClock = systemClock,
  ) {
    this.#context = context;
    this.#onWord = onWord;
    this.#clock = clock;
  }

  /**
   * Frames sealed after this call use the new epoch's key and no other.
   * @returns false, and changes nothing, when `epoch` is not later than the current one, or nothing is sealed any more
   */
  setEpoch({ epoch, baseKey, ownLeaf, senders }: FrameEpoch): boolean {
    if (this.#finished || (this.#sender !== undefined && epoch <= this.#sender.epoch)) return false;
    const kid = encodeKid({ context: this.#context, leaf: ownLeaf, epochBits: epochBitsOf(epoch) });
    const key = deriveSFrameKey(baseKey, kid, "seal");
    // A key that cannot be derived fails each frame that wants it; before the first one nobody waits for it.
    key.catch(() => undefined);
    this.#sender = { epoch, key, leaf: ownLeaf, from: this.#nextCtr };
    this.#carries = senders.every(({ proves }) => proves === true);
    return true;
  }

  /** Drops the frame, rather than let it out as it is, when there is no key. */
  async seal(plaintext: Bytes): Promise<SealResult> {
    // Firefox emits some empty frames before the first real one.
    if (plaintext.length === 0) return { type: "dropped", reason: "empty" };
    const sender = this.#sender;
    if (sender === undefined) return { type: "dropped", reason: "noKey" };
    // Taken before anything is awaited: no two frames get the same counter.
    const ctr = this.#nextCtr++;
    const data = await sealFrame(await sender.key, ctr, audioMetadata, plaintext);
    this.#sealed(sender, ctr, data);
    return { type: "sealed", data: this.#carries ? this.#carried.load(ctr, data) : data };
  }

  /** Some of the frames to come carry this word. */
  carry(word: SignedWord): void {
    this.#carried.add(word);
  }

  /**
   * Nothing is sealed from now on: another terminal goes on in this one's place. The frame says how many were sealed, so that receivers know what
   * lies between the last one of them that came and the first one of the other terminal.
   * @returns undefined when there is no key
   */
  async finish(): Promise<Bytes | undefined> {
    const sender = this.#sender;
    this.stop();
    if (sender === undefined) return undefined;
    // It has no content: its counter is what it says.
    return sealFrame(await sender.key, this.#nextCtr++, endMetadata, new Uint8Array(0));
  }

  /** Nothing is sealed from now on. What was is spoken for at once. */
  stop(): void {
    this.#finished = true;
    this.#sender = undefined;
    this.#speak(Infinity);
  }

  #sealed({ epoch, leaf, from }: SenderKey, ctr: bigint, data: Bytes): void {
    if (this.#onWord === undefined) return;
    const frame = { epoch, leaf, from, ctr, context: this.#context, tag: frameTag(data) };
    this.#spoken.sealed(frame, this.#clock.nowMs());
    this.#speak(this.#finished ? Infinity : this.#clock.nowMs());
  }

  #speak(nowMs: number): void {
    for (const word of this.#spoken.take(nowMs)) this.#onWord?.(word);
    const { dueAtMs } = this.#spoken;
    if (dueAtMs === Infinity) {
      this.#wakeAtMs = Infinity;
      return this.#cancelWake();
    }
    // It is put off with each frame: whoever wakes too soon asks again.
    if (this.#wakeAtMs <= dueAtMs) return;
    this.#cancelWake();
    this.#wakeAtMs = dueAtMs;
    this.#cancelWake = this.#clock.schedule(Math.max(0, dueAtMs - this.#clock.nowMs()), () => {
      this.#wakeAtMs = Infinity;
      this.#speak(this.#clock.nowMs());
    });
  }
}
