import { writeFileSync } from "node:fs";

import { SignetError } from "@signet/terminal";
import type { VoiceMessage } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { identityOptions, messagesOptions, outputOptions } from "../options/terminal-options.ts";
import { messageEvent, messageName } from "../output/message-event.ts";
import { oneMessage } from "../run/one-message.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

export const messages = command({
  name: "messages",
  summary: summaries.messages,
  about: texts().own.messages.about,
  operands: "[ID]",
  options: { ...messagesOptions, ...identityOptions, ...outputOptions },
  examples: [
    "signet messages",
    "signet messages --json",
    "signet messages 3fGk2a9x --save ben.opus",
    "signet messages 3fGk2a9x --delete",
  ],
  run: (values, [id, ...more]) => {
    const { delete: deletes, save } = values;
    const acts = save !== undefined || deletes === "yes";
    if (more.length > 0 || (id === undefined) === acts)
      throw wrongUse(texts().own.messages.whichOne, texts().own.messages.nameIt);
    // Listed below, also those that were heard.
    const untold = ({ event }: { readonly event: string }): boolean => event === "message";
    return runTerminal({ values, untold }, async (run) => {
      await run.signIn();
      await run.terminal.askMissed();
      const { messages: kept = [] } = run.terminal.state;
      if (id === undefined) for (const message of kept) run.output.event(messageEvent(message));
      else await act(run, oneMessage(kept, id), { save, deletes: deletes === "yes" });
      return exitCodes.ok;
    });
  },
});

async function act(
  { output, terminal }: TerminalRun,
  { id }: VoiceMessage,
  { save, deletes }: { readonly save: string | undefined; readonly deletes: boolean },
): Promise<void> {
  if (save !== undefined) {
    const sound = await terminal.messages.sound(id);
    try {
      writeFileSync(save, sound, { flag: "wx", mode: 0o600 });
    } catch (cause) {
      throw new SignetError("media.cannotWrite", cause);
    }
    await terminal.messages.heard(id);
    output.event({ event: "messageSaved", id: messageName(id), file: save });
  }
  if (!deletes) return;
  await terminal.messages.delete(id);
  output.event({ event: "messageDeleted", id: messageName(id) });
}
