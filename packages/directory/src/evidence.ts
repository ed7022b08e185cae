/** What speaks against a server by itself: two checkpoints that its log signed, and that do not fit (docs/directory.md). */
import { decodeProof, decodeTranscript, equalBytes, fromBase64Url, toBase64Url } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

import type { Checkpoint } from "./note/checkpoint.ts";
import { openCheckpoint } from "./note/open-checkpoint.ts";
import { parseVerifierKey } from "./note/verifier-key.ts";
import type { VerifierKey } from "./note/verifier-key.ts";
import { hashBytes } from "./tree/hashes.ts";
import { isWhole, rebuildRoots } from "./tree/verify-consistency.ts";

export interface LogEvidence {
  /** As the server names itself. */
  readonly serverOrigin: string;
  /** Of the log, as it is written: what whoever found this believed. Whether it was the server's, others have to know. */
  readonly logKey: string;
  /** By the clock of whoever found it. */
  readonly foundAtMs: number;
  /** Signed notes: what was believed, and what was shown then. */
  readonly known: string;
  readonly shown: string;
  /**
   * Hashes by which the server meant to show that the later one goes on from the earlier one; before them, where that is of a power of two leaves, the root
   * that these have in the later one, where that could be asked for. Empty where there is none.
   */
  readonly consistencyProof: readonly Bytes[];
  /**
   * What people signed with their devices in a call, who were shown one of the two or what it goes on from: `call` and `join` proofs, as they are encoded.
   * By whom they are is for who has their histories, which the log holds. Absent where one terminal saw both.
   */
  readonly proofs?: readonly Bytes[];
}

/** `proven`: the log signed what cannot both be. Else the server could only not show that they fit. */
export type EvidenceJudgement = "proven" | "notProven";

const form = "signet-evidence/1";
/** With `proofs`. */
const gossipForm = "signet-evidence/2";
/** UTF-16 units. */
const longestEvidence = 131_072;
const mostHashes = 65;
/** One's own, and that of somebody else. */
const mostProofs = 2;

/** JSON, with the fields in the order that docs/directory.md gives. */
export function formatEvidence(evidence: LogEvidence): string {
  const { consistencyProof, foundAtMs, known, logKey, proofs, serverOrigin, shown } = evidence;
  const proof = consistencyProof.map((hash) => toBase64Url(hash));
  const found = { serverOrigin, logKey, foundAtMs, known, shown, consistencyProof: proof };
  const told =
    proofs === undefined
      ? { form, ...found }
      : { form: gossipForm, ...found, proofs: proofs.map((one) => toBase64Url(one)) };
  return JSON.stringify(told, null, 2);
}

/** @returns undefined unless it is evidence of this form; nothing of it is verified */
export function parseEvidence(text: string): LogEvidence | undefined {
  const read = readJson(text);
  const isGossip = read["form"] === gossipForm;
  if (read["form"] !== form && !isGossip) return undefined;
  const proofs = isGossip ? proofsIn(read["proofs"]) : undefined;
  if (isGossip && proofs === undefined) return undefined;
  const { consistencyProof, foundAtMs, known, logKey, serverOrigin, shown } = read;
  const texts = [known, logKey, serverOrigin, shown];
  if (!texts.every((one) => typeof one === "string")) return undefined;
  if (typeof foundAtMs !== "number" || !Number.isSafeInteger(foundAtMs) || foundAtMs < 0) return undefined;
  if (!Array.isArray(consistencyProof) || consistencyProof.length > mostHashes) return undefined;
  const hashes = consistencyProof.map((hash: unknown) =>
    typeof hash === "string" ? fromBase64Url(hash) : undefined,
  );
  if (!hashes.every((hash) => hash?.length === hashBytes)) return undefined;
  const [knownNote, key, origin, shownNote] = texts as [string, string, string, string];
  return {
    serverOrigin: origin,
    logKey: key,
    foundAtMs,
    known: knownNote,
    shown: shownNote,
    consistencyProof: hashes as readonly Bytes[],
    ...(proofs === undefined ? {} : { proofs }),
  };
}

/** @returns undefined unless each is a proof that names a checkpoint */
function proofsIn(read: unknown): readonly Bytes[] | undefined {
  if (!Array.isArray(read) || read.length === 0 || read.length > mostProofs) return undefined;
  const proofs = read.map((one: unknown) => (typeof one === "string" ? fromBase64Url(one) : undefined));
  return proofs.every((one): one is Bytes => one !== undefined && seenIn(one) !== undefined)
    ? proofs
    : undefined;
}

/** Who saw which checkpoint, by a proof of a device that is not verified here. @returns undefined where it says nothing of that */
export function seenIn(proof: Bytes): Transcript<"call" | "join"> | undefined {
  const decoded = decodeProof(proof);
  const transcript = decoded && decodeTranscript(decoded.transcript);
  return transcript?.purpose === "call" || transcript?.purpose === "join" ? transcript : undefined;
}

function readJson(text: string): { readonly [name: string]: unknown } {
  if (text.length > longestEvidence) return {};
  try {
    return Object(JSON.parse(text)) as { readonly [name: string]: unknown };
  } catch {
    return {};
  }
}

/**
 * Whether it convinces a stranger, who knows the log's key. Two trees of one size, with another root each; or a later one whose own hashes rebuild it,
 * and another root of its first leaves than was signed.
 * @param logKey by default the one that the evidence names
 */
export async function judgeEvidence(
  { consistencyProof, known, logKey: named, shown }: LogEvidence,
  logKey: VerifierKey | undefined = parseVerifierKey(named),
): Promise<EvidenceJudgement> {
  if (logKey?.kind !== "log") return "notProven";
  const opened = await Promise.all([known, shown].map((note) => openCheckpoint(note, logKey)));
  const checkpoints = opened.flatMap((one) => (one.ok ? [one.checkpoint] : []));
  const [first, second] = checkpoints.toSorted((one, other) => one.size - other.size);
  if (first === undefined || second === undefined) return "notProven";
  return doNotFit(first, second, consistencyProof) ? "proven" : "notProven";
}

function doNotFit(first: Checkpoint, second: Checkpoint, proof: readonly Bytes[]): boolean {
  if (first.size === second.size)
    return !equalBytes(first.root, second.root) || !isSameMap(first.mapRoot, second.mapRoot);
  // Of other lengths they could be read in two ways.
  if (first.size === 0 || !proof.every(({ length }) => length === hashBytes)) return false;
  const roots = rebuildRoots(first.size, second.size, proof);
  return roots !== undefined && equalBytes(roots.second, second.root) && !equalBytes(roots.first, first.root);
}

/** A log that has a map names it always. */
const isSameMap = (one: Bytes | undefined, other: Bytes | undefined): boolean =>
  one === undefined || other === undefined ? one === other : equalBytes(one, other);

/**
 * The root of the first leaves of a tree, where these are a power of two and a proof of consistency leaves it out: it is among the hashes of the proof from
 * one leaf more.
 * @param proof of consistency from `size + 1` to `laterSize`
 * @returns undefined where that is none; nothing of it is verified
 */
export function rootBefore(size: number, laterSize: number, proof: readonly Bytes[]): Bytes | undefined {
  if (!isWhole(size) || size < 2 || laterSize <= size + 1) return undefined;
  let [fn, sn] = [size, laterSize - 1];
  // The first hash is of the leaf that is one more.
  for (const hash of proof.slice(1)) {
    if (fn % 2 === 1 || fn === sn) return hash;
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return undefined;
}
