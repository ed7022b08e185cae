/** An error in the two lines of the command line: what happened, and what to do next. */
import { clockDuration } from "@signet/terminal";
import type { ErrorCode, UserId, Warning } from "@signet/terminal";
import { clockFaultWords, commandLineErrorWords, counterBackWords, otherViewWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

export interface ErrorLines {
  readonly message: string;
  readonly hint: string;
}

/** @param userId whom it is about */
export function wordsFor(code: ErrorCode, userId?: UserId): ErrorLines {
  const named = userId === undefined ? undefined : otherViewWords(code, userId);
  return linesOf(named ?? commandLineErrorWords(code));
}

/** Whether {@link wordsFor} names whom it is about. */
export const isNamedIn = (code: ErrorCode): boolean => otherViewWords(code, "") !== undefined;

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
  if (clock === undefined || userId === undefined) return wordsFor(code, userId);
  return linesOf(clockFaultWords(clock, userId, clockDuration(Math.abs(clock.offMs))));
}

const nameOf = ({ deviceId, name }: NonNullable<Warning["device"]>): string =>
  name === "" ? deviceId : `“${name}”`;

const linesOf = ({ happened, next }: ReturnType<typeof counterBackWords>): ErrorLines => ({
  message: happened,
  hint: next,
});
