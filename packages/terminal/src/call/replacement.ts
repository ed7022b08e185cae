/** Whether somebody's leaf may give way to another one of theirs: they move to another terminal, or come back with a newer answer. */
import { clockToleranceMs } from "@signet/device";
import type { ReplacementHook } from "@signet/e2ee";

import { answerIn } from "./answer-in.ts";

/**
 * What is younger is the person's later word, and so a `join` proof from before, which a server may have kept back with a terminal that is none of theirs
 * any more, throws nobody out of their place. Of any age that would still be every proof for which no leaf ever was: the clocks of two terminals that
 * a server lets in differ by twice the tolerance at most, and who was away hears of it within a minute.
 */
const followedWithinMs = 60_000;
export const mostReplacementAgeMs = 2 * clockToleranceMs + followedWithinMs;

/**
 * Both proofs hold and are of devices of one person, as the credential hook found.
 * @param heardThroughMs as `HeardThrough` has it: the Commit is younger
 */
export function replacementHook(heardThroughMs: () => number): ReplacementHook {
  return (former, next) => {
    const [before, after] = [answerIn(former), answerIn(next)];
    if (before === undefined || after === undefined) return "proof.purpose";
    if (after.issuedAtMs <= before.issuedAtMs) return "proof.beforeStay";
    return heardThroughMs() - after.issuedAtMs > mostReplacementAgeMs ? "proof.time" : undefined;
  };
}
