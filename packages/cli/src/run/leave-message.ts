import { SignetError, unanswered } from "@signet/terminal";
import type { CallView } from "@signet/terminal";

import { wordsFor } from "../output/error-words.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** For everybody whom a call did not reach: to whom none can be left is said, and why. */
export async function leaveMessage(
  { output, terminal }: Pick<TerminalRun, "output" | "terminal">,
  call: CallView,
  sound: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (const userId of unanswered(call)) {
    try {
      const { devices, keptMs } = await terminal.messages.earsOf(userId);
      await terminal.messages.leave(call.callId, [userId], sound);
      const heardBy = devices.map(({ deviceId, name }) => ({ deviceId, name }));
      output.event({ event: "messageLeft", userId, keptDays: Math.round(keptMs / 86_400_000), heardBy });
    } catch (error) {
      if (!(error instanceof SignetError)) throw error;
      output.event({ event: "warning", ...wordsFor(error.code), code: error.code, userId });
    }
  }
}
