import type { DirectoryEntryIn } from "@signet/protocol";

import { administratorDevicesOf } from "./administrators.ts";
import { foldHistory } from "./fold.ts";

/**
 * Whether a history holds nowhere, whoever administers there: not one that only others' histories, which are not all at hand, could speak for.
 * @param others of whoever signed for this person, as far as they are at hand
 */
export async function breaksRule(
  history: DirectoryEntryIn,
  serverOrigin: string,
  others: (userId: string) => DirectoryEntryIn | undefined,
): Promise<boolean> {
  const folded = await foldHistory(history, {
    serverOrigin,
    administratorDevices: administratorDevicesOf({
      serverOrigin: () => serverOrigin,
      isNamed: () => true,
      historyOf: (userId) => Promise.resolve(others(userId)),
    }),
    certificatesWithheld: true,
  });
  return !folded.ok && folded.code !== "history.administrator";
}
