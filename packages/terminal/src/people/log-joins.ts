/** Whether two checkpoints of a server's log fit, as far as the server can show it, and what is kept where they do not. */
import {
  formatVerifierKey,
  isWhole,
  rootBefore,
  verifyConsistency,
  verifyInclusion,
} from "@signet/directory";
import type { Checkpoint, EvidentEntry, LogEvidence, VerifierKey } from "@signet/directory";
import { codeOf, equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";

/** A checkpoint as the log signed it. */
export interface SignedCheckpoint {
  /** A signed note. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** What one log signed and cannot be: two checkpoints of which the later one does not go on from the earlier one, or one whose map is not that of its entries. */
export type FoundApart = Omit<LogEvidence, "serverOrigin" | "foundAtMs">;

type Link = Pick<ServerRequests, "request">;

const none = new Uint8Array();

export const inOrder = (one: SignedCheckpoint, other: SignedCheckpoint) =>
  one.checkpoint.size <= other.checkpoint.size ? ([one, other] as const) : ([other, one] as const);

/** Of one size both have to say the same, of the map as well: of different ones each map is an entry that the later one has, too. */
export function doFit(earlier: Checkpoint, later: Checkpoint, consistencyProof: readonly Bytes[]): boolean {
  if (!verifyConsistency(earlier, later, consistencyProof)) return false;
  return earlier.size < later.size || equalBytes(earlier.mapRoot ?? none, later.mapRoot ?? none);
}

/**
 * @returns undefined where the server says that its log has not so many entries
 * @throws SignetError the code for which it could not be asked
 */
export async function consistencyOf(
  link: Link,
  earlier: Checkpoint,
  later: Checkpoint,
): Promise<readonly Bytes[] | undefined> {
  if (earlier.size === later.size) return [];
  try {
    const sizes = { from: earlier.size, to: later.size };
    return (await link.request("directory.consistency", sizes)).proof;
  } catch (error) {
    if (codeOf(error) === "log.noSuchSize") return undefined;
    throw error;
  }
}

/** @param consistencyProof from the smaller one to the larger one, as the server gave it */
export async function foundApart(
  link: Link,
  key: VerifierKey | undefined,
  {
    finding,
    known,
    shown,
    consistencyProof,
  }: Record<"known" | "shown", SignedCheckpoint> & {
    readonly finding: FoundApart["finding"];
    readonly consistencyProof: readonly Bytes[];
  },
): Promise<FoundApart> {
  const [first, second] = inOrder(known, shown);
  const root = await firstRoot(link, first.checkpoint.size, second.checkpoint.size);
  return {
    finding,
    logKey: key === undefined ? "" : formatVerifierKey(key),
    known: known.note,
    shown: shown.note,
    consistencyProof: root === undefined ? consistencyProof : [root, ...consistencyProof],
  };
}

/** What a proof leaves out that goes on from a power of two leaves, and convinces a stranger. */
async function firstRoot(link: Link, size: number, laterSize: number): Promise<Bytes | undefined> {
  if (!isWhole(size) || size === laterSize) return undefined;
  try {
    const sizes = { from: size + 1, to: laterSize };
    const { proof } = await link.request("directory.consistency", sizes);
    return rootBefore(size, laterSize, proof);
  } catch {
    return undefined;
  }
}

/**
 * A checkpoint with another map than its log ends with.
 * @param lastProof of inclusion of its last entry, as the server gave it
 */
export async function foundOtherMap(
  link: Link,
  key: VerifierKey | undefined,
  { known, shown }: { readonly known: SignedCheckpoint | undefined; readonly shown: SignedCheckpoint },
  lastProof: readonly Bytes[],
): Promise<FoundApart> {
  const last = await lastLeaf(link, shown.checkpoint, lastProof);
  return {
    finding: "map",
    logKey: key === undefined ? "" : formatVerifierKey(key),
    ...(known && { known: known.note }),
    shown: shown.note,
    ...(last && { entries: [last] }),
  };
}

/** The proof that a log goes on by one entry has its hash, and beside it what proves that it is there. */
async function lastLeaf(
  link: Link,
  { root, size }: Checkpoint,
  lastProof: readonly Bytes[],
): Promise<EvidentEntry | undefined> {
  if (size < 2) return undefined;
  const sizes = { from: size - 1, to: size };
  const hashes = await link.request("directory.consistency", sizes).then(
    ({ proof }) => proof,
    () => [],
  );
  for (const [place, leaf] of hashes.entries())
    for (const inclusionProof of [hashes.toSpliced(place, 1), lastProof])
      if (verifyInclusion({ leaf, index: size - 1, size, root }, inclusionProof))
        return { position: size - 1, inclusionProof, leafHash: leaf };
  return undefined;
}
