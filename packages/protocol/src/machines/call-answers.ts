/**
 * What somebody signed in one call so far, as far as it decides whether an answer of theirs counts: an answer and the leaf key in it are for one
 * stay, and a person's answer is younger than their last word that they leave. Pure.
 */
import { toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { ProofIn } from "../proof.ts";
import { decodeTranscript } from "../transcript.ts";

export interface Answers {
  /** Leaf keys that were in the group, in base64url. */
  readonly spentKeys: readonly string[];
  /** By the clock of the terminal that was left. */
  readonly leftAtMs?: number;
}

export const noAnswers: Answers = { spentKeys: [] };

/** @param proof the `join` proof of an answer, which was verified; or the `call` proof that stands for it */
export function answerRefusal({ spentKeys, leftAtMs }: Answers, proof: ProofIn): ErrorCode | undefined {
  const answer = answerIn(proof);
  if (answer === undefined) return undefined;
  if (spentKeys.includes(answer.leafKey)) return "mls.spentKey";
  return leftAtMs !== undefined && answer.issuedAtMs <= leftAtMs ? "proof.beforeLeave" : undefined;
}

/** The person came into the group with this answer. */
export function withStay(answers: Answers, proof: ProofIn): Answers {
  const answer = answerIn(proof);
  return answer === undefined ? answers : { ...answers, spentKeys: [...answers.spentKeys, answer.leafKey] };
}

/** @param proof a `leave` proof that was verified */
export function withLeave(answers: Answers, proof: ProofIn): Answers {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript?.purpose !== "leave") return answers;
  return { ...answers, leftAtMs: Math.max(transcript.issuedAtMs, answers.leftAtMs ?? 0) };
}

/**
 * What an answer says of itself.
 * @returns `invitation`: digest of the statement that it answers; undefined for a `call` proof, which answers that of the call it is shown in
 */
export function signedIn(
  proof: ProofIn,
): { readonly issuedAtMs: number; readonly invitation?: Bytes; readonly deviceId: string } | undefined {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript?.purpose !== "call" && transcript?.purpose !== "join") return undefined;
  const { deviceId, issuedAtMs } = transcript;
  return transcript.purpose === "call"
    ? { issuedAtMs, deviceId }
    : { invitation: transcript.invitation, issuedAtMs, deviceId };
}

function answerIn(proof: ProofIn): { readonly leafKey: string; readonly issuedAtMs: number } | undefined {
  const transcript = decodeTranscript(proof.transcript);
  // Where two call each other, the `call` proof of one is the answer to the other.
  if (transcript?.purpose !== "join" && transcript?.purpose !== "call") return undefined;
  return { leafKey: toBase64Url(transcript.leafKey), issuedAtMs: transcript.issuedAtMs };
}
