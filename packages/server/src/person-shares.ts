import { TokenBucket } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

const minuteMs = 60_000;

/**
 * What each person may have of something that costs: so much at once, and so much a minute in the long run. By person and not by connection,
 * of which anybody may make another.
 */
export class PersonShares<Key extends string = UserId> {
  readonly #burst: number;
  readonly #perMinute: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<Key, TokenBucket>();

  /** @param clock milliseconds since 1970 */
  constructor(
    { perMinute, burst = perMinute }: { readonly perMinute: number; readonly burst?: number },
    clock: () => number,
  ) {
    this.#perMinute = perMinute;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** One of them. @returns false when nothing is left */
  take(userId: Key): boolean {
    return this.#used(userId).take(this.#clock());
  }

  /** For what is known only afterwards: what goes over is owed. */
  spend(userId: Key, amount: number): void {
    this.#used(userId).spend(this.#clock(), amount);
  }

  hasAny(userId: Key): boolean {
    return this.#buckets.get(userId)?.hasAny(this.#clock()) ?? true;
  }

  /** To be called now and then: forgets whose share is whole again. */
  tick(nowMs: number): void {
    for (const [userId, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(userId);
  }

  #used(userId: Key): TokenBucket {
    const used =
      this.#buckets.get(userId) ??
      new TokenBucket(this.#perMinute / (minuteMs / 1000), this.#burst, this.#clock());
    this.#buckets.set(userId, used);
    return used;
  }
}
