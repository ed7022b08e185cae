/** What entries prove that are in a tree which the log signed: that no honest log can have them, at their places. */
import { decodeTranscript, equalBytes } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn } from "@signet/protocol";

import { decodeLogEntry, historyOf, statementDigestOf } from "../entry.ts";
import type { LogEntry } from "../entry.ts";
import { setInMap } from "../map/change.ts";
import { emptyMapHash, mapKey } from "../map/hashes.ts";
import { knownPartOf } from "../map/known-part.ts";
import { decodeMapRootEntry, encodeMapRootEntry } from "../map/root-entry.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import { isLogOf } from "../note/verifier-key.ts";
import { leafHash } from "../tree/hashes.ts";
import { verifyInclusion } from "../tree/verify-inclusion.ts";
import type { EvidentEntry, EvidentHead, LogEvidence } from "./evidence.ts";

/**
 * `mapNotAtEnd`: the log does not end with the map that its checkpoint names. `unknownEntry`: neither statement nor root of a map. `outOfOrder`: a statement
 * that does not go on from what the map before it says of the person. `otherMap`: a root that is not that of the map before it and the statements since.
 * `rule`: a signature or a rule of a history does not hold.
 */
export type ProvenByEntries = "mapNotAtEnd" | "unknownEntry" | "outOfOrder" | "otherMap" | "rule";

/**
 * Whether a history cannot be an honest one, whatever others' histories are that are not among these.
 * @param others of whoever signed for this person, as far as they are there
 */
export type BreaksRule = (
  history: DirectoryEntryIn,
  serverOrigin: string,
  others: (userId: string) => DirectoryEntryIn | undefined,
) => Promise<boolean>;

/** In the tree, at its position. */
type Held = { readonly position: number; readonly entry: Bytes };

/** @param shown which the log signed */
export async function judgeEntries(
  { entries = [], heads = [] }: LogEvidence,
  shown: Checkpoint,
  breaksRule: BreaksRule | undefined,
): Promise<ProvenByEntries | undefined> {
  const { mapRoot: named, size } = shown;
  const inTree = entries.filter((one) => isInTree(one, shown));
  const last = inTree.find(({ position }) => position === size - 1);
  if (
    last !== undefined &&
    named !== undefined &&
    !equalBytes(hashOf(last), leafHash(encodeMapRootEntry(named)))
  )
    return "mapNotAtEnd";
  const held = inTree
    .flatMap(({ entry, position }): Held[] => (entry === undefined ? [] : [{ position, entry }]))
    .toSorted((one, other) => one.position - other.position)
    // What stands at one place of a tree is the same.
    .filter(({ position }, i, sorted) => position !== sorted[i - 1]?.position);
  const statements = held.map(({ entry }) => decodeLogEntry(entry));
  const roots = held.map(({ entry }) => decodeMapRootEntry(entry));
  if (held.some((_, i) => statements[i] === undefined && roots[i] === undefined)) return "unknownEntry";
  const all = held.map(({ position }, i): Read => ({ position, statement: statements[i], root: roots[i] }));
  return (
    (areOutOfOrder(all) ? "outOfOrder" : undefined) ??
    againstMap(all, heads) ??
    ((await breakRule(all, shown.origin, breaksRule)) ? "rule" : undefined)
  );
}

interface Read {
  readonly position: number;
  readonly statement: LogEntry | undefined;
  readonly root: Bytes | undefined;
}

const hashOf = (one: EvidentEntry): Bytes => (one.entry === undefined ? one.leafHash : leafHash(one.entry));

function isInTree(one: EvidentEntry, { root, size }: Checkpoint): boolean {
  const { inclusionProof, position: index } = one;
  return (
    inclusionProof !== undefined && verifyInclusion({ leaf: hashOf(one), index, size, root }, inclusionProof)
  );
}

