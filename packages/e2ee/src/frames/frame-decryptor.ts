import { SerialQueue } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import { openFrame } from "../sframe/frame.ts";
import { decodeHeader, type DecodedHeader } from "../sframe/header.ts";
import { deriveSFrameKey, type SFrameKey } from "../sframe/key.ts";
import { decodeKid, encodeKid, epochBitsOf, type KidParts } from "../sframe/kid.ts";
import { ReplayWindow } from "../sframe/replay-window.ts";
import { systemClock, type FrameClock } from "./clock.ts";
import type { FrameEpoch } from "./epoch-keys.ts";
import {
  initialEpochRing,
  stepEpochRing,
  type EpochRingDropReason,
  type EpochRingInput,
} from "./epoch-ring.ts";
import { audioMetadata } from "./metadata.ts";
import { SenderLine } from "./sender-line.ts";

export type OpenDropReason =
  | EpochRingDropReason
  /** No payload; Firefox sends some at the start. */
  | "empty"
  /** Not an SFrame, or a KID that no sender of ours uses. */
  | "malformed"
  /** The leaf is not a member in this epoch. */
  | "unknownLeaf"
  /** Our own frame, sent back to us. */
  | "ownFrame"
  | "replayed"
  /** So far behind the newest frame of its sender that nobody waits for it any more. */
  | "late"
  /** The tag does not match: altered, or sealed with another key. */
  | "forged"
  | "closed";

export type OpenResult =
  | {
      readonly type: "opened";
      readonly data: Bytes;
      readonly leaf: number;
      readonly epoch: bigint;
      /**
       * Where the frame belongs among all of this leaf's, in whichever slot and epoch they come: authenticated, while order and time of
       * packets are the server's word. One more from frame to frame; what is missing in between was sealed and did not come.
       */
      readonly place: number;
    }
  | { readonly type: "dropped"; readonly reason: OpenDropReason };

/** Frames of one receiving slot; results come in the order in which the frames could be opened. */
export interface ReceiveStream {
  /** Settles late for a frame whose epoch is not known yet: when its key has come, or it has waited too long. */
  open(frame: Bytes): Promise<OpenResult>;
}

interface PendingFrame {
  readonly frame: Bytes;
  readonly header: DecodedHeader;
  readonly kid: KidParts;
  readonly stream: SerialQueue;
  readonly settle: (result: OpenResult | Promise<OpenResult>) => void;
}

/** Frames of this sender were opened up to this counter, or will be before the next word of it. */
export interface ReachedFrame {
  readonly leaf: number;
  readonly epoch: bigint;
  /** Of the KID. */
  readonly context: number;
  readonly ctr: bigint;
}

/** Half a second of a voice: so seldom is it told how far frames were opened, and so much may be lost of a voice that paused then. */
const reachedAheadFrames = 25n;

interface Sender {
  readonly key: Promise<SFrameKey>;
  readonly window: ReplayWindow;
  /** What was told of it. */
  reachedCtr: bigint;
}

interface EpochKeys extends FrameEpoch {
  readonly leafSet: ReadonlySet<number>;
  /** By KID; derived when the first frame comes. */
  readonly senders: Map<bigint, Sender>;
}

/** Decrypts what one terminal receives in one call, whichever slot and connection it comes in. */
export class FrameDecryptor {
  readonly #clock: FrameClock;
  readonly #onReached: (reached: ReachedFrame) => void;
  readonly #keys = new Map<bigint, EpochKeys>();
  /** By leaf. */
  readonly #lines = new Map<number, SenderLine>();
  #ring = initialEpochRing<PendingFrame>();
  #cancelWake: () => void = () => undefined;
  #framesHeld = 0;
  #closed = false;

  /** @param onReached told before the frames are given out that it is about, for a decryptor that may have to take over */
  constructor(clock: FrameClock = systemClock, onReached: (reached: ReachedFrame) => void = () => undefined) {
    this.#clock = clock;
    this.#onReached = onReached;
  }

  /** Frames that had to wait for their epoch's key so far. */
  get framesHeld(): number {
    return this.#framesHeld;
  }

