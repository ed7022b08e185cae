/** An error in the two lines of the command line: what happened, and what to do next. */
import { clockDuration } from "@signet/terminal";
import type { ErrorCode, Warning } from "@signet/terminal";
import { clockFaultWords, commandLineErrorWords } from "@signet/words";

export interface ErrorLines {
  readonly message: string;
  readonly hint: string;
}

export function wordsFor(code: ErrorCode): ErrorLines {
  const { happened, next } = commandLineErrorWords(code);
  return { message: happened, hint: next };
}

/** The same of a warning, of which more may be known than its code. */
export function warningLines({
  clock,
  code,
  userId,
}: Pick<Warning, "clock" | "code" | "userId">): ErrorLines {
  if (clock === undefined || userId === undefined) return wordsFor(code);
  const { happened, next } = clockFaultWords(clock, userId, clockDuration(Math.abs(clock.offMs)));
  return { message: happened, hint: next };
}
