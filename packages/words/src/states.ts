import type { LeaveReason, MemberState } from "@signet/protocol";

import type { ErrorWords, SignedOutReason } from "./catalogue.ts";
import { catalogue } from "./language.ts";

/** Beside a name: `no answer`. */
export const memberStateLabel = (state: MemberState): string => catalogue.memberStates[state][0];

/** After a name, as the rest of a sentence: `did not answer`. */
export const memberStatePredicate = (state: MemberState): string => catalogue.memberStates[state][1];

/** Why somebody is not in the call any more, beside a name: `connection lost`. */
export const leaveReasonLabel = (reason: LeaveReason): string => catalogue.leaveReasons[reason][0];

/** The same after a name, as the rest of a sentence: `left: connection lost`. */
export const leaveReasonPredicate = (reason: LeaveReason): string => catalogue.leaveReasons[reason][1];

/** Why a sign-in is over, as clauses; what to do next is for a page. */
export function signedOutWords(reason: SignedOutReason): ErrorWords {
  const [happened, next] = catalogue.signedOut[reason];
  return { happened, next };
}