  /**
   * @param reached what another decryptor opened in this epoch: nothing of it, or of before it, is opened again
   * @returns false, and changes nothing, when `epoch` is not later than the current one
   */
  setEpoch(epoch: FrameEpoch, reached: readonly ReachedFrame[] = []): boolean {
    if (this.#closed) return false;
    const current = this.#ring.epochs.at(-1);
    if (current !== undefined && epoch.epoch <= current.epoch) return false;
    const senders = new Map<bigint, Sender>();
    for (const { leaf, context, ctr } of reached.filter((one) => one.epoch === epoch.epoch)) {
      const kid = encodeKid({ context, leaf, epochBits: epochBitsOf(epoch.epoch) });
      senders.set(kid, newSender(epoch, kid, ctr));
      const line = new SenderLine();
      line.place({ epoch: epoch.epoch, context, ctr });
      this.#lines.set(leaf, line);
    }
    this.#keys.set(epoch.epoch, { ...epoch, leafSet: new Set(epoch.leaves), senders });
    this.#step({ type: "epoch", epoch: epoch.epoch });
    return true;
  }

  stream(): ReceiveStream {
    const stream = new SerialQueue();
    return {
      open: (frame) => {
        if (this.#closed) return dropped("closed");
        if (frame.length === 0) return dropped("empty");
        const header = decodeHeader(frame);
        const kid = header && decodeKid(header.kid);
        if (header === undefined || kid === undefined) return dropped("malformed");
        return new Promise((settle) => {
          this.#step({
            type: "frame",
            frame: { frame, header, kid, stream, settle },
            epochBits: kid.epochBits,
            lengthBytes: frame.length,
          });
        });
      },
    };
  }

  /** Forgets all keys and drops what waits. */
  close(): void {
    this.#closed = true;
    this.#cancelWake();
    for (const { frame } of this.#ring.held) frame.settle({ type: "dropped", reason: "closed" });
    this.#ring = initialEpochRing();
    this.#keys.clear();
    this.#lines.clear();
  }

  #step(input: EpochRingInput<PendingFrame>): void {
    const { state, effects } = stepEpochRing(this.#ring, input, this.#clock.nowMs());
    this.#ring = state;
    for (const effect of effects) {
      if (effect.type === "open") this.#open(effect.frame, effect.epoch);
      else if (effect.type === "drop") effect.frame.settle({ type: "dropped", reason: effect.reason });
      else if (effect.type === "hold") this.#framesHeld++;
      else if (effect.type === "forget") this.#keys.delete(effect.epoch);
      else this.#wakeAt(effect.atMs);
    }
  }

  #wakeAt(atMs: number): void {
    this.#cancelWake();
    this.#cancelWake = this.#clock.schedule(Math.max(0, atMs - this.#clock.nowMs()), () =>
      this.#step({ type: "time" }),
    );
  }

  /** Decrypts at once, and settles after the frames of this stream that were opened before. */
  #open(pending: PendingFrame, epoch: bigint): void {
    const keys = this.#keys.get(epoch);
    const result = keys === undefined ? dropped("expiredEpoch") : this.#decrypt(pending, keys);
    pending.settle(pending.stream.run(async () => result));
  }

  async #decrypt({ frame, header, kid }: PendingFrame, keys: EpochKeys): Promise<OpenResult> {
    if (kid.leaf === keys.ownLeaf) return dropped("ownFrame");
    if (!keys.leafSet.has(kid.leaf)) return dropped("unknownLeaf");
    let sender = keys.senders.get(header.kid);
    if (sender === undefined) {
      sender = newSender(keys, header.kid);
      keys.senders.set(header.kid, sender);
    }
    if (sender.window.isBehind(header.ctr)) return dropped("late");
    if (sender.window.has(header.ctr)) return dropped("replayed");
    const data = await openFrame(await sender.key, header, audioMetadata, frame);
    if (data === undefined) {
      // A KID that opened nothing yet is not kept, or whoever forges frames could fill the memory with keys.
      if (sender.window.isEmpty && keys.senders.get(header.kid) === sender) keys.senders.delete(header.kid);
      return dropped("forged");
    }
    const kept = keys.senders.get(header.kid) ?? sender;
    keys.senders.set(header.kid, kept);
    // Asked again: a copy of the frame may have been opened in the meantime.
    if (!kept.window.add(header.ctr)) return dropped("replayed");
    const line = this.#lines.get(kid.leaf) ?? new SenderLine();
    this.#lines.set(kid.leaf, line);
    const place = line.place({ epoch: keys.epoch, context: kid.context, ctr: header.ctr });
    if (place === undefined) return dropped("late");
    if (header.ctr > kept.reachedCtr) {
      kept.reachedCtr = header.ctr + reachedAheadFrames;
      this.#onReached({ leaf: kid.leaf, epoch: keys.epoch, context: kid.context, ctr: kept.reachedCtr });
    }
    return { type: "opened", data, leaf: kid.leaf, epoch: keys.epoch, place };
  }
}

/** @param floor counters up to this one were opened elsewhere */
function newSender({ baseKey }: FrameEpoch, kid: bigint, floor = -1n): Sender {
  const key = deriveSFrameKey(baseKey, kid, "open");
  // One that cannot be derived fails each frame that wants it.
  key.catch(() => undefined);
  return { key, window: new ReplayWindow(floor), reachedCtr: floor };
}

async function dropped(reason: OpenDropReason): Promise<OpenResult> {
  return { type: "dropped", reason };
}
