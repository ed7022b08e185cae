import { isSignedData } from "@signet/device";
import type { Bytes, ErrorCode } from "@signet/protocol";

import type { Verified } from "../report.ts";
import type { VerifyOptions } from "../verify-options.ts";
import { verifyFile } from "./verify-file.ts";

/** Far more than a day with hundreds of people, who come and go, is recorded in. */
export const mostFileBytes = 64 * 1024 * 1024;

/** A file as it is read. One that is no UTF-8 is none of ours, and one that is longer than {@link mostFileBytes} is not looked into. */
export async function verifyBytes(bytes: Bytes, options: VerifyOptions = {}): Promise<Verified> {
  if (bytes.length > mostFileBytes) return { kind: "refused", code: "record.tooLarge", at: "" };
  const text = utf8(bytes);
  const code = noRecord(bytes, text);
  if (code !== undefined || text === undefined)
    return { kind: "refused", code: code ?? "record.form", at: "" };
  return verifyFile(text, options);
}

const signetFile = /^\{\s*"format":\s*"signet-/;

/** What people take for a file that can be verified by itself, and what became of one on its way. */
function noRecord(bytes: Bytes, text: string | undefined): ErrorCode | undefined {
  if (bytes.length === 0) return "record.empty";
  if (isSignedData(bytes)) return "record.signedDocument";
  const isCut = text !== undefined && signetFile.test(text) && !text.trimEnd().endsWith("}");
  return isCut ? "record.cut" : undefined;
}

function utf8(bytes: Bytes): string | undefined {
  try {
    // What stands before the text, too, is not what would be written.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
