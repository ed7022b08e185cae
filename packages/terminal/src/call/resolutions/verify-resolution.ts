/** Whether what is said about a resolution is signed by whom it says, for this very call and resolution. */
import { clockToleranceMs, sha256, verifyTerminalProof } from "@signet/device";
import type { Refusal, VerifiedProof } from "@signet/device";
import { codeOf, encodeResolution, equalBytes, isGuestId } from "@signet/protocol";
import type { Decision, ErrorCode, Resolution, SaidOfResolution, UserId } from "@signet/protocol";

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
export interface VerifiedResolution {
  readonly resolution: Resolution;
  /** 32 bytes. */
  readonly digest: Uint8Array<ArrayBuffer>;
  readonly proposal: StatedIn;
  /** By the proposer's clock. */
  readonly proposedAtMs: number;
}

/** @returns refusal `resolution.otherCall`, `resolution.otherPerson`, `proof.*`, `history.*`, `directory.*`, `certificate.*` */
export async function verifyProposal(
  resolution: Resolution,
  proposal: StatedIn,
  context: ResolutionContext,
): Promise<({ readonly ok: true } & VerifiedResolution) | Refusal> {
  const { callProof, serverOrigin } = context;
  const isOfCall =
    resolution.serverOrigin === serverOrigin &&
    resolution.callId === callProof.transcript.callId &&
    equalBytes(resolution.callProofDigest, callProof.digest);
  if (!isOfCall) return refuse("resolution.otherCall");
  const digest = await sha256(encodeResolution(resolution));
  const signed = await verifyTerminalWord("propose", { resolution, digest }, proposal, context);
  if (!signed.ok) return signed;
  return { ok: true, resolution, digest, proposal, proposedAtMs: signed.issuedAtMs };
}

/**
 * An approval or rejection by a device of who decides, or the proposer's terminal that takes the resolution back. Whether it counts then, the tally says.
 * @returns refusal `resolution.*`, and as {@link verifyProposal}
 */
export async function verifySaid(
  { digest, proposedAtMs, resolution }: VerifiedResolution,
  stated: StatedIn,
  context: ResolutionContext,
): Promise<{ readonly ok: true; readonly said: SaidOfResolution } | Refusal> {
  const { callProof, directory, nowMs, serverOrigin } = context;
  const transcript = transcriptOf(stated);
  if (transcript === undefined) return refuse("resolution.malformed");
  const userId = transcript.userId as UserId;
  if (isGuestId(userId)) return refuse("resolution.guest");
  if (transcript.issuedAtMs < proposedAtMs - clockToleranceMs) return refuse("proof.time");
  if (transcript.purpose === "withdraw") {
    const signed = await verifyTerminalWord("withdraw", { resolution, digest }, stated, context);
    return signed.ok ? { ok: true, said: { type: "withdrawal", userId } } : signed;
  }
  const decision = decisionOf(transcript.purpose === "approve" ? transcript.decision : "");
  if (decision === undefined) return refuse("resolution.malformed");
  if (transcript.issuedAtMs > nowMs + 2 * clockToleranceMs) return refuse("proof.time");
  const { callId } = callProof.transcript;
  const fields = {
    callId,
    callProofDigest: callProof.digest,
    number: resolution.number,
    resolutionDigest: digest,
    decision,
  };
  try {
    const takesRevoked = directory.revocations.isLate;
    const expected = { purpose: "approve", serverOrigin, time: "any", fields, takesRevoked } as const;
    const { result } = await checkedByNewest(
      directory,
      await directory.person(userId),
      (known) => verifyProofOf(known, stated.proof, expected),
      takesRevoked,
    );
    return result.ok ? { ok: true, said: { type: "decision", userId, decision } } : result;
  } catch (error) {
    return refuse(codeOf(error));
  }
}

const decisionOf = (text: string): Decision | undefined =>
  text === "approve" || text === "reject" ? text : undefined;

/** By a terminal key of the proposer's that a device of theirs vouches for. */
async function verifyTerminalWord(
  purpose: "propose" | "withdraw",
  { digest, resolution }: Pick<VerifiedResolution, "digest" | "resolution">,
  { binding, proof }: StatedIn,
  { callProof, directory, nowMs, serverOrigin }: ResolutionContext,
): Promise<{ readonly ok: true; readonly issuedAtMs: number } | Refusal> {
  const { number, proposer } = resolution;
  const transcript = transcriptOf({ proof });
  if (transcript?.purpose !== purpose) return refuse("proof.purpose");
  if (transcript.userId !== proposer)
    return refuse(purpose === "withdraw" ? "resolution.notProposer" : "resolution.otherPerson");
  if (transcript.issuedAtMs > nowMs + 2 * clockToleranceMs) return refuse("proof.time");
  if (binding === undefined) return refuse("proof.signer");
  const { callId } = callProof.transcript;
  try {
    // As it was when it signed: a sign-in may have run out since, and what was said under it stands.
    const then = { serverOrigin, nowMs: Math.min(nowMs, transcript.issuedAtMs) };
    const { result } = await checkedByNewest(directory, await directory.person(proposer), (known) =>
      verifyBindingOf(known, binding, then),
    );
    if (!result.ok) return result;
    const signed = await verifyTerminalProof(proof, {
      purpose,
      serverOrigin,
      binding: result.binding,
      time: "any",
      fields: { callId, callProofDigest: callProof.digest, number, resolutionDigest: digest },
    });
    return signed.ok ? { ok: true, issuedAtMs: transcript.issuedAtMs } : signed;
  } catch (error) {
    return refuse(codeOf(error));
  }
}

const refuse = (code: ErrorCode): Refusal => ({ ok: false, code });
