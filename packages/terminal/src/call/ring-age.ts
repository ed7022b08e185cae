/** How old a signature may be by which a call rings. */
import { clockToleranceMs } from "@signet/device";
import type { ProofTime } from "@signet/device";

/** A ring ends here at the latest, whatever the server says (ms). */
export const ringMostMs = 3 * 60_000;

/**
 * Who comes while it rings verifies what was signed before it began, and what was signed may have waited for a connection until the server would just take it: by
 * clocks that differ within the tolerance an honest ring is no older than the tolerance and the longest ring. Less, and the wait of an honest ring is taken
 * for a wrong clock.
 *
 * What a dishonest server gains is that a ring which it kept back, or shows again to a terminal that was not there, rings up to three minutes later than it
 * could by the tolerance alone. It could keep any ring back before; and who answers is with nobody who is not in that call any more: answers, Commits and
 * what crosses a call have bounds of their own, which know nothing of this one.
 */
export const ringTime = (nowMs: number): Exclude<ProofTime, "any"> => ({
  nowMs,
  waitedMostMs: ringMostMs,
});

/** So long a ring may be shown again: it may have been signed by a clock that is ahead by the tolerance (ms). */
export const ringFreshMostMs = 2 * clockToleranceMs + ringMostMs;
