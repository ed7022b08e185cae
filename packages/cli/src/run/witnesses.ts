import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";

/**
 * Who has to have seen the server's log. Keys that are given alone require each of them.
 * @throws Failure where more are required than are given
 */
export function requiredWitnesses(values: TerminalOptions) {
  const { "trust-witness": keys = [] } = values;
  const least = values["require-witnesses"] ?? keys.length;
  const different = new Set(keys.map(({ publicKey }) => Buffer.from(publicKey).toString("hex"))).size;
  if (least > different)
    throw wrongUse(texts().monitor.tooFewWitnesses(least, different), texts().monitor.giveWitnesses);
  return least === 0 ? undefined : { keys, least };
}
