import { maxContexts } from "../sframe/kid.ts";
import { windowFrames } from "../sframe/replay-window.ts";

/** Counters are below this, so that places stay exact as numbers: 178,000 years of a voice. */
export const maxCounter = 1n << 48n;

/** What an authentic frame says about its place. */
export interface FrameNumbers {
  readonly epoch: bigint;
  /** Of the KID. */
  readonly context: number;
  /** Below 2^64. */
  readonly ctr: bigint;
}

/**
 * All frames of one sender in one line, over epochs and contexts: which was sealed before which, and how many lie between. Pure.
 *
 * A sender counts on from epoch to epoch, so its places are its counters, shifted. Where they cannot be compared (a restarted
 * sender with a context of its own; a leaf that was given to somebody else, whose counter begins anew) a new run begins, a whole window
 * further on: as much as may lie between is never less than what is heard as silence.
 */
export class SenderLine {
  #runContext = -1;
  /** Of the first frame of the run. */
  #runEpoch = -1n;
  #epoch = -1n;
  /** Place minus counter. */
  #shift = 0;
  #highest = -1;

  /**
   * To be asked for authentic frames only.
   * @returns the place, which moves on by one from frame to frame; undefined when nobody waits for it any more
   */
  place(numbers: FrameNumbers): number | undefined {
    const { epoch, context } = numbers;
    if (numbers.ctr >= maxCounter) return undefined;
    const ctr = Number(numbers.ctr);
    if (this.#runContext < 0) {
      this.#begin(epoch, context);
    } else if (this.#isNewRun(epoch, context, ctr)) {
      this.#shift = this.#highest + windowFrames - ctr;
      this.#begin(epoch, context);
    } else if (context !== this.#runContext || epoch < this.#runEpoch) {
      return undefined;
    }
    const place = ctr + this.#shift;
    if (this.#highest - place >= windowFrames) return undefined;
    if (epoch > this.#epoch) this.#epoch = epoch;
    this.#highest = Math.max(this.#highest, place);
    return place;
  }

  /** An epoch to come whose frames do not go on from what was; or, within the epoch, a restarted sender. */
  #isNewRun(epoch: bigint, context: number, ctr: number): boolean {
    const same = context === this.#runContext;
    if (epoch > this.#epoch) return !same || ctr + this.#shift <= this.#highest;
    return epoch === this.#epoch && !same && isLater(context, this.#runContext);
  }

  #begin(epoch: bigint, context: number): void {
    this.#runContext = context;
    this.#runEpoch = epoch;
  }
}

/** Contexts are handed out one after the other and wrap around. */
function isLater(context: number, than: number): boolean {
  const ahead = (context - than + maxContexts) % maxContexts;
  return ahead > 0 && ahead < maxContexts / 2;
}
