import { SignetError } from "@signet/terminal";
import { sentenceFor } from "@signet/words";

/** What went wrong, and what to do next. */
export function inWords(error: unknown): string {
  if (error instanceof SignetError) return sentenceFor(error.code);
  return error instanceof Error ? error.message : String(error);
}
