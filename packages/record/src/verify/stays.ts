/** What a record says of each answer: that somebody was in the group, from when to when and by whose word, and how it ended. */
import { certificateChainFor, summaryOf, validateChain } from "@signet/device";
import type { PersonDevice } from "@signet/device";
import { equalBytes } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

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

/**
 * By their own word, which is for the last answer before it; by that of a host, which voids the invitation that was answered, and is for the last answer to
 * it; or no later than when the call was over, which is said of the last answer alone. Whatever became of those before, no signature says.
 */
function endOf(answer: Answer, answers: readonly Answer[], said: SaidInRecord): StayReport["ended"] {
  const { by } = answer.signed;
  const later = answers.slice(answers.indexOf(answer) + 1);
  const [next] = later;
  const left = said.endings
    .map(({ signed }) => signed)
    .filter(({ proof, by: own }) => proof.transcript.purpose === "leave" && own.by === by.by)
    .filter(({ by: own }) => own.atMs >= by.atMs && (next === undefined || own.atMs < next.signed.by.atMs))
    .toSorted((one, other) => one.by.atMs - other.by.atMs)[0];
  if (left !== undefined)
    return { how: "left", atMs: left.by.atMs, by: left.by.by, reason: left.proof.transcript.reason };
  for (const { signed } of said.listed) {
    const { transcript } = signed.proof;
    if (transcript.purpose !== "remove" || !transcript.userIds.includes(by.by)) continue;
    if (!transcript.voided.some((digest) => equalBytes(digest, answer.invitation))) continue;
    if (later.some(({ invitation }) => equalBytes(invitation, answer.invitation))) continue;
    return { how: "removed", atMs: signed.by.atMs, by: signed.by.by };
  }
  if (next !== undefined) return undefined;
  const end = said.endings.find(({ signed }) => signed.proof.transcript.purpose === "end")?.signed;
  return end && { how: "ended", atMs: end.by.atMs, by: end.by.by, reason: end.proof.transcript.reason };
}

/** As they were when the device signed. Nobody is asked whether they were revoked. */
export async function certificateOf(
  { certificates = [], publicKey }: Pick<PersonDevice, "certificates" | "publicKey">,
  atMs: number,
  anchors: readonly Bytes[],
): Promise<CertificateReport | undefined> {
  if (certificates.length === 0) return undefined;
  const chained = await validateChain(certificates, { trust: { anchors }, publicKey, nowMs: atMs });
  if (chained.ok) return { subject: chained.names.subject, issuer: chained.names.issuer, trusted: true };
  const own = ownAmong(certificates, publicKey);
  const said = own && summaryOf(own);
  return said && { subject: said.subject, issuer: said.issuer, trusted: false };
}

/** One of another key says nothing of this person. */
function ownAmong(certificates: readonly Bytes[], publicKey: Bytes): Bytes | undefined {
  try {
    return certificateChainFor(publicKey, certificates)[0];
  } catch {
    return undefined;
  }
}
