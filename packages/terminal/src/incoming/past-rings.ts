import type { UserId } from "@signet/protocol";

import { ringFreshMostMs } from "../call/ring-age.ts";
import type { System } from "../system.ts";

/** So many that an honest server does not ring a tenth of them in that time. */
const pastMost = 4_096;

/** What became of a ring. */
export type RingEnd = "declined" | "over";

/**
 * Rings that are over for a person, for as long as their proofs are fresh: whoever shows such a proof again shows an old ring. Told
 * apart by what was signed, not by the bytes of a signature, of which there may be two.
 */
export class PastRings {
  readonly #system: Pick<System, "monotonicMs">;
  readonly #past = new Map<string, { readonly end: RingEnd; readonly untilMs: number }>();

  constructor(system: Pick<System, "monotonicMs">) {
    this.#system = system;
  }

  /** Whether there is no room for what would have to be remembered of one more. What is forgotten early would ring again. */
  get isFull(): boolean {
    this.#forget();
    return this.#past.size >= pastMost;
  }

  /** @param proofDigest base64url, of the `call` proof's transcript */
  add(userId: UserId, proofDigest: string, end: RingEnd): void {
    const name = nameOf(userId, proofDigest);
    // Set anew, so that the oldest come first.
    this.#past.delete(name);
    this.#past.set(name, { end, untilMs: this.#system.monotonicMs() + ringFreshMostMs });
  }

  get(userId: UserId, proofDigest: string): RingEnd | undefined {
    return this.#past.get(nameOf(userId, proofDigest))?.end;
  }

  #forget(): void {
    const nowMs = this.#system.monotonicMs();
    for (const [name, { untilMs }] of this.#past) {
      if (nowMs < untilMs) return;
      this.#past.delete(name);
    }
  }
}

/** Several people may sign in at one terminal in turn, and be invited to the same call. */
const nameOf = (userId: UserId, proofDigest: string): string => `${userId} ${proofDigest}`;
