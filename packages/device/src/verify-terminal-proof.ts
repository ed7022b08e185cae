import { decodeTranscript } from "@signet/protocol";
import type { ProofIn, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import { importTerminalKey } from "./public-key.ts";
import { checkRaw } from "./signature-check.ts";
import { checkTranscript } from "./transcript-check.ts";
import type { ExpectedFields, ProofTime } from "./transcript-check.ts";
import { refuse } from "./verified.ts";
import type { Binding, ProofResult, VerifiedProof } from "./verified.ts";

/** Purposes that a terminal key signs; the device vouches for that key in the binding. */
export type TerminalPurpose =
  | "resume"
  | "release"
  | "decline"
  | "leave"
  | "end"
  | "present"
  | "microphone"
  | "document-key"
  | "remove"
  | "message"
  | "host"
  | "let-in"
  | "propose"
  | "withdraw"
  | "epoch"
  | "keep";

export interface TerminalProofExpectation<P extends TerminalPurpose> {
  readonly purpose: P;
  readonly serverOrigin: string;
  readonly binding: Binding;
  readonly time: ProofTime;
  readonly fields?: ExpectedFields<P>;
}

/**
 * Codes, in the order of the checks: `proof.malformed`, `purpose`, `origin`, `user`, `device`, `challenge`, `terminal`,
 * `call`, `time`, `signer`, `expired` (issued after the binding's end), `algorithm`, `signature`.
 */
export async function verifyTerminalProof<P extends TerminalPurpose>(
  proof: ProofIn,
  expected: TerminalProofExpectation<P>,
): Promise<ProofResult<P>> {
  const { binding, purpose, serverOrigin, time, fields } = expected;
  const { userId, deviceId, terminalId } = binding;
  const decoded = decodeTranscript(proof.transcript);
  const checked = checkTranscript(decoded, { purpose, serverOrigin, userId, deviceId, time, fields });
  if (!checked.ok) return checked;
  const transcript = checked.transcript as unknown as Transcript<TerminalPurpose>;
  if ("terminalId" in transcript && transcript.terminalId !== terminalId) return refuse("proof.terminal");
  if (proof.signature.kind !== "terminal") return refuse("proof.signer");
  if (transcript.issuedAtMs >= binding.expiresAtMs) return refuse("proof.expired");
  const terminalKey = await importTerminalKey(binding.terminalKey);
  if (terminalKey === undefined) return refuse("proof.algorithm");
  const digest = await sha256(proof.transcript);
  const result = await checkRaw("EdDSA", terminalKey, proof.signature.signature, digest);
  return result.ok
    ? { ok: true, proof: { transcript, digest, raw: proof } as unknown as VerifiedProof<P> }
    : result;
}
