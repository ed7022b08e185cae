/** Whether what is said about a resolution is signed by whom it says, for this very call and resolution. */
import { decodeTranscript, encodeResolution, equalBytes, isGuestId } from "@signet/protocol";
import type { Decision, ProofIn, Resolution, SaidOfResolution, Transcript, UserId } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import { clockToleranceMs } from "./transcript-check.ts";
import type { ExpectedFields } from "./transcript-check.ts";
import { refuse } from "./verified.ts";
import type { Binding, PersonDevice, Refusal, VerifiedProof } from "./verified.ts";
import type { DeviceProofResult } from "./verify-device-proof.ts";
import { verifyTerminalProof } from "./verify-terminal-proof.ts";

/** As it came: `binding` vouches for the terminal key that signed a proposal, or that it is withdrawn. */
export interface StatedOfResolution {
  readonly proof: ProofIn;
  readonly binding?: ProofIn | undefined;
}

/** Whoever verifies knows whose devices are whose. */
export interface ResolutionContext {
  readonly serverOrigin: string;
  readonly callProof: VerifiedProof<"call">;
  /** What was signed later than this, but for clocks that differ, was not. Infinity for what is read years later. */
  readonly nowMs: number;
  /** Of this person, for this server and of any age. */
  readonly verifyApproval: (
    userId: UserId,
    proof: ProofIn,
    fields: ExpectedFields<"approve">,
  ) => Promise<DeviceProofResult<"approve">>;
  /** Of this person, for this server; `nowMs`: when it has to have held. */
  readonly verifyBinding: (
    userId: UserId,
    proof: ProofIn,
    nowMs: number,
  ) => Promise<{ readonly ok: true; readonly binding: Binding } | Refusal>;
}

/** Which device signed, or vouches for the terminal key that did, and when by its clock. */
export interface SignedOfResolution {
  readonly device: PersonDevice;
  readonly issuedAtMs: number;
}

/** Which resolution it is. `digest`: 32 bytes. */
export interface NamedResolution {
  readonly resolution: Resolution;
  readonly digest: Uint8Array<ArrayBuffer>;
  /** By the proposer's clock. */
  readonly proposedAtMs: number;
}

/** What a word about a resolution says itself; undefined for another one. Nothing of it is verified. */
export function transcriptOfResolution({
  proof,
}: Pick<StatedOfResolution, "proof">): Transcript<"approve" | "propose" | "withdraw"> | undefined {
  const transcript = decodeTranscript(proof.transcript);
  return transcript?.purpose === "approve" ||
    transcript?.purpose === "propose" ||
    transcript?.purpose === "withdraw"
    ? transcript
    : undefined;
}

/** @returns refusal `resolution.otherCall`, `resolution.otherPerson`, and what the context refuses */
export async function verifyProposedResolution(
  resolution: Resolution,
  proposal: StatedOfResolution,
  context: ResolutionContext,
): Promise<({ readonly ok: true; readonly signed: SignedOfResolution } & NamedResolution) | Refusal> {
  const { callProof, serverOrigin } = context;
  const isOfCall =
    resolution.serverOrigin === serverOrigin &&
    resolution.callId === callProof.transcript.callId &&
    equalBytes(resolution.callProofDigest, callProof.digest);
  if (!isOfCall) return refuse("resolution.otherCall");
  const digest = await sha256(encodeResolution(resolution));
  const result = await verifyTerminalWord("propose", { resolution, digest }, proposal, context);
  if (!result.ok) return result;
  const { signed } = result;
  return { ok: true, resolution, digest, proposedAtMs: signed.issuedAtMs, signed };
}

/**
 * An approval or rejection by a device of who decides, or the proposer's terminal that takes the resolution back. Whether it counts then, the tally says.
 * @returns refusal `resolution.*`, and as {@link verifyProposedResolution}
 */
export async function verifySaidOfResolution(
  { digest, proposedAtMs, resolution }: NamedResolution,
  stated: StatedOfResolution,
  context: ResolutionContext,
): Promise<
  { readonly ok: true; readonly said: SaidOfResolution; readonly signed: SignedOfResolution } | Refusal
> {
  const { callProof, nowMs } = context;
  const transcript = transcriptOfResolution(stated);
  if (transcript === undefined) return refuse("resolution.malformed");
  const { issuedAtMs } = transcript;
  const userId = transcript.userId as UserId;
  if (isGuestId(userId)) return refuse("resolution.guest");
  if (issuedAtMs < proposedAtMs - clockToleranceMs) return refuse("proof.time");
  if (transcript.purpose === "withdraw") {
    const result = await verifyTerminalWord("withdraw", { resolution, digest }, stated, context);
    return result.ok ? { ...result, said: { type: "withdrawal", userId } } : result;
  }
  const decision = decisionOf(transcript.purpose === "approve" ? transcript.decision : "");
  if (decision === undefined) return refuse("resolution.malformed");
  if (issuedAtMs > nowMs + 2 * clockToleranceMs) return refuse("proof.time");
  const fields = {
    callId: callProof.transcript.callId,
    callProofDigest: callProof.digest,
    number: resolution.number,
    resolutionDigest: digest,
    decision,
  };
  const result = await context.verifyApproval(userId, stated.proof, fields);
  if (!result.ok) return result;
  const said = { type: "decision", userId, decision } as const;
  return { ok: true, said, signed: { device: result.proof.device, issuedAtMs } };
}

const decisionOf = (text: string): Decision | undefined =>
  text === "approve" || text === "reject" ? text : undefined;

/** By a terminal key of the proposer's that a device of theirs vouches for. */
async function verifyTerminalWord(
  purpose: "propose" | "withdraw",
  { digest, resolution }: Pick<NamedResolution, "digest" | "resolution">,
  { binding, proof }: StatedOfResolution,
  context: ResolutionContext,
): Promise<{ readonly ok: true; readonly signed: SignedOfResolution } | Refusal> {
  const { callProof, nowMs, serverOrigin } = context;
  const { number, proposer } = resolution;
  const transcript = transcriptOfResolution({ proof });
  if (transcript?.purpose !== purpose) return refuse("proof.purpose");
  if (transcript.userId !== proposer)
    return refuse(purpose === "withdraw" ? "resolution.notProposer" : "resolution.otherPerson");
  const { issuedAtMs } = transcript;
  if (issuedAtMs > nowMs + 2 * clockToleranceMs) return refuse("proof.time");
  if (binding === undefined) return refuse("proof.signer");
  // As it was when it signed: a sign-in may have run out since, and what was said under it stands.
  const bound = await context.verifyBinding(proposer, binding, Math.min(nowMs, issuedAtMs));
  if (!bound.ok) return bound;
  const { callId } = callProof.transcript;
  const result = await verifyTerminalProof(proof, {
    purpose,
    serverOrigin,
    binding: bound.binding,
    time: "any",
    fields: { callId, callProofDigest: callProof.digest, number, resolutionDigest: digest },
  });
  return result.ok ? { ok: true, signed: { device: bound.binding.device, issuedAtMs } } : result;
}
