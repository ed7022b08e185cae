/** An error in the two lines of the command line: what happened, and what to do next. */
import { clockDuration } from "@signet/terminal";
import type { ErrorCode, Warning } from "@signet/terminal";
import { clockFaultWords, counterBackWords, commandLineErrorWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

export interface ErrorLines {
  readonly message: string;
  readonly hint: string;
}

export function wordsFor(code: ErrorCode): ErrorLines {
  const { happened, next } = commandLineErrorWords(code);
  return { message: happened, hint: next };
}

/** What happened and what to do next in one line. */
export const inOneLine = (happened: string, next: string): string => texts().lines.inOneLine(happened, next);

/** Of an error, in one line. */
export function lineFor(code: ErrorCode): string {
  const { hint, message } = wordsFor(code);
  return inOneLine(message, hint);
}

/** As {@link wordsFor}, of a warning, of which more may be known than its code. */
export function warningLines({
  clock,
  code,
  device,
  userId,
}: Pick<Warning, "clock" | "code" | "device" | "userId">): ErrorLines {
  if (device !== undefined) return linesOf(counterBackWords(nameOf(device)));
  if (clock === undefined || userId === undefined) return wordsFor(code);
  return linesOf(clockFaultWords(clock, userId, clockDuration(Math.abs(clock.offMs))));
}

const nameOf = ({ deviceId, name }: NonNullable<Warning["device"]>): string =>
  name === "" ? deviceId : `“${name}”`;

const linesOf = ({ happened, next }: ReturnType<typeof counterBackWords>): ErrorLines => ({
  message: happened,
  hint: next,
});
