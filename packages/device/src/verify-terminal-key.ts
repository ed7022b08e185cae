import { decodeTranscript, equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode, ProofIn, TerminalId } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import { importTerminalKey } from "./public-key.ts";
import { checkRaw } from "./signature-check.ts";
import { terminalIdOf } from "./terminal-key.ts";
import { clockToleranceMs } from "./transcript-check.ts";

export interface TerminalKeyExpectation {
  readonly serverOrigin: string;
  readonly serverChallenge: Bytes;
  readonly terminalId: TerminalId;
  readonly terminalKey: Bytes;
  readonly nowMs: number;
}

/**
 * Whether a terminal that is nobody's yet holds the key that it names, and its ID is that key's.
 * @returns undefined when it does, or the first of `proof.malformed`, `purpose`, `origin`, `challenge`, `terminal`, `terminalKey`, `time`,
 *   `signer`, `algorithm`, `signature`
 */
export async function terminalKeyRefusal(
  proof: ProofIn,
  expected: TerminalKeyExpectation,
): Promise<ErrorCode | undefined> {
  const { nowMs, serverChallenge, serverOrigin, terminalId, terminalKey } = expected;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return "proof.malformed";
  if (transcript.purpose !== "terminal") return "proof.purpose";
  if (transcript.serverOrigin !== serverOrigin) return "proof.origin";
  if (!equalBytes(transcript.serverChallenge, serverChallenge)) return "proof.challenge";
  const isOwnId = terminalId === (await terminalIdOf(terminalKey));
  if (!isOwnId || transcript.terminalId !== terminalId) return "proof.terminal";
  if (!equalBytes(transcript.terminalKey, terminalKey)) return "proof.terminalKey";
  if (Math.abs(nowMs - transcript.issuedAtMs) > clockToleranceMs) return "proof.time";
  if (proof.signature.kind !== "terminal") return "proof.signer";
  const imported = await importTerminalKey(terminalKey);
  if (imported === undefined) return "proof.algorithm";
  const digest = await sha256(proof.transcript);
  const result = await checkRaw("EdDSA", imported, proof.signature.signature, digest);
  return result.ok ? undefined : result.code;
}
