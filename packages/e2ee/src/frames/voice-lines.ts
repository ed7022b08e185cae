import { frameMs } from "@signet/protocol/voice";
import { windowFrames } from "../sframe/replay-window.ts";
import type { FrameClock } from "./clock.ts";
import type { FrameSender } from "./epoch-keys.ts";
import { SenderLine, type FrameNumbers } from "./sender-line.ts";

/**
 * How long frames of a terminal that took the place of another one wait for that one to say how far it counted: for as long as the silence would
 * be that is kept where it never says so.
 */
const waitForEndMs = windowFrames * frameMs;
/** Of one voice; beyond these somebody floods. */
const mostWaiting = 2 * windowFrames;

export type Placed = number | "late" | "holdFull" | "closed";

/** A leaf in one epoch: whose voice that is, and from which of their terminals. */
export interface VoiceAtLeaf {
  readonly person: string;
  readonly terminal: number;
}

interface Waiting {
  readonly numbers: FrameNumbers;
  readonly settle: (placed: Placed) => void;
}

class Voice {
  readonly line = new SenderLine();
  readonly index: number;
  readonly waiting: Waiting[] = [];
  #key: string | undefined;
  #terminal = 0;
  #heardAtMs = -Infinity;
  #cancel: () => void = () => undefined;

  constructor(index: number) {
    this.index = index;
  }

  /** @param steps to count where the key is another than before */
  terminalOf(key: string, steps: number): number {
    if (this.#key !== undefined && this.#key !== key) this.#terminal += steps;
    this.#key = key;
    return this.#terminal;
  }

  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  heard(atMs: number): void {
    this.#heardAtMs = atMs;
  }

  wake(clock: FrameClock, afterMs: number, wake: () => void): void {
    this.#cancel = clock.schedule(afterMs, wake);
  }

  /** @returns all that waited */
  release(): Waiting[] {
    this.#cancel();
    return this.waiting.splice(0);
  }
}

/** The lines of all voices that come in, by person. */
export class VoiceLines {
  readonly #clock: FrameClock;
  readonly #voices = new Map<string, Voice>();
  #epoch: bigint | undefined;

  constructor(clock: FrameClock) {
    this.#clock = clock;
  }

  /** To be told of each epoch, in their order. @returns who is at which leaf */
  enter(epoch: bigint, senders: readonly FrameSender[]): ReadonlyMap<number, VoiceAtLeaf> {
    // In one that was passed over there may have been a terminal more.
    const others = this.#epoch !== undefined && epoch - this.#epoch === 1n ? 1 : 2;
    this.#epoch = epoch;
    return new Map(
      senders.map(({ leaf, person, key }) => [
        leaf,
        { person, terminal: this.#of(person).terminalOf(key, others) },
      ]),
    );
  }

  /** A number for the person, for as long as these lines are kept. */
  indexOf(person: string): number {
    return this.#of(person).index;
  }

  /** Settles late for a frame whose place depends on how far another terminal counted. */
  async place(person: string, numbers: FrameNumbers): Promise<Placed> {
    return this.#place(this.#of(person), numbers);
  }

  /** @returns whether the word counts */
  end(person: string, numbers: FrameNumbers): boolean {
    const voice = this.#of(person);
    const counts = voice.line.end(numbers);
    this.#release(voice);
    return counts;
  }

  /** What was heard by others of this voice, so that nothing of before has a place any more. */
  begin(person: string, numbers: FrameNumbers): void {
    this.#of(person).line.place(numbers);
  }

  /** What comes of this voice from now on need not go on from what was heard. */
  beginAnew(person: string): void {
    this.#of(person).line.beginAnew();
  }

  close(): void {
    for (const voice of this.#voices.values()) for (const { settle } of voice.release()) settle("closed");
    this.#voices.clear();
  }

  #place(voice: Voice, numbers: FrameNumbers): Placed | Promise<Placed> {
    const nowMs = this.#clock.nowMs();
    const forMs = voice.heardAtMs + waitForEndMs - nowMs;
    if (forMs <= 0 || !voice.line.awaitsEnd(numbers)) return this.#settle(voice, numbers);
    if (voice.waiting.length >= mostWaiting) return "holdFull";
    if (voice.waiting.length === 0)
      voice.wake(this.#clock, forMs, () => {
        // It will not come any more; whatever else came of the former terminal meanwhile.
        voice.heard(-Infinity);
        this.#release(voice);
      });
    return new Promise((settle) => voice.waiting.push({ numbers, settle }));
  }

  #settle(voice: Voice, numbers: FrameNumbers): Placed {
    const place = voice.line.place(numbers);
    if (place === undefined) return "late";
    voice.heard(this.#clock.nowMs());
    return place;
  }

  /** Those that wait for yet another word wait again. */
  #release(voice: Voice): void {
    for (const { numbers, settle } of voice.release()) {
      const placed = this.#place(voice, numbers);
      if (placed instanceof Promise) void placed.then(settle);
      else settle(placed);
    }
  }

  #of(person: string): Voice {
    const voice = this.#voices.get(person) ?? new Voice(this.#voices.size);
    this.#voices.set(person, voice);
    return voice;
  }
}
