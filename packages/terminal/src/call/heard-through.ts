/** Up to when a terminal knows what came to pass in a call, for who judges by a time what somebody did in it. */
import { isUpToDate } from "@signet/protocol";
import type { CallMemberState } from "@signet/protocol";

/**
 * A Commit is of any time after that, however late it comes: a terminal that stood still, or whose server did, catches up with what others did hours
 * ago. By the time at which it looks at them, they would all have been wrong.
 */
export class HeardThrough {
  #atMs: number;
  readonly #nowMs: () => number;

  /** @param answeredAtMs of the own answer: all that follows it is younger */
  constructor(answeredAtMs: number, nowMs: () => number) {
    this.#atMs = answeredAtMs;
    this.#nowMs = nowMs;
  }

  /** By the own clock; not in its future, where that was put back since. */
  get atMs(): number {
    return Math.min(this.#atMs, this.#nowMs());
  }

  /**
   * Before the machine hears of anything new.
   * @param heardThroughMs as `ServerLink` has it
   */
  note(machine: CallMemberState, heardThroughMs: number | undefined): void {
    if (heardThroughMs !== undefined && isUpToDate(machine)) this.#atMs = heardThroughMs;
  }
}
