/** What a record says of each answer: that somebody was in the group, from when to when and by whose word, and how it ended. */
import { certificateChainFor, summaryOf, validateChain } from "@signet/device";
import type { PersonDevice } from "@signet/device";
import { equalBytes } from "@signet/protocol";
import type { Bytes, Transcript, UserId } from "@signet/protocol";

import type { CertificateReport, SignedAt, StayReport } from "../report.ts";
import type { ProvenEpoch } from "./epochs.ts";
import { revokedIn } from "./signed.ts";
import type { Answer, SaidInRecord } from "./statements.ts";

/** One for each answer of the person's, in the order in which they were signed. */
export async function staysOf(
  userId: UserId,
  said: SaidInRecord,
  epochs: readonly ProvenEpoch[],
  anchors: readonly Bytes[],
): Promise<readonly StayReport[]> {
  const answers = said.answers
    .filter(({ signed }) => signed.by.by === userId)
    .toSorted((one, other) => one.signed.by.atMs - other.signed.by.atMs || one.index - other.index);
  const stays: StayReport[] = [];
  for (const answer of answers) {
    const { by, device } = answer.signed;
    const seen = seenIn(answer, epochs);
    const ended = endOf(answer, answers, said);
    const certificate = await certificateOf(device, by.atMs, anchors);
    stays.push({
      deviceId: by.deviceId,
      deviceKind: by.deviceKind,
      answeredAtMs: by.atMs,
      ...revokedIn(device),
      ...(certificate === undefined ? {} : { certificate }),
      ...(seen === undefined ? {} : { seen }),
      ...(ended === undefined ? {} : { ended }),
    });
  }
  return stays;
}

/** By all words for an epoch in which this answer stands. */
function seenIn(answer: Answer, epochs: readonly ProvenEpoch[]): StayReport["seen"] {
  const words = epochs.filter(({ members }) => members.includes(answer)).flatMap((epoch) => epoch.words);
  if (words.length === 0) return undefined;
  const by = [...Map.groupBy(words, (word) => word.by)]
    .map(([userId, own]) => ({ by: userId, ...spanOf(own) }))
    .toSorted((one, other) => (one.by < other.by ? -1 : 1));
  return { ...spanOf(words), by };
}

/** Whoever signed at a time says nothing of another: that of all is no more than its ends are each somebody's. */
const spanOf = (words: readonly SignedAt[]): { readonly fromMs: number; readonly toMs: number } => ({
  fromMs: words.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY),
  toMs: words.reduce((last, { atMs }) => Math.max(last, atMs), 0),
});

/** In the order in which they count where two are of one time. */
const ways = { leave: "left", remove: "removed", end: "ended" } as const;

/**
 * By their own word, which is for the last answer before it; by that of a host, which voids the invitation that was answered, and is for the last answer to
 * it; or no later than when the call was over, which is said of the last answer alone: by the earliest of these. Whatever became of those before, no
 * signature says.
 */
function endOf(answer: Answer, answers: readonly Answer[], said: SaidInRecord): StayReport["ended"] {
  const later = answers.slice(answers.indexOf(answer) + 1);
  const [earliest] = Object.entries(ways)
    .flatMap(([purpose, how]) =>
      [...said.listed, ...said.endings]
        .map(({ signed }) => signed)
        .filter(({ proof }) => proof.transcript.purpose === purpose && ends(answer, later, proof.transcript))
        .map(({ by, proof: { transcript } }) => ({
          how,
          atMs: by.atMs,
          by: by.by,
          ...("reason" in transcript ? { reason: transcript.reason } : {}),
        })),
    )
    .toSorted((one, other) => one.atMs - other.atMs);
  return earliest;
}

/** @param later answers of the same person */
function ends({ invitation, signed }: Answer, later: readonly Answer[], transcript: Transcript): boolean {
  const { by } = signed;
  const [next] = later;
  switch (transcript.purpose) {
    case "leave": {
      const { issuedAtMs, userId } = transcript;
      return (
        userId === by.by && issuedAtMs >= by.atMs && (next === undefined || issuedAtMs < next.signed.by.atMs)
      );
    }
    case "remove":
      return (
        transcript.userIds.includes(by.by) &&
        transcript.voided.some((digest) => equalBytes(digest, invitation)) &&
        !later.some((one) => equalBytes(one.invitation, invitation))
      );
    case "end":
      return next === undefined;
    default:
      return false;
  }
}

/** As they were when the device signed. Nobody is asked whether they were revoked. */
export async function certificateOf(
  { certificates = [], publicKey }: Pick<PersonDevice, "certificates" | "publicKey">,
  atMs: number,
  anchors: readonly Bytes[],
): Promise<CertificateReport | undefined> {
  if (certificates.length === 0) return undefined;
  const chained = await validateChain(certificates, { trust: { anchors }, publicKey, nowMs: atMs });
  const own = ownAmong(certificates, publicKey);
  const said = own && summaryOf(own);
  return said && { subject: said.subject, issuer: said.issuer, trusted: chained.ok };
}

/** One of another key says nothing of this person. */
function ownAmong(certificates: readonly Bytes[], publicKey: Bytes): Bytes | undefined {
  try {
    return certificateChainFor(publicKey, certificates)[0];
  } catch {
    return undefined;
  }
}
