/** The answer by which somebody is in the group. */
import { decodeProof, decodeTranscript } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

/** What a leaf's proof says of itself, which the credential hook verifies. */
export interface Answer {
  readonly issuedAtMs: number;
  readonly deviceId: string;
  /** Its digest, 32 bytes; a `call` proof answers the call that it is in. */
  readonly invitation?: Bytes;
}

/** Of each leaf that was read, since those who stay are asked about again and again. */
const answers = new WeakMap<Uint8Array, Answer>();

/** @returns undefined for what is no answer to a call */
export function answerIn({ identity }: { readonly identity: Bytes }): Answer | undefined {
  const known = answers.get(identity);
  if (known !== undefined) return known;
  const proof = decodeProof(identity);
  const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
  return transcript === undefined ? undefined : answerOf(identity, transcript);
}

/** Of a leaf whose proof was decoded already. @param transcript as {@link answerIn} would decode it */
export function answerOf(identity: Bytes, transcript: Transcript): Answer | undefined {
  if (transcript.purpose !== "join" && transcript.purpose !== "call") return undefined;
  const { issuedAtMs, deviceId } = transcript;
  const answer =
    transcript.purpose === "join"
      ? { issuedAtMs, deviceId, invitation: transcript.invitation }
      : { issuedAtMs, deviceId };
  answers.set(identity, answer);
  return answer;
}
