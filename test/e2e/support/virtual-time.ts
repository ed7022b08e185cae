interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that stands still until a test lets it pass. */
export class VirtualTime {
  nowMs: number;
  readonly #due = new Set<Due>();
  #order = 0;

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  /** Runs it once, so much later. @returns takes it back */
  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const due = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#due.add(due);
    return () => void this.#due.delete(due);
  };

  /** How many wait for their time. */
  get waiting(): number {
    return this.#due.size;
  }

  /**
   * Goes on to when something is due next, and runs all that is due then, as a machine that is behind does.
   * @returns false when nothing is due until `untilMs`; the time is that then
   */
  next(untilMs = Infinity): boolean {
    let due = this.#next();
    if (due === undefined || due.atMs > untilMs) {
      if (untilMs !== Infinity) this.nowMs = Math.max(this.nowMs, untilMs);
      return false;
    }
    this.nowMs = Math.max(this.nowMs, due.atMs);
    for (; due !== undefined && due.atMs <= this.nowMs; due = this.#next()) {
      this.#due.delete(due);
      due.run();
    }
    return true;
  }

  /** Runs all that falls due in so much time. */
  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    while (this.next(endMs));
  }

  #next(): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#due) {
      if (next === undefined || due.atMs < next.atMs || (due.atMs === next.atMs && due.order < next.order))
        next = due;
    }
    return next;
  }
}
