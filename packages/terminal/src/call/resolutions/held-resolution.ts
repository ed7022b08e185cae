/** A resolution as this terminal holds it, how it is shown, and how it is shown again to who comes later. */
import type { SignatureDevice } from "@signet/device";
import {
  isGuestId,
  mostPeople,
  mostWordBytes,
  shownWhole,
  SignetError,
  sortedPeople,
} from "@signet/protocol";
import type { Resolution, ResolutionRule, Tally, UserId } from "@signet/protocol";

import { approvalSigns } from "./approval-cms.ts";
import { encodeProposed } from "./resolution-words.ts";
import type { ProposedIn, StatedIn } from "./resolution-words.ts";
import type { ApprovalCms, AskedRule, ShownResolution } from "./resolutions-api.ts";
import type { VerifiedResolution } from "./verify-resolution.ts";

export interface HeldResolution extends VerifiedResolution {
  readonly tally: Tally;
  /** What counted, in order. */
  readonly said: readonly StatedIn[];
  readonly cms: readonly ApprovalCms[];
}

export function shownOf(
  id: string,
  { cms, proposedAtMs, resolution, tally }: HeldResolution,
  { device, userId: selfId }: { readonly userId: UserId; readonly device: SignatureDevice | undefined },
): ShownResolution {
  const { number, proposer, rule, subject } = resolution;
  const isOpen = tally.state === "open";
  const mayDecide = isOpen && tally.missing.includes(selfId);
  const signs = mayDecide ? approvalSigns(subject, device) : undefined;
  return {
    id,
    number,
    proposer,
    subject,
    whole: shownWhole(subject),
    rule,
    proposedAtMs,
    ...tally,
    cms,
    mayDecide,
    ...(signs === undefined ? {} : { approvalSigns: signs }),
    mayWithdraw: isOpen && proposer === selfId,
  };
}

export const statedOf = (
  { callId, callProofDigest, number }: Resolution,
  resolutionDigest: Uint8Array<ArrayBuffer>,
) => ({
  callId,
  callProofDigest,
  number,
  resolutionDigest,
});

/** @throws SignetError `resolution.badRule` for one that nobody could fulfil, or of which somebody would be left out */
export function ruleOf(asked: AskedRule, members: readonly UserId[]): ResolutionRule {
  const userIds = sortedPeople(asked.type === "named" ? asked.userIds : members);
  const needed = asked.type === "some" ? asked.needed : userIds.length;
  const hasGuest = asked.type === "named" && asked.userIds.some(isGuestId);
  const isFulfillable = Number.isInteger(needed) && needed >= 1 && needed <= userIds.length;
  // Nobody would take it, the proposer's own terminal neither.
  if (hasGuest || !isFulfillable || userIds.length > mostPeople) throw new SignetError("resolution.badRule");
  return { type: asked.type, userIds, needed };
}

/** In as many words as it takes, each with the resolution. */
export function inPieces({ proposal, resolution, said }: ProposedIn): Uint8Array<ArrayBuffer>[] {
  const pieces: StatedIn[][] = [[]];
  for (const one of said) {
    const last = pieces.at(-1) ?? [];
    const tried = encodeProposed({ resolution, proposal, said: [...last, one] });
    // Room for signature, length and padding of the word.
    if (tried.length > mostWordBytes - 1_024 && last.length > 0) pieces.push([one]);
    else last.push(one);
  }
  return pieces.map((piece) => encodeProposed({ resolution, proposal, said: piece }));
}
