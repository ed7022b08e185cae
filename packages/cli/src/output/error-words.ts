/** An error in the two lines of the command line: what happened, and what to do next. */
import type { ErrorCode } from "@signet/terminal";
import { commandLineErrorWords } from "@signet/words";

export interface ErrorLines {
  readonly message: string;
  readonly hint: string;
}

export function wordsFor(code: ErrorCode): ErrorLines {
  const { happened, next } = commandLineErrorWords(code);
  return { message: happened, hint: next };
}
