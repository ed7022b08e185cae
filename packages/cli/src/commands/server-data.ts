/** What the commands for the server's data have in common. */
import { isNewerData } from "@signet/server";
import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";

/** @throws Failure where data of a newer version are in the way; and what `run` throws */
export function orNewer<T>(data: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isNewerData(error)) throw error;
    throw wrongUse(texts().trouble.newerData(data), texts().trouble.useThatVersion, error);
  }
}

export const peopleCount = (people: number): string => texts().trouble.people(people);
