/** Signatures of the documents themselves (CMS) that approvals came with, each in a file of its own. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { texts } from "@signet/words/command-line";

import { Failure, exitCodes } from "../failure.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** Beside the file of resolutions: each signature as it is, and each text as the bytes that were signed. @throws Failure where one cannot be written */
export async function saveDocumentSignatures(run: TerminalRun, folder: string): Promise<void> {
  const { callId, resolutions } = run.terminal.state.call ?? {};
  for (const { cms, id, number, proposer, subject } of resolutions?.shown ?? []) {
    if (cms.length === 0) continue;
    const name = join(folder, `signet-resolution-${callId}-${number}-${proposer}`);
    if (subject.type === "text") await save(run, `${name}.txt`, Buffer.from(subject.text, "utf8"));
    for (const { cms: bytes, userId } of await run.terminal.resolutions.signatures(id))
      await save(run, `${name}.${userId}.p7s`, bytes);
  }
}

async function save(run: TerminalRun, file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { mode: 0o600 });
  } catch (error) {
    throw new Failure(exitCodes.callFailed, texts().resolutions.notSaved(file), String(error));
  }
  run.output.event({ event: "resolutionsSaved", file });
}
