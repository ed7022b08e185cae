/** What is remembered of a server's log, beside the people who were met. */
import { parseNote, parseVerifierKey } from "@signet/directory";

export interface LogPin {
  /** Of the log, as it is written: it names the log, too. */
  readonly verifierKey: string;
  /** The latest that was believed: a signed note. */
  readonly checkpoint: string;
}

/** @param stored `log` of what {@link formatPins} wrote. @throws TypeError when it is none */
export function parseLogPin(stored: unknown): LogPin | undefined {
  if (stored === undefined) return undefined;
  const { checkpoint, verifierKey } = Object(stored) as { readonly [name: string]: unknown };
  if (typeof checkpoint !== "string" || typeof verifierKey !== "string") throw new TypeError("no log");
  if (parseNote(checkpoint) === undefined || parseVerifierKey(verifierKey) === undefined)
    throw new TypeError("no log");
  return { verifierKey, checkpoint };
}
