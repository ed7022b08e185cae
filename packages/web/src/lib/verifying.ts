/** Files that are verified where they are: nothing of them is sent. */
import { mostFileBytes, parseVerifierKey, verifyBytes } from "@signet/record";
import type { Verified, VerifyOptions } from "@signet/record";
import { evidenceWords, recordWords, refusedWords } from "@signet/words";
import type { RecordWords } from "@signet/words";

export interface VerifiedFile {
  readonly name: string;
  readonly verified: Verified;
}

export type LogKeys = readonly {
  readonly written: string;
  readonly key: NonNullable<ReturnType<typeof parseVerifierKey>>;
}[];

/** One in a line. @returns undefined where one is none */
export function logKeysIn(typed: string): LogKeys | undefined {
  const lines = typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const keys = lines.flatMap((written) => {
    const key = parseVerifierKey(written);
    return key?.kind === "log" ? [{ written, key }] : [];
  });
  return keys.length === lines.length ? keys : undefined;
}

export async function verifiedFile(file: File, options: VerifyOptions): Promise<VerifiedFile> {
  return { name: file.name, verified: await verifiedIn(file, options) };
}

async function verifiedIn(file: File, options: VerifyOptions): Promise<Verified> {
  if (file.size > mostFileBytes) return { kind: "refused", code: "record.tooLarge", at: "" };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder, or what is gone by now.
    return { kind: "refused", code: "record.unread", at: "" };
  }
  return verifyBytes(bytes, options);
}

export function wordsOf(verified: Verified): RecordWords {
  if (verified.kind === "refused") return refusedWords(verified.code, verified.at);
  return verified.kind === "record"
    ? recordWords(verified.report)
    : evidenceWords(verified.evidence, verified, verified.keyGiven);
}
