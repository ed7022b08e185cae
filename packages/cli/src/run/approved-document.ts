/** Which file is signed itself (CMS) when it is approved. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { DecideOptions, ShownResolution } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodes } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";

/** @throws Failure where a file cannot be read */
export async function documentOptions(
  { subject }: Pick<ShownResolution, "subject">,
  { document: files = [], "without-cms": without }: Pick<TerminalOptions, "document" | "without-cms">,
): Promise<DecideOptions> {
  if (without === "yes") return { withoutCms: true };
  if (subject.type === "text") return {};
  let document: Uint8Array<ArrayBuffer> | undefined;
  for (const file of files) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw new Failure(exitCodes.callFailed, texts().resolutions.documentNotRead(file), String(error));
    });
    // Where it is none of them, the first one is refused with a code.
    const isIt = createHash("sha256").update(bytes).digest().equals(subject.sha256);
    if (document === undefined || isIt) document = new Uint8Array(bytes);
    if (isIt) break;
  }
  return document === undefined ? {} : { document };
}
