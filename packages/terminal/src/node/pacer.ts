/** What has not been done for so many ticks is left out: catching up on it would come as a burst. */
const mostAtOnce = 5;

/** Calls `tick` on a grid of `everyMs` that does not drift, however late the timers are. Time comes from `performance.now()`. */
export class Pacer {
  readonly #tick: () => void;
  readonly #everyMs: number;
  #startedAtMs = 0;
  #done = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(everyMs: number, tick: () => void) {
    this.#everyMs = everyMs;
    this.#tick = tick;
  }

  /** Begins, unless it has. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#startedAtMs = performance.now();
    this.#done = 0;
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    const nextAtMs = this.#startedAtMs + (this.#done + 1) * this.#everyMs;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, nextAtMs - performance.now()));
  }

  #run(): void {
    const due = Math.floor((performance.now() - this.#startedAtMs) / this.#everyMs) - this.#done;
    this.#done += Math.max(0, due - mostAtOnce);
    for (let ticks = Math.min(due, mostAtOnce); ticks > 0 && this.#timer !== undefined; ticks--) {
      this.#done++;
      this.#tick();
    }
    if (this.#timer !== undefined) this.#wait();
  }
}
