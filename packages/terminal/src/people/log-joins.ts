/** Whether two checkpoints of a server's log fit, as far as the server can show it, and what is kept where they do not. */
import { formatVerifierKey, isWhole, rootBefore, verifyConsistency } from "@signet/directory";
import type { Checkpoint, LogEvidence, VerifierKey } from "@signet/directory";
import { codeOf, equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";

/** A checkpoint as the log signed it. */
export interface SignedCheckpoint {
  /** A signed note. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** Two checkpoints that one log signed, of which the later one does not go on from the earlier one. */
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
