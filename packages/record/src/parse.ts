import type { ErrorCode } from "@signet/protocol";

import { CallRecord, recordFormat, recordVersion } from "./call-record.ts";
import { formatRecord } from "./format.ts";

export type ParsedRecord =
  | { readonly ok: true; readonly record: CallRecord }
  | { readonly ok: false; readonly code: ErrorCode; readonly at: string };

/**
 * Reads what {@link formatRecord} writes, with or without a line break behind it, and nothing else.
 * @returns `at`: the place in the file, as `statements[3].proof`; empty for the file as a whole
 */
export function parseRecord(text: string): ParsedRecord {
  const written = text.endsWith("\n") ? text.slice(0, -1) : text;
  const read = readJson(written);
  if (read["format"] !== recordFormat) return { ok: false, code: "record.form", at: "format" };
  const { version } = read;
  if (typeof version === "number" && version !== recordVersion)
    return { ok: false, code: "record.version", at: "version" };
  const parsed = CallRecord.safeParse(read);
  if (!parsed.success)
    return { ok: false, code: "record.form", at: placeOf(parsed.error.issues[0]?.path ?? []) };
  const isWritten = formatRecord(parsed.data) === written && !loneSurrogate.test(written);
  return isWritten ? { ok: true, record: parsed.data } : { ok: false, code: "record.form", at: "" };
}

/** As `JSON.stringify` writes what no UTF-8 has: behind an even number of backslashes. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud/;

function readJson(text: string): { readonly [name: string]: unknown } {
  try {
    return Object(JSON.parse(text)) as { readonly [name: string]: unknown };
  } catch {
    return {};
  }
}

export const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