/** One place of a history twice, or a later one before an earlier one. */
function areOutOfOrder(all: readonly Read[]): boolean {
  const latest = new Map<string, number>();
  return all.some(({ statement }) => {
    if (statement === undefined) return false;
    const { sequence, userId } = statement;
    const before = latest.get(userId);
    latest.set(userId, sequence);
    return before !== undefined && sequence <= before;
  });
}

/** What follows a map without a gap, until the next one. */
function againstMap(all: readonly Read[], heads: readonly EvidentHead[]): ProvenByEntries | undefined {
  const bases = all.flatMap(({ position, root }) => (root === undefined ? [] : [{ position, root }]));
  // Before everything nobody is in it.
  for (const base of [{ position: -1, root: emptyMapHash }, ...bases]) {
    const why = afterMap(base, all, heads);
    if (why !== undefined) return why;
  }
  return undefined;
}

function afterMap(
  base: { readonly position: number; readonly root: Bytes },
  all: readonly Read[],
  heads: readonly EvidentHead[],
): ProvenByEntries | undefined {
  const isOfNobody = base.position < 0;
  const shown = isOfNobody ? [] : heads;
  const map = knownPartOf(
    base.root,
    shown.map((head) => [mapKey(head.userId), head]),
  );
  if (map === undefined) return undefined;
  const now = new Map<string, Bytes | undefined>(shown.map((head) => [head.userId, valueOf(head)]));
  let { root: current } = base;
  let next = base.position + 1;
  for (const { position, root, statement } of all) {
    if (position < next) continue;
    if (position > next) return undefined;
    next++;
    if (root !== undefined) return equalBytes(root, current) ? undefined : "otherMap";
    // What the map says of them is not shown.
    if (statement === undefined || !(isOfNobody || now.has(statement.userId))) return undefined;
    const { proofs, userId } = statement;
    if (!goesOn(statement, now.get(userId))) return "outOfOrder";
    const head = statementDigestOf(proofs);
    now.set(userId, head);
    current = setInMap(map, mapKey(userId), head);
  }
  return undefined;
}

const valueOf = ({ leaf, userId }: EvidentHead): Bytes | undefined =>
  leaf !== undefined && equalBytes(leaf.key, mapKey(userId)) ? leaf.value : undefined;

/** @param head of the person's last statement */
function goesOn({ proofs: [proof], registration }: LogEntry, head: Bytes | undefined): boolean {
  if (registration !== undefined) return head === undefined;
  const transcript = proof && decodeTranscript(proof.transcript);
  return (
    head !== undefined &&
    transcript !== undefined &&
    "previous" in transcript &&
    equalBytes(transcript.previous, head)
  );
}

/** @param origin of the log */
async function breakRule(
  all: readonly Read[],
  origin: string,
  breaksRule: BreaksRule | undefined,
): Promise<boolean> {
  if (breaksRule === undefined) return false;
  const of = new Map<string, LogEntry[]>();
  for (const { statement } of all) {
    if (statement === undefined) continue;
    of.set(statement.userId, [...(of.get(statement.userId) ?? []), statement]);
  }
  const historyIn = (userId: string): DirectoryEntryIn | undefined => historyOf(of.get(userId) ?? []);
  for (const userId of of.keys()) {
    const history = historyIn(userId);
    const serverOrigin = history && originOf(history, origin);
    if (
      history !== undefined &&
      serverOrigin !== undefined &&
      (await breaksRule(history, serverOrigin, historyIn))
    )
      return true;
  }
  return false;
}

/** As whoever registered signed it, where it is that of this log: the word of whoever found something could be of another one. */
function originOf({ proof }: DirectoryEntryIn, logOrigin: string): string | undefined {
  const transcript = decodeTranscript(proof.transcript);
  const serverOrigin = transcript?.purpose === "register" ? transcript.serverOrigin : undefined;
  return serverOrigin !== undefined && isLogOf(logOrigin, serverOrigin) ? serverOrigin : undefined;
}
