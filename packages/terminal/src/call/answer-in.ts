/** The answer by which somebody is in the group. */
import { decodeProof, decodeTranscript } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

/** @returns undefined for what is no answer to a call */
export function answerIn({
  identity,
}: {
  readonly identity: Bytes;
}): Transcript<"join"> | Transcript<"call"> | undefined {
  const proof = decodeProof(identity);
  const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
  return transcript?.purpose === "join" || transcript?.purpose === "call" ? transcript : undefined;
}
