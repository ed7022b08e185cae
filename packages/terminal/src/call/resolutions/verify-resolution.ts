/** Whether what is said about a resolution holds, by the people as this terminal knows them. */
import { verifyProposedResolution, verifySaidOfResolution } from "@signet/device";
import type {
  NamedResolution,
  Refusal,
  ResolutionContext as SignerContext,
  VerifiedProof,
  VerifiedWord,
} from "@signet/device";
import { codeOf, isGuestId } from "@signet/protocol";
import type { Resolution, UserId } from "@signet/protocol";

import type { Directory } from "../../people/directory.ts";
import { checkedByNewest, verifyBindingOf, verifyProofOf } from "../../people/proofs.ts";
import { transcriptOf } from "./resolution-words.ts";
import type { StatedIn } from "./resolution-words.ts";

export interface ResolutionContext {
  readonly serverOrigin: string;
  readonly callProof: VerifiedProof<"call">;
  readonly directory: Directory;
  readonly nowMs: number;
}

/** A resolution that its proposer's terminal signed. */
export interface VerifiedResolution extends NamedResolution {
  readonly proposal: StatedIn;
}

/** @returns refusal `resolution.otherCall`, `resolution.otherPerson`, `proof.*`, `history.*`, `directory.*`, `certificate.*` */
export async function verifyProposal(
  resolution: Resolution,
  proposal: StatedIn,
  context: ResolutionContext,
): Promise<({ readonly ok: true } & VerifiedResolution) | Refusal> {
  try {
    const verified = await verifyProposedResolution(resolution, proposal, signersOf(context));
    return verified.ok ? { ...verified, proposal } : verified;
  } catch (error) {
    return { ok: false, code: codeOf(error) };
  }
}

/**
 * An approval or rejection by a device of who decides, or the proposer's terminal that takes the resolution back. Whether it counts then, the tally says.
 * @returns refusal `resolution.*`, and as {@link verifyProposal}
 */
export async function verifySaid(
  named: VerifiedResolution,
  stated: StatedIn,
  context: ResolutionContext,
): Promise<({ readonly ok: true } & VerifiedWord) | Refusal> {
  const said = transcriptOf(stated);
  const userId = said?.userId as UserId | undefined;
  const isAsked =
    said?.purpose !== "approve" ||
    userId === undefined ||
    isGuestId(userId) ||
    named.resolution.rule.userIds.includes(userId);
  // Before the server is asked who they are: whoever shows what others said could name as many as there is room for.
  if (!isAsked) return { ok: false, code: "resolution.notAsked" };
  try {
    return await verifySaidOfResolution(named, stated, signersOf(context));
  } catch (error) {
    return { ok: false, code: codeOf(error) };
  }
}

function signersOf({ callProof, directory, nowMs, serverOrigin }: ResolutionContext): SignerContext {
  return {
    serverOrigin,
    callProof,
    nowMs,
    verifyApproval: async (userId, proof, fields) => {
      const takesRevoked = directory.revocations.isLate;
      const expected = { purpose: "approve", serverOrigin, time: "any", fields, takesRevoked } as const;
      const { result } = await checkedByNewest(
        directory,
        await directory.person(userId),
        (known) => verifyProofOf(known, proof, expected),
        takesRevoked,
      );
      return result;
    },
    verifyBinding: async (userId, proof, boundAtMs) => {
      const then = { serverOrigin, nowMs: boundAtMs };
      const { result } = await checkedByNewest(directory, await directory.person(userId), (known) =>
        verifyBindingOf(known, proof, then),
      );
      return result;
    },
  };
}
