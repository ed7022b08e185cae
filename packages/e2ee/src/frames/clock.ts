/** Time as an input, so that tests need not wait. */
export interface FrameClock {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** @returns cancels it */
  schedule(delayMs: number, callback: () => void): () => void;
}

export const systemClock: FrameClock = {
  nowMs: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
