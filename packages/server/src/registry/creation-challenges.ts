import { BoundedMap, toBase64Url } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

/** For somebody who is interrupted between the two touches of a registration, and reloads the page, perhaps. */
const keptMs = 10 * 60_000;
/** About 200 bytes each; the oldest makes room, and whose it was makes another credential. */
const mostKept = 4_096;

interface Kept {
  readonly userId: UserId;
  readonly untilMs: number;
}

/**
 * Challenges that credentials may have been made with. The proof that registers one takes a challenge of its own, which is used once,
 * by one connection; so that a refused second touch does not leave one more passkey behind at each try, the credential itself may be of an
 * earlier try for the same user ID.
 */
export class CreationChallenges {
  readonly #kept = new BoundedMap<string, Kept>(mostKept);

  given(challenge: Bytes, userId: UserId, nowMs: number): void {
    this.#kept.set(toBase64Url(challenge), { userId, untilMs: nowMs + keptMs });
  }

  /** Whether a credential for this user ID may have been made with it. */
  fits(challenge: Bytes, userId: UserId, nowMs: number): boolean {
    const kept = this.#kept.get(toBase64Url(challenge));
    return kept !== undefined && kept.userId === userId && nowMs < kept.untilMs;
  }
}
