import { SerialQueue } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import { openFrame } from "../sframe/frame.ts";
import { decodeHeader, type DecodedHeader } from "../sframe/header.ts";
import { deriveSFrameKey, type SFrameKey } from "../sframe/key.ts";
import { decodeKid, encodeKid, epochBitsOf, type KidParts } from "../sframe/kid.ts";
import { ReplayWindow } from "../sframe/replay-window.ts";
import { takeWord } from "./carried-word.ts";
import { systemClock, type FrameClock } from "./clock.ts";
import type { FrameEpoch } from "./epoch-keys.ts";
import {
  initialEpochRing,
  stepEpochRing,
  type EpochRingDropReason,
  type EpochRingInput,
} from "./epoch-ring.ts";
import { audioMetadata, endMetadata } from "./metadata.ts";
import { ProvenSpeakers, type ProofNews } from "./proven-speakers.ts";
import { frameTag } from "./spoken-word.ts";
import type { FrameNumbers } from "./sender-line.ts";
import { VoiceLines, type VoiceAtLeaf } from "./voice-lines.ts";

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
  /** Not proven to be of the terminal whose key it names, or proven not to be. */
  | "unproven"
  | "closed";

export type OpenResult =
  | {
      readonly type: "opened";
      readonly data: Bytes;
      readonly leaf: number;
      readonly epoch: bigint;
      /** Whose it is: a number of this decryptor for the person, at whichever leaf and terminal. */
      readonly voice: number;
      /**
       * Where the frame belongs among all of this voice, in whichever slot and epoch they come: authenticated, while order and time of
       * packets are the server's word. One more from frame to frame; what is missing in between was sealed and did not come.
       */
      readonly place: number;
    }
  | { readonly type: "dropped"; readonly reason: OpenDropReason };

/** Frames of one receiving slot; results come in the order in which the frames could be opened. */
export interface ReceiveStream {
  /**
   * Frames so far that somebody in the call sealed, each once, whether or not it is known yet where they belong. What a server makes up, alters or sends
   * again is none.
   */
  readonly authentic: number;
  /**
   * Settles late for a frame whose epoch is not known yet: when its key has come, or it has waited too long; and for those of a terminal
   * that took the place of another one: when it is known how far that one counted, or a second after the last that was heard of it.
   */
  open(frame: Bytes): Promise<OpenResult>;
}

interface PendingFrame {
  readonly frame: Bytes;
  readonly header: DecodedHeader;
  readonly kid: KidParts;
  /** Takes the outcome. */
  readonly decrypted: (result: Promise<Decrypted>) => void;
  /** Authenticated with it, and not sent. */
  readonly metadata: Bytes;
}

interface Authentic {
  readonly type: "authentic";
  readonly data: Bytes;
  readonly leaf: number;
  readonly person: string;
  readonly numbers: FrameNumbers;
}

/** `counts`: somebody in the call sealed it, and it comes for the first time. */
type Dropped = Extract<OpenResult, { type: "dropped" }> & { readonly counts?: true };
type Decrypted = Authentic | Dropped;

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

interface SenderKey {
  readonly key: Promise<SFrameKey>;
  readonly kid: KidParts;
  window: ReplayWindow;
  /** What was told of it. */
  reachedCtr: bigint;
}

/** Whoever wants to know whether what is heard is proven. */
export interface ProofListener {
  readonly onNews: (news: ProofNews) => void;
  /** Whether all has come that the server said so far: {@link FrameDecryptor.answered}, with this number. */
  readonly ask: (number: number) => void;
}

interface EpochKeys extends FrameEpoch {
  readonly byLeaf: ReadonlyMap<number, VoiceAtLeaf>;
  /** By KID; derived when the first frame comes. */
  readonly derived: Map<bigint, SenderKey>;
}

/** Decrypts what one terminal receives in one call, whichever slot and connection it comes in. */
export class FrameDecryptor {
  readonly #clock: FrameClock;
  readonly #onReached: (reached: ReachedFrame) => void;
  readonly #keys = new Map<bigint, EpochKeys>();
  readonly #lines: VoiceLines;
  readonly #speakers: ProvenSpeakers | undefined;
  #ring = initialEpochRing<PendingFrame>();
  #cancelWake: () => void = () => undefined;
  #framesHeld = 0;
  #closed = false;

