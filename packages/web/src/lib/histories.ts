/** What devices signed, as the page says it. */
import type { Notice, UserId } from "@signet/terminal";
import { historyEventWords } from "@signet/words";

import { fullDay } from "./duration.ts";
import { deviceKindWords } from "./words.ts";

const kindWords = (kind: keyof typeof deviceKindWords): string => deviceKindWords[kind].toLowerCase();

/** A clause for each. @param self the person at this terminal */
export function historyWords(
  { happened, userId }: Pick<Notice, "happened" | "userId">,
  self: UserId | undefined,
): readonly string[] {
  const name = userId === self ? undefined : userId;
  return happened.map((event) => historyEventWords(event, { name, day: fullDay, kind: kindWords }));
}
