/** Whether a call is heard at this terminal, or only shown: as the person set it, by the clock and the time zone of this machine. */
import { isQuiet, isQuietFor } from "@signet/protocol";
import type { QuietSettings, UserId } from "@signet/protocol";

import type { TerminalState } from "../state.ts";

function minuteOf(atMs: number): number {
  const at = new Date(atMs);
  return at.getHours() * 60 + at.getMinutes();
}

export const isQuietCall = (
  { personal }: Pick<TerminalState, "personal">,
  caller: UserId,
  atMs = Date.now(),
): boolean => personal !== undefined && isQuietFor(personal, caller, minuteOf(atMs));

export const isQuietAt = (settings: QuietSettings, atMs: number): boolean =>
  isQuiet(settings, minuteOf(atMs));
