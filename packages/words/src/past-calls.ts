import type { AddedCall } from "@signet/protocol";

import { catalogue } from "./language.ts";
import { spokenDuration } from "./times.ts";

/** How a call went, as a clause: `talked for 4 minutes`, `not reached`. Whether it rang somewhere is not kept: what is said holds of whoever was away, too. */
export function pastCallWords(
  { direction, outcome }: Pick<AddedCall, "direction" | "outcome">,
  talkedMs: number,
): string {
  const text = catalogue().pastCalls;
  switch (outcome) {
    case "talked":
      return text.talked(spokenDuration(talkedMs));
    case "missed":
      return text.missed;
    case "declined":
      return direction === "in" ? text.youDeclined : text.declined;
    case "unanswered":
      return direction === "out" ? text.notReached : text.nobodyThere;
    case "failed":
      return text.failed;
  }
}

/** Beside it. @param who of the others, in words; undefined for all of them */
export const verifiedInCallWords = (who: string | undefined): string =>
  who === undefined ? catalogue().pastCalls.verified : catalogue().pastCalls.verifiedAre(who);
