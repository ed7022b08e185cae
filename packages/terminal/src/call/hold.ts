/**
 * A call that goes on at a terminal whose device is signed in elsewhere: until the person moves it there, or for as long as the server waits for that.
 *
 *   in the group -- binding taken over --> held -- moved, given up, 60 s --> over
 *                          ^                 |
 *                          +- signed in here +
 */
import { moveMs } from "@signet/protocol";

import type { System } from "../system.ts";

export class Hold {
  readonly #system: Pick<System, "after" | "nowMs">;
  readonly #onChange: (untilMs: number | undefined) => void;
  #cancel: (() => void) | undefined;

  /** @param onChange hears until when it goes on; undefined when the call is no longer held */
  constructor(system: Pick<System, "after" | "nowMs">, onChange: (untilMs: number | undefined) => void) {
    this.#system = system;
    this.#onChange = onChange;
  }

  get isOn(): boolean {
    return this.#cancel !== undefined;
  }

  begin(over: () => void): void {
    this.#cancel = this.#system.after(moveMs, over);
    this.#onChange(this.#system.nowMs() + moveMs);
  }

  end(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#onChange(undefined);
  }
}
