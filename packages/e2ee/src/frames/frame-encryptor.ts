import type { Bytes } from "@signet/protocol";
import { sealFrame } from "../sframe/frame.ts";
import { deriveSFrameKey, type SFrameKey } from "../sframe/key.ts";
import { encodeKid, epochBitsOf, nextSenderContext } from "../sframe/kid.ts";
import type { FrameEpoch } from "./epoch-keys.ts";
import { audioMetadata, endMetadata } from "./metadata.ts";

export type SealResult =
  | { readonly type: "sealed"; readonly data: Bytes }
  | { readonly type: "dropped"; readonly reason: "noKey" | "empty" };

interface SenderKey {
  readonly epoch: bigint;
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

  /** @param context from {@link nextSenderContext}; given where another thread counts the contexts */
  constructor(context: number = nextSenderContext()) {
    this.#context = context;
  }

  /**
   * Frames sealed after this call use the new epoch's key and no other.
   * @returns false, and changes nothing, when `epoch` is not later than the current one, or nothing is sealed any more
   */
  setEpoch({ epoch, baseKey, ownLeaf }: FrameEpoch): boolean {
    if (this.#finished || (this.#sender !== undefined && epoch <= this.#sender.epoch)) return false;
    const kid = encodeKid({ context: this.#context, leaf: ownLeaf, epochBits: epochBitsOf(epoch) });
    const key = deriveSFrameKey(baseKey, kid, "seal");
    // A key that cannot be derived fails each frame that wants it; before the first one nobody waits for it.
    key.catch(() => undefined);
    this.#sender = { epoch, key };
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
    return { type: "sealed", data: await sealFrame(await sender.key, ctr, audioMetadata, plaintext) };
  }

  /**
   * Nothing is sealed from now on: another terminal goes on in this one's place. The frame says how many were sealed, so that receivers know what
   * lies between the last one of them that came and the first one of the other terminal.
   * @returns undefined when there is no key
   */
  async finish(): Promise<Bytes | undefined> {
    const sender = this.#sender;
    this.#finished = true;
    this.#sender = undefined;
    if (sender === undefined) return undefined;
    // It has no content: its counter is what it says.
    return sealFrame(await sender.key, this.#nextCtr++, endMetadata, new Uint8Array(0));
  }
}
