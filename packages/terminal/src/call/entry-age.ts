/** How old the answer may be of whoever is let in: by it they are longest in the call, or not, and so may be host. */
import { clockToleranceMs } from "@signet/device";
import type { EntryHook } from "@signet/e2ee";

import { answerIn } from "./answer-in.ts";

/**
 * Who is let in is shown to the server, and to the member who commits, with an answer that is fresh by either's clock. An honest committer holds the
 * KeyPackage against that; two who are not could put one in it that was signed when the call began. From the Commit on nothing is older than this:
 * the answer may differ from the clock of whoever commits by the tolerance, and that clock from the one here by twice as much; and whose Commit came to
 * nothing comes in again within three minutes.
 */
const enteredWithinMs = 3 * 60_000;
export const mostEntryAgeMs = 3 * clockToleranceMs + enteredWithinMs;

/** @param heardThroughMs as `HeardThrough` has it: the Commit is younger */
export function entryHook(heardThroughMs: () => number): EntryHook {
  return (entering) => {
    const answer = answerIn(entering);
    if (answer === undefined) return "proof.purpose";
    return heardThroughMs() - answer.issuedAtMs > mostEntryAgeMs ? "proof.time" : undefined;
  };
}
