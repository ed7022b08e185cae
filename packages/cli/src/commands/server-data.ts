/** What the commands for the server's data have in common. */
import { isNewerData } from "@signet/server";

import { wrongUse } from "../failure.ts";

/** @throws Failure where data of a newer version are in the way; and what `run` throws */
export function orNewer<T>(data: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isNewerData(error)) throw error;
    throw wrongUse(
      `what is in ${data}, or in the backup, was written by a newer version of signet`,
      "use that version, or a later one; nothing was changed",
      error,
    );
  }
}

export const peopleCount = (people: number): string => `${people} ${people === 1 ? "person" : "people"}`;
