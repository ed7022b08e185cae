/** A resolution as this terminal holds it, how it is shown, and how it is shown again to who comes later. */
import type { SignatureDevice } from "@signet/device";
import {
  isGuestId,
  mostPeople,
  mostResolutions,
  mostWordBytes,
  shownWhole,
  SignetError,
  sortedPeople,
} from "@signet/protocol";
import type { ErrorCode, Resolution, ResolutionRule, Tally, UserId } from "@signet/protocol";

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

/** Why it is not taken from a word of the epoch `saidIn`. @param members of its own epoch, where that is known here */
export function objectionTo(
  { epoch, number, proposer, rule }: Resolution,
  {
    held,
    members,
    saidIn,
  }: {
    readonly held: Iterable<HeldResolution>;
    readonly members: readonly UserId[] | undefined;
    readonly saidIn: number;
  },
): ErrorCode | undefined {
  const others = Array.from(held, ({ resolution }) => resolution);
  if (others.some((other) => other.number === number && other.proposer === proposer))
    return "resolution.numberTaken";
  if (others.length >= mostResolutions) return "resolution.tooMany";
  if (epoch > saidIn) return "resolution.otherPeople";
  // Who was in the call when it was proposed, whoever was in it then knows; to others it names them.
  if (rule.type === "named" || members === undefined) return undefined;
  const present = sortedPeople(members);
  const isSame = present.length === rule.userIds.length && present.every((id, i) => rule.userIds[i] === id);
  return isSame ? undefined : "resolution.otherPeople";
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
