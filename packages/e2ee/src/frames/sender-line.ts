import { firstContext, maxContexts } from "../sframe/kid.ts";
import { windowFrames } from "../sframe/replay-window.ts";

/** Counters are below this, so that places stay exact as numbers: 178,000 years of a voice. */
export const maxCounter = 1n << 48n;

/**
 * How far into a run its first frame to come is placed, at most: the earliest one that may follow it, a window before, is a window into it still. So no
 * counter, however large, moves places far ahead.
 */
const mostAhead = 2 * windowFrames - 1;

/** What an authentic frame says about its place. */
export interface FrameNumbers {
  readonly epoch: bigint;
  /** Of the person, in the order in which they took each other's place; one more only where none was between. Each counts anew. */
  readonly terminal: number;
  /** Of the KID. */
  readonly context: number;
  /** Below 2^64. */
  readonly ctr: bigint;
}

interface Run {
  readonly terminal: number;
  readonly context: number;
  /** Of its first frame. */
  readonly epoch: bigint;
}

/**
 * All frames of one person's voice in one line, over epochs, contexts and terminals: which was sealed before which, and how many lie between. Pure.
 *
 * A sender counts on from epoch to epoch, so its places are its counters, shifted. Where they cannot be compared (a restarted sender with a
 * context of its own; another terminal, whose counter begins anew) a new run begins, a whole window further on: as much as may lie between is
 * never less than what is heard as silence. Where a terminal said how far it counted before the next one took its place, what lies between is known,
 * and the run of that one begins just behind it.
 */
export class SenderLine {
  #run: Run | undefined;
  #epoch = -1n;
  /** Place minus counter. */
  #shift = 0;
  #highest = -1;
  /** Place behind all that the run's terminal sealed, as it said. What contradicts that counts for nothing, and neither does the word then. */
  #end: number | "contradicted" | undefined;
  #isAnew = false;

  /**
   * To be asked for authentic frames only.
   * @returns the place, which moves on by one from frame to frame; undefined when nobody waits for it any more
   */
  place(numbers: FrameNumbers): number | undefined {
    const { epoch } = numbers;
    if (numbers.ctr >= maxCounter) return undefined;
    const ctr = Number(numbers.ctr);
    const run = this.#run;
    if (run === undefined) {
      this.#run = numbers;
    } else if (this.#isAnew || this.#isNewRun(run, numbers)) {
      this.#shift = this.#placeOfFirst(run, numbers) - ctr;
      this.#run = numbers;
      this.#end = undefined;
      this.#isAnew = false;
    } else if (!isOf(run, numbers) || epoch < run.epoch) {
      return undefined;
    }
    const place = ctr + this.#shift;
    if (this.#highest - place >= windowFrames) return undefined;
    if (typeof this.#end === "number" && place >= this.#end) this.#end = "contradicted";
    if (epoch > this.#epoch) this.#epoch = epoch;
    this.#highest = Math.max(this.#highest, place);
    return place;
  }

  /** What was heard so far may have been somebody else's: the next frame begins a new run, wherever it counts from. */
  beginAnew(): void {
    this.#isAnew = this.#run !== undefined;
  }

  /**
   * The terminal says, in a frame with these numbers, that it sealed all those before it and none after it.
   * @returns false where that is not of the terminal that is heard, or contradicts what was heard or said: then it says nothing
   */
  end(numbers: FrameNumbers): boolean {
    const run = this.#run;
    if (run === undefined || !isOf(run, numbers) || numbers.epoch < run.epoch || numbers.ctr >= maxCounter)
      return false;
    const end = Number(numbers.ctr) + this.#shift;
    if (this.#end !== undefined || end <= this.#highest) {
      if (this.#end !== end) this.#end = "contradicted";
      return false;
    }
    this.#end = end;
    if (numbers.epoch > this.#epoch) this.#epoch = numbers.epoch;
    return true;
  }

  /** Whether this frame is of the terminal that took the place of the one heard so far, of which an {@link end} may come yet. */
  awaitsEnd(numbers: FrameNumbers): boolean {
    return isNext(numbers, this.#run) && numbers.epoch > this.#epoch && this.#end === undefined;
  }

  /** A later terminal; an epoch to come whose frames do not go on from what was; or, within the epoch, a restarted sender. */
  #isNewRun(run: Run, { epoch, terminal, context, ctr }: FrameNumbers): boolean {
    if (terminal !== run.terminal) return terminal > run.terminal && epoch > this.#epoch;
    const same = context === run.context;
    if (epoch > this.#epoch) return !same || Number(ctr) + this.#shift <= this.#highest;
    return epoch === this.#epoch && !same && isLater(context, run.context);
  }

  /** At least as far behind the highest place as there may be frames between, up to a window; and so is what comes later and was sealed before it. */
  #placeOfFirst(former: Run, numbers: FrameNumbers): number {
    const end = isNext(numbers, former) && typeof this.#end === "number" ? this.#end : Infinity;
    const between = Math.min(end - this.#highest, windowFrames);
    // Each run counts from zero.
    return this.#highest + between + Math.min(Number(numbers.ctr), mostAhead);
  }
}

const isOf = (run: Run, { terminal, context }: FrameNumbers): boolean =>
  terminal === run.terminal && context === run.context;

/** Whether nothing lies between but what the former terminal sealed last, and this one's first frames. */
const isNext = ({ terminal, context }: FrameNumbers, former: Run | undefined): boolean =>
  terminal - 1 === former?.terminal && context === firstContext;

/** Contexts are handed out one after the other and wrap around. */
function isLater(context: number, than: number): boolean {
  const ahead = (context - than + maxContexts) % maxContexts;
  return ahead > 0 && ahead < maxContexts / 2;
}
