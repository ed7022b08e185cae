/** Whether a file holds, by itself: no server is asked, and no clock. */
import { breaksRule } from "@signet/device";
import { judgeEvidence, parseEvidence } from "@signet/directory";
import type { LogEvidence } from "@signet/directory";

import { parseRecord } from "../parse.ts";
import type { Verified } from "../report.ts";
import type { VerifyOptions } from "../verify-options.ts";
import { isAmong } from "./log.ts";
import { Refused } from "./refusal.ts";
import { isTooMuch } from "./too-much.ts";
import { verifyRecord } from "./verify-record.ts";

/** @param text a record, or evidence against a log */
export async function verifyFile(text: string, options: VerifyOptions = {}): Promise<Verified> {
  if (isTooMuch(text)) return { kind: "refused", code: "record.tooLarge", at: "" };
  const evidence = parseEvidence(text);
  if (evidence !== undefined) return judged(evidence, options);
  const parsed = parseRecord(text);
  if (!parsed.ok) return { kind: "refused", code: parsed.code, at: parsed.at };
  try {
    return { kind: "record", report: await verifyRecord(parsed.record, options) };
  } catch (error) {
    if (error instanceof Refused) return error.file;
    throw error;
  }
}

async function judged(evidence: LogEvidence, { logKeys = [] }: VerifyOptions): Promise<Verified> {
  const keyGiven = logKeys.length > 0;
  if (keyGiven && !isAmong(evidence.logKey, logKeys))
    return { kind: "refused", code: "record.otherLog", at: "logKey" };
  return { kind: "evidence", evidence, keyGiven, ...(await judgeEvidence(evidence, undefined, breaksRule)) };
}
