/** What somebody found against a log, a terminal or a monitor, as it is kept for whoever was not there (docs/directory.md). */
import type { Bytes, ErrorCode, UserId } from "@signet/protocol";

import type { MapProof } from "../map/proofs.ts";

export const findingKinds = [
  "missing",
  "otherKey",
  "badCheckpoint",
  "rolledBack",
  "forked",
  "otherView",
  "tiles",
  "withheld",
  "entries",
  "unknownEntry",
  "outOfOrder",
  "rule",
  "map",
  "missingMap",
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** A leaf of the log, with the entry that it is of, or only its hash where nobody could see more. */
export type EvidentEntry = {
  readonly position: number;
  /** In the tree of `shown`; absent where what is there is another one. */
  readonly inclusionProof?: readonly Bytes[];
} & ({ readonly entry: Bytes } | { readonly entry?: never; readonly leafHash: Bytes });

/** What the last map before the first of the entries says of somebody. */
export interface EvidentHead extends MapProof {
  readonly userId: UserId;
}

/** Whatever does not belong to a finding is absent. */
export interface LogEvidence {
  readonly finding: FindingKind;
  /** As the server names itself. */
  readonly serverOrigin: string;
  /** Of the log, as it is written: what whoever found this believed. Whether it was the server's, others have to know. */
  readonly logKey: string;
  /** By the clock of whoever found it. */
  readonly foundAtMs: number;
  /** Signed notes: what was believed, and what was shown then. */
  readonly known?: string;
  readonly shown?: string;
  /**
   * Hashes by which the server meant to show that the later one goes on from the earlier one; before them, where that is of a power of two leaves, the root
   * that these have in the later one, where that could be asked for. Empty where there is none.
   */
  readonly consistencyProof?: readonly Bytes[];
  /**
   * What people signed with their devices in a call, who were shown one of the two or what it goes on from: `call` and `join` proofs, as they are encoded.
   * By whom they are is for who has their histories, which the log holds.
   */
  readonly proofs?: readonly Bytes[];
  /** The key that the server names now. */
  readonly shownLogKey?: string;
  /** Whose statement, its place in their history and in the log, and why it does not hold. */
  readonly userId?: string;
  readonly sequence?: number;
  readonly position?: number;
  readonly code?: ErrorCode;
  readonly entries?: readonly EvidentEntry[];
  readonly heads?: readonly EvidentHead[];
  /** Of the map over the statements of the log. */
  readonly mapRoot?: Bytes;
}