  /**
   * @param onReached told before the frames are given out that it is about, for a decryptor that may have to take over
   * @param proofs without it nothing that is heard is held against what its speakers sign
   */
  constructor(
    clock: FrameClock = systemClock,
    onReached: (reached: ReachedFrame) => void = () => undefined,
    proofs?: ProofListener,
  ) {
    this.#clock = clock;
    this.#lines = new VoiceLines(clock);
    this.#onReached = onReached;
    if (proofs === undefined) return;
    this.#speakers = new ProvenSpeakers({
      clock,
      onNews: (news) => proofs.onNews(news),
      onPlayable: (person, key) => this.#beginAnew(person, key),
      ask: (number) => proofs.ask(number),
    });
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
    const byLeaf = this.#lines.enter(epoch.epoch, epoch.senders);
    const derived = new Map<bigint, SenderKey>();
    for (const { leaf, context, ctr } of reached.filter((one) => one.epoch === epoch.epoch)) {
      const kid = encodeKid({ context, leaf, epochBits: epochBitsOf(epoch.epoch) });
      derived.set(kid, newSenderKey(epoch, kid, { context, leaf, epochBits: epochBitsOf(epoch.epoch) }, ctr));
      const { person, terminal } = byLeaf.get(leaf) ?? {};
      if (person === undefined || terminal === undefined) continue;
      this.#lines.begin(person, { epoch: epoch.epoch, terminal, context, ctr });
    }
    this.#keys.set(epoch.epoch, { ...epoch, byLeaf, derived });
    this.#speakers?.enter(epoch);
    this.#step({ type: "epoch", epoch: epoch.epoch });
    return true;
  }

  stream(): ReceiveStream {
    const stream = new SerialQueue();
    let authentic = 0;
    return {
      get authentic() {
        return authentic;
      },
      open: async (frame) => {
        if (frame.length === 0 && !this.#closed) return dropped("empty");
        const taken = takeWord(frame);
        if (taken === undefined) return dropped("malformed");
        if (taken.word !== undefined) this.hearWord(taken.word);
        const { placed } = await this.#take(taken.frame, audioMetadata, (decrypted) =>
          // Those behind it need not wait for its place with it.
          stream.run(async () => {
            const result = await decrypted;
            if (result.type === "authentic" || result.counts === true) authentic++;
            return { placed: this.#placed(result) };
          }),
        );
        return placed;
      },
    };
  }

  /**
   * A terminal said how far it counted, by `FrameEncryptor.finish`, before another one of its person took its place.
   * @returns false where that says nothing: it is not authentic, or contradicts what was heard
   */
  async hearEnd(frame: Bytes): Promise<boolean> {
    return this.#take(frame, endMetadata, async (decrypted) => {
      const end = await decrypted;
      return end.type === "authentic" && this.#lines.end(end.person, end.numbers);
    });
  }

  /** What somebody signed of what they sealed, as the server says, or as it came with a frame. */
  hearWord(word: Bytes): void {
    if (!this.#closed) this.#speakers?.hearWord(word);
  }

  /** Whether the connection stands on which words come; until this is said it does. */
  signalling(isConnected: boolean): void {
    this.#speakers?.connected(isConnected);
  }

  /** All has come that the server had said when this was asked. */
  answered(number: number): void {
    this.#speakers?.answered(number);
  }

  /** Forgets all keys and drops what waits. */
  close(): void {
    this.#closed = true;
    this.#cancelWake();
    for (const { frame } of this.#ring.held) frame.decrypted(Promise.resolve(dropped("closed")));
    this.#ring = initialEpochRing();
    this.#keys.clear();
    this.#lines.close();
    this.#speakers?.close();
  }

  /** @param then given what came of it as soon as its epoch is known */
  #take<T>(frame: Bytes, metadata: Bytes, then: (decrypted: Promise<Decrypted>) => Promise<T>): Promise<T> {
    const header = decodeHeader(frame);
    const kid = header && decodeKid(header.kid);
    if (this.#closed) return then(Promise.resolve(dropped("closed")));
    if (header === undefined || kid === undefined) return then(Promise.resolve(dropped("malformed")));
    return new Promise((settle) => {
      const decrypted = (result: Promise<Decrypted>) => settle(then(result));
      this.#step({
        type: "frame",
        frame: { frame, header, kid, decrypted, metadata },
        epochBits: kid.epochBits,
        lengthBytes: frame.length,
      });
    });
  }

  #step(input: EpochRingInput<PendingFrame>): void {
    const { state, effects } = stepEpochRing(this.#ring, input, this.#clock.nowMs());
    this.#ring = state;
    for (const effect of effects) {
      if (effect.type === "open") this.#open(effect.frame, effect.epoch);
      else if (effect.type === "drop") effect.frame.decrypted(Promise.resolve(dropped(effect.reason)));
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

  /** Decrypts at once; given out after the frames of its stream that were opened before. */
  #open(pending: PendingFrame, epoch: bigint): void {
    const keys = this.#keys.get(epoch);
    const result =
      keys === undefined ? Promise.resolve(dropped("expiredEpoch")) : this.#decrypt(pending, keys);
    // It may fail before its turn comes, and whoever waits is told then.
    result.catch(() => undefined);
    pending.decrypted(result);
  }

  async #decrypt({ frame, header, kid, metadata }: PendingFrame, keys: EpochKeys): Promise<Decrypted> {
    if (kid.leaf === keys.ownLeaf) return dropped("ownFrame");
    const voice = keys.byLeaf.get(kid.leaf);
    if (voice === undefined) return dropped("unknownLeaf");
    let derived = keys.derived.get(header.kid);
    if (derived === undefined) {
      derived = newSenderKey(keys, header.kid, kid);
      keys.derived.set(header.kid, derived);
    }
    const speaker = metadata === audioMetadata ? this.#speakers?.of(keys.epoch, kid.leaf) : undefined;
    // While nobody hears it, all of it is looked at: whoever seals in their name may have counted far ahead of them.
    if (speaker?.isCut !== true) {
      if (derived.window.isBehind(header.ctr)) return dropped("late");
      if (derived.window.has(header.ctr)) return dropped("replayed");
    }
    const data = await openFrame(await derived.key, header, metadata, frame);
    if (data === undefined) {
      // A KID that opened nothing yet is not kept, or whoever forges frames could fill the memory with keys.
      if (derived.window.isEmpty && keys.derived.get(header.kid) === derived) keys.derived.delete(header.kid);
      return dropped("forged");
    }
    const kept = keys.derived.get(header.kid) ?? derived;
    keys.derived.set(header.kid, kept);
    if (speaker !== undefined && (speaker.isCut || !kept.window.has(header.ctr))) {
      const { context } = kid;
      const verdict = speaker.heard({ epoch: keys.epoch, context, ctr: header.ctr, tag: frameTag(frame) });
      if (verdict === "cut") return { ...dropped("unproven"), counts: true };
      if (verdict === "again") return dropped("replayed");
    }
    // Asked again: a copy of the frame may have been opened in the meantime.
    if (!kept.window.add(header.ctr)) return dropped("replayed");
    if (header.ctr > kept.reachedCtr) {
      kept.reachedCtr = header.ctr + reachedAheadFrames;
      this.#onReached({ leaf: kid.leaf, epoch: keys.epoch, context: kid.context, ctr: kept.reachedCtr });
    }
    const { person, terminal } = voice;
    const numbers = { epoch: keys.epoch, terminal, context: kid.context, ctr: header.ctr };
    return { type: "authentic", data, leaf: kid.leaf, person, numbers };
  }

  /** Goes on behind what was proven, wherever others counted to in the meantime. */
  #beginAnew(person: string, key: string): void {
    this.#lines.beginAnew(person);
    for (const { epoch, derived, senders } of this.#keys.values()) {
      const leaf = senders.find((sender) => sender.key === key)?.leaf;
      for (const one of derived.values()) {
        if (one.kid.leaf !== leaf) continue;
        const reached = this.#speakers?.reached(key, epoch, one.kid.context) ?? -1n;
        if (reached < 0n) continue;
        one.window = new ReplayWindow(reached);
        one.reachedCtr = reached;
      }
    }
  }

  async #placed(decrypted: Decrypted): Promise<OpenResult> {
    if (decrypted.type === "dropped") return { type: "dropped", reason: decrypted.reason };
    const { data, leaf, numbers, person } = decrypted;
    const place = await this.#lines.place(person, numbers);
    if (typeof place !== "number") return dropped(place);
    return { type: "opened", data, leaf, epoch: numbers.epoch, voice: this.#lines.indexOf(person), place };
  }
}

/** @param floor counters up to this one were opened elsewhere */
function newSenderKey({ baseKey }: FrameEpoch, encoded: bigint, kid: KidParts, floor = -1n): SenderKey {
  const key = deriveSFrameKey(baseKey, encoded, "open");
  // One that cannot be derived fails each frame that wants it.
  key.catch(() => undefined);
  return { key, kid, window: new ReplayWindow(floor), reachedCtr: floor };
}

const dropped = (reason: OpenDropReason): Dropped => ({ type: "dropped", reason });
