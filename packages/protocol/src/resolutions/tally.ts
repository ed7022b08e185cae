/**
 * What becomes of a resolution, by what was signed about it alone:
 *
 *   open -- enough of those who are asked approved ------------> adopted
 *     |---- so many rejected that not enough can approve any more -> rejected
 *     |---- its proposer withdraws it -------------------------> withdrawn
 *     `---- the call is over -----------------------------------> lapsed
 *
 * Each of them is final: what comes afterwards is refused. Signatures are verified before; they come in the call's one order.
 */
import type { ErrorCode } from "../errors.ts";
import type { UserId } from "../ids.ts";
import type { Resolution } from "./resolution.ts";

export const decisions = ["approve", "reject"] as const;
export type Decision = (typeof decisions)[number];

/** Verified: by this person's device, or by the proposer's terminal, for this resolution. */
export type SaidOfResolution =
  | { readonly type: "decision"; readonly userId: UserId; readonly decision: Decision }
  | { readonly type: "withdrawal"; readonly userId: UserId };

export type ResolutionState = "open" | "adopted" | "rejected" | "withdrawn" | "lapsed";

export interface Tally {
  readonly state: ResolutionState;
  /** In the order in which they said so. */
  readonly approvedBy: readonly UserId[];
  readonly rejectedBy: readonly UserId[];
  /** Who is asked and has not decided. */
  readonly missing: readonly UserId[];
}

/** Of a resolution of which nothing was said yet. */
export const openTally = ({ rule }: Pick<Resolution, "rule">): Tally => ({
  state: "open",
  approvedBy: [],
  rejectedBy: [],
  missing: rule.userIds,
});

/** @returns the tally with what was said; or why it does not count */
export function stepTally(
  { proposer, rule }: Pick<Resolution, "proposer" | "rule">,
  tally: Tally,
  said: SaidOfResolution,
): { readonly ok: true; readonly tally: Tally } | { readonly ok: false; readonly code: ErrorCode } {
  const { userId } = said;
  if (tally.state !== "open") return { ok: false, code: "resolution.closed" };
  if (said.type === "withdrawal") {
    if (userId !== proposer) return { ok: false, code: "resolution.notProposer" };
    return { ok: true, tally: { ...tally, state: "withdrawn" } };
  }
  if (!rule.userIds.includes(userId)) return { ok: false, code: "resolution.notAsked" };
  // A person is one, by whichever device; and stands by what they said first.
  if (!tally.missing.includes(userId)) return { ok: false, code: "resolution.decided" };
  const approvedBy = said.decision === "approve" ? [...tally.approvedBy, userId] : tally.approvedBy;
  const rejectedBy = said.decision === "reject" ? [...tally.rejectedBy, userId] : tally.rejectedBy;
  const missing = tally.missing.filter((other) => other !== userId);
  const state =
    approvedBy.length >= rule.needed
      ? "adopted"
      : rule.userIds.length - rejectedBy.length < rule.needed
        ? "rejected"
        : "open";
  return { ok: true, tally: { state, approvedBy, rejectedBy, missing } };
}

/** Of all that was said; what does not count changes nothing. */
export function tallyOf(
  resolution: Pick<Resolution, "proposer" | "rule">,
  said: readonly SaidOfResolution[],
  isCallOver = false,
): Tally {
  let tally = openTally(resolution);
  for (const one of said) {
    const step = stepTally(resolution, tally, one);
    if (step.ok) ({ tally } = step);
  }
  return isCallOver && tally.state === "open" ? { ...tally, state: "lapsed" } : tally;
}
