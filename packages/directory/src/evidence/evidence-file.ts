/** The file of it: JSON, with base64url for bytes, in the order that docs/directory.md gives. */
import {
  PersonId,
  decodeProof,
  decodeTranscript,
  fromBase64Url,
  isErrorCode,
  toBase64Url,
} from "@signet/protocol";
import type { Bytes, Transcript, UserId } from "@signet/protocol";

import { hashBytes } from "../tree/hashes.ts";
import { findingKinds } from "./evidence.ts";
import type { EvidentEntry, EvidentHead, LogEvidence } from "./evidence.ts";

const format = "signet-evidence";
/** Another form is another number. */
const evidenceVersion = 1;
/** UTF-16 units of a file that is read: what a monitor shows may be a thousand entries. */
export const mostEvidenceCharacters = 8_388_608;
const mostTextCharacters = 131_072;
const mostHashes = 65;
/** One's own, and that of somebody else. */
const mostProofs = 2;
/** As many as a key of a map has bits. */
const mostSiblings = 256;

export function formatEvidence(evidence: LogEvidence): string {
  const { code, consistencyProof, entries, finding, foundAtMs, heads, known, logKey, mapRoot } = evidence;
  const { position, proofs, sequence, serverOrigin, shown, shownLogKey, userId } = evidence;
  const ordered = {
    format,
    version: evidenceVersion,
    finding,
    serverOrigin,
    logKey,
    foundAtMs,
    known,
    shown,
    consistencyProof,
    proofs,
    shownLogKey,
    userId,
    sequence,
    position,
    code,
    entries,
    heads,
    mapRoot,
  };
  const written = (_name: string, value: unknown): unknown =>
    value instanceof Uint8Array ? toBase64Url(value) : value;
  return JSON.stringify(ordered, written, 2);
}

/** @returns undefined unless it is evidence of this form; nothing of it is verified */
export function parseEvidence(text: string): LogEvidence | undefined {
  const read = readJson(text);
  if (read["format"] !== format || read["version"] !== evidenceVersion) return undefined;
  const finding = findingKinds.find((kind) => kind === read["finding"]);
  const [foundAtMs, logKey, serverOrigin] = [
    countIn(read["foundAtMs"]),
    textIn(read["logKey"]),
    textIn(read["serverOrigin"]),
  ];
  if (finding === undefined || foundAtMs === undefined) return undefined;
  if (logKey === undefined || serverOrigin === undefined) return undefined;
  const beside: Record<string, unknown> = {};
  for (const [name, valueIn] of Object.entries(optional)) {
    if (read[name] === undefined) continue;
    const value: unknown = valueIn(read[name]);
    if (value === undefined) return undefined;
    beside[name] = value;
  }
  const code = textIn(read["code"]);
  // One of a later version is another's word, and proves nothing.
  if (code !== undefined && isErrorCode(code)) beside["code"] = code;
  return { finding, serverOrigin, logKey, foundAtMs, ...(beside as Partial<LogEvidence>) };
}

type Optional = Omit<LogEvidence, "finding" | "serverOrigin" | "logKey" | "foundAtMs" | "code">;

const optional: { readonly [K in keyof Required<Optional>]: (read: unknown) => Optional[K] | undefined } = {
  known: textIn,
  shown: textIn,
  consistencyProof: (read) => hashesIn(read, mostHashes),
  proofs: (read) => {
    const proofs = listIn(read, bytesIn, mostProofs);
    return proofs?.length !== 0 && proofs?.every((proof) => seenIn(proof) !== undefined) ? proofs : undefined;
  },
  shownLogKey: textIn,
  userId: textIn,
  sequence: countIn,
  position: countIn,
  entries: (read) => listIn(read, entryIn),
  heads: (read) => listIn(read, headIn),
  mapRoot: hashIn,
};

function entryIn(read: unknown): EvidentEntry | undefined {
  const fields = fieldsOf(read);
  const [position, entry, leafHash] = [
    countIn(fields["position"]),
    bytesIn(fields["entry"]),
    hashIn(fields["leafHash"]),
  ];
  const isProven = fields["inclusionProof"] !== undefined;
  const inclusionProof = hashesIn(fields["inclusionProof"], mostHashes);
  if (position === undefined || (isProven && inclusionProof === undefined)) return undefined;
  const place = { position, ...(inclusionProof && { inclusionProof }) };
  if (entry !== undefined) return { ...place, entry };
  return leafHash && { ...place, leafHash };
}

function headIn(read: unknown): EvidentHead | undefined {
  const fields = fieldsOf(read);
  const userId: UserId | undefined = PersonId.safeParse(fields["userId"]).data;
  const siblings = hashesIn(fields["siblings"], mostSiblings);
  if (userId === undefined || siblings === undefined) return undefined;
  if (fields["leaf"] === undefined) return { userId, siblings, leaf: undefined };
  const leaf = fieldsOf(fields["leaf"]);
  const [key, value] = [hashIn(leaf["key"]), hashIn(leaf["value"])];
  return key && value && { userId, siblings, leaf: { key, value } };
}

function textIn(read: unknown): string | undefined {
  return typeof read === "string" && read.length <= mostTextCharacters ? read : undefined;
}

function countIn(read: unknown): number | undefined {
  return typeof read === "number" && Number.isSafeInteger(read) && read >= 0 ? read : undefined;
}

function bytesIn(read: unknown): Bytes | undefined {
  return typeof read === "string" ? fromBase64Url(read) : undefined;
}

function hashIn(read: unknown): Bytes | undefined {
  const bytes = bytesIn(read);
  return bytes?.length === hashBytes ? bytes : undefined;
}

function hashesIn(read: unknown, most: number): readonly Bytes[] | undefined {
  return listIn(read, hashIn, most);
}

/** @returns undefined where it is no list, is too long, or one of it is nothing */
function listIn<T>(
  read: unknown,
  oneIn: (read: unknown) => T | undefined,
  most = Number.POSITIVE_INFINITY,
): readonly T[] | undefined {
  if (!Array.isArray(read) || read.length > most) return undefined;
  const all = read.map(oneIn);
  return all.every((one): one is Awaited<T> & T => one !== undefined) ? all : undefined;
}

const fieldsOf = (read: unknown) => Object(read) as { readonly [name: string]: unknown };

function readJson(text: string): { readonly [name: string]: unknown } {
  if (text.length > mostEvidenceCharacters) return {};
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Who saw which checkpoint, by a proof of a device that is not verified here. @returns undefined where it says nothing of that */
export function seenIn(proof: Bytes): Transcript<"call" | "join"> | undefined {
  const decoded = decodeProof(proof);
  const transcript = decoded && decodeTranscript(decoded.transcript);
  return transcript?.purpose === "call" || transcript?.purpose === "join" ? transcript : undefined;
}
