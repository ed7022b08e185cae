import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import type { FrameClock } from "../src/frames/clock.ts";

/** A clock that stands still until told otherwise. */
export class VirtualClock implements FrameClock {
  readonly #time = new VirtualTime();
  readonly schedule = this.#time.after;

  nowMs(): number {
    return this.#time.nowMs;
  }

  /** Lets `ms` pass, calling what falls due in its order and at its time. */
  advance(ms: number): void {
    this.#time.pass(ms);
  }
}
