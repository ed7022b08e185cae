import type { Bytes } from "@signet/protocol";

import type { Verified } from "../report.ts";
import type { VerifyOptions } from "../verify-options.ts";
import { verifyFile } from "./verify-file.ts";

/** Far more than a day with hundreds of people, who come and go, is recorded in. */
export const mostFileBytes = 64 * 1024 * 1024;

/** A file as it is read. One that is no UTF-8 is none of ours, and one that is longer than {@link mostFileBytes} is not looked into. */
export async function verifyBytes(bytes: Bytes, options: VerifyOptions = {}): Promise<Verified> {
  if (bytes.length > mostFileBytes) return { kind: "refused", code: "record.tooLarge", at: "" };
  const text = utf8(bytes);
  return text === undefined ? { kind: "refused", code: "record.form", at: "" } : verifyFile(text, options);
}

function utf8(bytes: Bytes): string | undefined {
  try {
    // What stands before the text, too, is not what would be written.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
