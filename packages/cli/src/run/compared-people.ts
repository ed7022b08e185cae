/** `signet people compare`: both read a code to each other, or one opens the other's QR code. */
import type { Comparison, UserId } from "@signet/terminal";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodes } from "../failure.ts";
import { clean } from "../output/clean.ts";
import { showQr } from "../output/show-qr.ts";
import { isAnsweredYes } from "../secrets/question.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** @throws Failure where the person does not say that it is the same */
export async function compare(run: TerminalRun, userId: UserId, isJson: boolean): Promise<void> {
  const { interrupted, output, terminal } = run;
  const shown = await terminal.personal.compareWith(userId);
  const { code, displayName, url } = shown;
  output.event({ event: "comparison", userId, displayName, code, url });
  if (!isJson) showQr(url);
  const text = texts().own.people;
  if (!(await isAnsweredYes(text.isItTheSame(clean(displayName), userId), interrupted)))
    throw new Failure(exitCodes.refused, text.notCompared(userId), text.whenOther);
  await terminal.personal.comparedSame(shown);
}

export function comparedFacts(comparison: Comparison | undefined) {
  if (comparison === undefined) return {};
  const { atMs, status } = comparison;
  return { comparedAt: isoTime(atMs), comparison: status };
}
