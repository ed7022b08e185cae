import type { ErrorCode, LeaveReason, MemberState } from "@signet/protocol";

import type { ErrorWords, SignedOutReason } from "./catalogue.ts";
import { catalogue } from "./language.ts";

/** Beside a name: `no answer`. @param refusal for `failed`: the code with which their terminal refused */
export const memberStateLabel = (state: MemberState, refusal?: ErrorCode): string =>
  stateWords(state, refusal)[0];

/** After a name, as the rest of a sentence: `did not answer`. @param refusal as for {@link memberStateLabel} */
export const memberStatePredicate = (state: MemberState, refusal?: ErrorCode): string =>
  stateWords(state, refusal)[1];

const stateWords = (state: MemberState, refusal: ErrorCode | undefined): readonly [string, string] =>
  state === "failed" && refusal === "proof.time"
    ? catalogue().failedForTime
    : catalogue().memberStates[state];

/** Their call did not ring for nothing but a clock. @param offMs theirs minus this one; `off` its amount in words */
export function clockFaultWords(
  { offMs, whose }: { readonly offMs: number; readonly whose: "own" | "theirs" },
  name: string,
  off: string,
): ErrorWords {
  const isBehind = whose === "theirs" ? offMs < 0 : offMs > 0;
  const [happened, next] = catalogue().clockFaults[whose](name, off, isBehind);
  return { happened, next };
}

/** With the name of whom the server shows something else. @returns undefined for what else is wrong */
export function otherViewWords(code: ErrorCode, name: string): ErrorWords | undefined {
  if (code !== "log.otherView" && code !== "log.unsignedView") return undefined;
  const [happened, next] = catalogue().otherViews[code](name);
  return { happened, next };
}

/** A device of one's own may have been copied. @param device its name, or what else it is known by */
export function counterBackWords(device: string): ErrorWords {
  const [happened, next] = catalogue().counterBack(device);
  return { happened, next };
}

/** Why somebody is not in the call any more, beside a name: `connection lost`. */
export const leaveReasonLabel = (reason: LeaveReason): string => catalogue().leaveReasons[reason][0];

/** The same after a name, as the rest of a sentence: `left: connection lost`. */
export const leaveReasonPredicate = (reason: LeaveReason): string => catalogue().leaveReasons[reason][1];

/** Beside the name of somebody who left as {@link leaveReasonLabel} says, and may be back in a moment. */
export const reconnectingLabel = (): string => catalogue().reconnecting;

/** Beside the name of somebody by whose device nobody can be in a call any more, and whom the group has not put out yet. */
export const revokedInGroupLabel = (): string => catalogue().revokedInGroup;

/** Beside the name of somebody whom one calls, and who is in another call. */
export const waitingLabel = (): string => catalogue().waiting;

/** Why a sign-in is over, as clauses; what to do next is for a page. */
export function signedOutWords(reason: SignedOutReason): ErrorWords {
  const [happened, next] = catalogue().signedOut[reason];
  return { happened, next };
}
