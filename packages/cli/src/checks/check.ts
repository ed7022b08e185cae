/** A check of `signet doctor`: one thing that calls need, looked at for real. */
import type { ExitCode } from "../failure.ts";

/** `skipped`: it needs something that failed before, or that was not given. */
export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

export interface CheckResult {
  readonly status: CheckStatus;
  /** What was found: lower case, no full stop. */
  readonly message: string;
  /** What to do; for everything that is not ok. */
  readonly hint?: string;
  /** What the command ends with when this failed and nothing before it. */
  readonly exitCode?: ExitCode;
}

export interface NamedResult extends CheckResult {
  readonly name: string;
}

export const ok = (message: string): CheckResult => ({ status: "ok", message });
export const warning = (message: string, hint: string): CheckResult => ({ status: "warning", message, hint });
export const skipped = (message: string, hint: string): CheckResult => ({ status: "skipped", message, hint });
export const failed = (exitCode: ExitCode, message: string, hint: string): CheckResult => ({
  status: "failed",
  message,
  hint,
  exitCode,
});
