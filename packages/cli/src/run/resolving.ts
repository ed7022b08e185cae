/** What the options say about resolutions, while a call goes on and when it is over: proposing, approving by rule, saving. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { SignetError } from "@signet/terminal";
import type { ResolutionSubject } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodes } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { wordsFor } from "../output/error-words.ts";
import { isApprovedBy } from "./approval-rule.ts";
import { documentOptions } from "./approved-document.ts";
import { saveDocumentSignatures } from "./document-signatures.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** @param tell hears of each failure, which ends no call */
export async function resolveInCall(
  run: TerminalRun,
  values: TerminalOptions,
  over: AbortSignal,
  tell: (failure: Failure) => void,
): Promise<void> {
  const { terminal } = run;
  const tried = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!over.aborted) tell(failureOf(error));
    }
  };
  const { propose: text, "propose-file": file, "approval-of": whose = { type: "all" } } = values;
  if (text !== undefined || file !== undefined) {
    const isThere = await everybodyCame(run, over).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
  }
  if (text !== undefined) await tried(() => terminal.resolutions.propose({ type: "text", text }, whose));
  if (file !== undefined)
    await tried(async () => terminal.resolutions.propose(await fileSubject(file), whose));
  const rule = values["approve-resolutions"];
  const asked = new Set<string>();
  while (rule !== undefined && !over.aborted) {
    const found = await run
      .until(
        ({ call }) =>
          call?.resolutions?.shown.find(
            (one) => one.mayDecide && !asked.has(one.id) && isApprovedBy(rule, one),
          ),
        over,
      )
      .catch(() => undefined);
    if (found === undefined) return;
    asked.add(found.id);
    await tried(async () =>
      terminal.resolutions.decide(found.id, "approve", found.whole, {
        ...(await documentOptions(found, values)),
        signal: run.interrupted,
      }),
    );
  }
}

/** A resolution takes the approval of those in the call when it is proposed: whoever is still on the way would be left out. */
async function everybodyCame(run: TerminalRun, over: AbortSignal): Promise<void> {
  let told = "";
  await run.until(({ call }) => {
    const userIds = (call?.participants ?? [])
      .filter(({ isSelf, state }) => !isSelf && (state === "ringing" || state === "joining"))
      .map(({ userId }) => userId);
    if (call === undefined || userIds.length === 0) return true;
    const now = userIds.join();
    if (now !== told) run.output.event({ event: "proposalWaits", callId: call.callId, userIds });
    told = now;
    return undefined;
  }, over);
}

/** @throws Failure where it cannot be written */
export async function saveResolutions(run: TerminalRun, values: TerminalOptions): Promise<void> {
  const folder = values["save-resolutions"];
  const { callId } = run.terminal.state.call ?? {};
  if (folder === undefined || callId === undefined) return;
  const json = await run.terminal.resolutions.saved();
  if (json === undefined) return;
  const file = join(folder, `signet-resolutions-${callId}.json`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, json, { mode: 0o600 });
  } catch (error) {
    throw new Failure(exitCodes.callFailed, texts().resolutions.notSaved(file), String(error));
  }
  run.output.event({ event: "resolutionsSaved", file });
  await saveDocumentSignatures(run, folder);
}

/** Its bytes stay here. */
async function fileSubject(file: string): Promise<ResolutionSubject> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(piece);
      sizeBytes += piece.length;
    }
  } catch (error) {
    throw new Failure(exitCodes.callFailed, texts().resolutions.notRead(file), String(error));
  }
  return { type: "file", name: basename(file), sha256: Uint8Array.from(hash.digest()), sizeBytes };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof SignetError)) throw error;
  const { message, hint } = wordsFor(error.code);
  return new Failure(exitCodes.refused, message, hint, error.code);
}
