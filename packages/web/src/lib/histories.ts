/** What devices signed, as the page says it. */
import type { Notice, UserId } from "@signet/terminal";
import { fullDay, historyEventWords } from "@signet/words";
import { texts } from "@signet/words/page";

/** A clause for each. @param self the person at this terminal */
export function historyWords(
  { happened, userId }: Pick<Notice, "happened" | "userId">,
  self: UserId | undefined,
): readonly string[] {
  const name = userId === self ? undefined : userId;
  return happened.map((event) =>
    historyEventWords(event, { name, day: fullDay, kind: (kind) => texts().devices.kindsInSentence[kind] }),
  );
}
