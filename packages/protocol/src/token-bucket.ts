/** Allows `perSecond` in the long run and `burst` at once. Time in milliseconds of any clock; one that is set back earns nothing by it. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAtMs = nowMs;
  }

  /** @returns false when nothing is left */
  take(nowMs: number): boolean {
    if (!this.hasAny(nowMs)) return false;
    this.#tokens -= 1;
    return true;
  }

  /** For what is known only afterwards: what goes over is owed, and earned before anything is left again. */
  spend(nowMs: number, amount: number): void {
    this.#fill(nowMs);
    this.#tokens -= amount;
  }

  hasAny(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= 1;
  }

  /** Whether it is as if nothing had been taken. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#burst;
  }

  #fill(nowMs: number): void {
    const earned = (Math.max(0, nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledAtMs = nowMs;
  }
}
