/** `--keep-record`: the others are asked to sign who is in the call, and what was signed is written when it is over. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { SignetError } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodes } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { wordsFor } from "../output/error-words.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** @throws Failure where the server passes on no words */
export function keepRecord({ terminal }: TerminalRun, values: TerminalOptions): void {
  if (values["keep-record"] === undefined) return;
  try {
    terminal.record.keep(true);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const { hint, message } = wordsFor(error.code);
    throw new Failure(exitCodes.refused, message, hint, error.code);
  }
}

/** Where nobody was in the call with this terminal there is nothing to keep. @throws Failure where it cannot be written */
export async function saveRecord({ output, terminal }: TerminalRun, values: TerminalOptions): Promise<void> {
  const folder = values["keep-record"];
  const { activeSinceMs, callId } = terminal.state.call ?? {};
  if (folder === undefined || callId === undefined || activeSinceMs === undefined) return;
  // What was kept of a call stands: whoever was in it twice has two files.
  for (let place = 1; ; place++) {
    const file = join(folder, `signet-record-${callId}${place === 1 ? "" : `-${place}`}.json`);
    try {
      const text = await terminal.record.save();
      await mkdir(folder, { recursive: true });
      await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw new Failure(exitCodes.callFailed, texts().resolutions.recordNotSaved(file), String(error));
    }
    return output.event({ event: "recordSaved", file });
  }
}
