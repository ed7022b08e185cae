import type { CallRecord } from "../call-record.ts";
import type { RecordReport } from "../report.ts";
import type { VerifyOptions } from "../verify-options.ts";
import { proveLog } from "./log.ts";
import { Refused } from "./refusal.ts";

/** @throws Refused for the first thing that does not hold */
export async function verifyRecord(record: CallRecord, { logKeys }: VerifyOptions): Promise<RecordReport> {
  if (record.log !== undefined) await proveLog(record.log, logKeys);
  // Nobody's signatures are verified yet, so nothing is said.
  throw new Refused("record.unknownPerson", "statements[0]");
}
