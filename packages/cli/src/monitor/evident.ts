/** By which entries a finding convinces whoever was not there, and that all of them are in the tree that the log signed. */
import {
  administratorIn,
  buildMap,
  decodeLogEntry,
  mapKey,
  planInclusion,
  proofOf,
  proveInMap,
  statementDigestOf,
} from "@signet/directory";
import type { EvidentEntry, EvidentHead, MapEntry } from "@signet/directory";

import { Finding } from "./finding.ts";
import { MapTree } from "./map-tree.ts";
import type { MonitorState } from "./state.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Placed = { readonly position: number; readonly entry: Bytes };

/** Statements that were written together, of which each is shown: with more of them a finding rests on the word of the monitor. */
const mostTogether = 1_024;

/** @param size of the tree that was signed */
export function evident({ facts, kind }: Finding, state: MonitorState, size: number): Finding {
  const { position, userId } = facts;
  const wrong = (facts.entries ?? []).flatMap(({ entry, position: at }): Placed[] =>
    entry === undefined ? [] : [{ position: at, entry }],
  );
  const since =
    position !== undefined && (kind === "map" || kind === "outOfOrder")
      ? sinceMap(state, position, wrong)
      : undefined;
  const all = new Map<number, Placed>();
  const before = userId === undefined ? [] : restsOn(state, userId, wrong);
  for (const one of [...before, ...(since?.entries ?? []), ...wrong]) all.set(one.position, one);
  const entries = [...all.values()]
    .toSorted((one, other) => one.position - other.position)
    .map((one) => ({ ...one, ...inTree(state, one.position, size) }));
  return new Finding(kind, { ...facts, entries, ...(since && { heads: since.heads }) });
}

/** An entry that was read, or the hash of one that nobody is shown. */
export function heldAt(state: MonitorState, position: number, size: number): EvidentEntry {
  const entry = state.entryAt(position);
  const leaf =
    entry === undefined ? { leafHash: state.hashAt({ level: 0, index: position }) as Bytes } : { entry };
  return { position, ...leaf, ...inTree(state, position, size) };
}

const inTree = (state: MonitorState, position: number, size: number) => ({
  inclusionProof: proofOf(planInclusion(position, size), state.hashAt),
});

/** All of the person, and of those who signed for them. */
function restsOn(state: MonitorState, userId: string, wrong: readonly Placed[]): readonly Placed[] {
  const of = new Map<string, readonly Placed[]>([[userId, [...state.positionsOf(userId), ...wrong]]]);
  // What is added while it is gone through comes up, too.
  for (const entries of of.values())
    for (const { entry } of entries) {
      const statement = decodeLogEntry(entry);
      const other = statement && administratorIn(statement);
      if (other !== undefined && !of.has(other)) of.set(other, state.positionsOf(other));
    }
  return [...of.values()].flat();
}

/** From the last root of the map on, and what that map says of those whose statements follow. @returns undefined where it is too much */
function sinceMap(
  state: MonitorState,
  position: number,
  wrong: readonly Placed[],
): { readonly entries: readonly Placed[]; readonly heads: readonly EvidentHead[] } | undefined {
  const root = state.mapBefore(position);
  if (position - (root ?? 0) > mostTogether) return undefined;
  const entries = state.placed(root ?? 0, position);
  if (root === undefined) return { entries, heads: [] };
  const map = new MapTree();
  const before = Array.from(state.lastBefore(root), ({ entry, userId }): MapEntry => [
    mapKey(userId),
    headIn(entry),
  ]);
  buildMap(before, (path, node) => map.write(path, node));
  const people = new Set([...entries, ...wrong].flatMap(({ entry }) => decodeLogEntry(entry)?.userId ?? []));
  return { entries, heads: Array.from(people, (userId) => ({ userId, ...proveInMap(map, mapKey(userId)) })) };
}

const headIn = (entry: Bytes): Bytes => statementDigestOf(decodeLogEntry(entry)?.proofs ?? []);
