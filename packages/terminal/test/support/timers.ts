import type { System } from "../../src/index.ts";

/** Timers that the test lets run out. */
export class TestTimers {
  readonly #due = new Map<() => void, number>();

  readonly after: System["after"] = (delayMs, run) => {
    // The same function may wait twice.
    const own = (): void => run();
    this.#due.set(own, delayMs);
    return () => void this.#due.delete(own);
  };

  /** How many wait for so long. */
  count(delayMs: number): number {
    return [...this.#due.values()].filter((one) => one === delayMs).length;
  }

  /** Runs those that were to wait for so long; not those that are set meanwhile. */
  run(delayMs: number): void {
    const set = Array.from(this.#due);
    for (const [run, waitMs] of set) if (waitMs === delayMs && this.#due.delete(run)) run();
  }
}
