import type { ComparisonStanding } from "@signet/device";
import type { UserId } from "@signet/protocol";

/** With whom the person compared in person, and whether that holds. */
export interface Comparison {
  readonly userId: UserId;
  readonly atMs: number;
  /** `ownOther`: it was over another history of the person at this terminal. `unknown`: theirs was not shown here yet. */
  readonly status: ComparisonStanding | "ownOther" | "unknown";
  /** For `recovered`: the last time, and by which administrator. */
  readonly recovered?: { readonly atMs: number; readonly by: UserId };
}
