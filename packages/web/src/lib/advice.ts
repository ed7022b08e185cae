import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/page";
import type { PageTexts } from "@signet/words/page";

/** Failed checks that end a call: what stands behind them, and what one can do. The sentence itself is the table's. */
export interface Advice {
  readonly title: string;
  readonly steps: readonly string[];
}

const adviceTable: Partial<Record<ErrorCode, keyof PageTexts["verification"]["advice"]>> = {
  "admin.lapsed": "administratorLapsed",
  "admin.unknown": "administratorUnknown",
  "directory.comparedRecovered": "comparedRecovered",
  "directory.otherThanCompared": "otherThanCompared",
  "directory.keyChanged": "keyChanged",
  "directory.badEntry": "badEntry",
  "certificate.missing": "certificateMissing",
  "call.rejectedMember": "rejectedMember",
  "call.broughtBack": "rejectedMember",
  "mls.spentKey": "rejectedMember",
  "mls.credential": "rejectedMember",
  "mls.refused": "rejectedMember",
  "mls.unasked": "rejectedMember",
  "mls.otherList": "rejectedMember",
  "frames.plaintextDetected": "framesStopped",
  "frames.unsupported": "framesStopped",
  "frames.workerFailed": "framesStopped",
};

export function adviceFor(code: ErrorCode): Advice | undefined {
  const name = adviceTable[code];
  return name === undefined ? undefined : texts().verification.advice[name];
}

/** Whether the code says that something was checked, and does not hold; not that something broke, or took too long. */
export function isFailedCheck(code: ErrorCode): boolean {
  if (adviceTable[code] !== undefined) return true;
  return (
    /^(proof|certificate|directory|history|log|mls)\./.test(code) &&
    code !== "mls.failed" &&
    code !== "mls.closed"
  );
}
