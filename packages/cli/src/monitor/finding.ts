/** What a monitor finds against a server, and the file that shows it to somebody who was not there. */
import type { ErrorCode } from "@signet/terminal";

type Bytes = Uint8Array<ArrayBuffer>;

export const findingKinds = [
  "missing",
  "otherKey",
  "badCheckpoint",
  "rolledBack",
  "forked",
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

/** An entry, or the hash of one whose bytes are others. */
export interface EvidentEntry {
  readonly position: number;
  /** As it was served. */
  readonly entry: Bytes;
  /** Of inclusion in the tree of the checkpoint; absent where what is in it is another one. */
  readonly inclusionProof?: readonly Bytes[];
}

export interface FindingFacts {
  /** The checkpoint that was believed, and the one that was shown now: signed notes. */
  readonly known?: string;
  readonly shown?: string;
  /** By which the log means to show that the one goes on from the other. */
  readonly consistencyProof?: readonly Bytes[];
  readonly verifierKey?: string;
  readonly shownVerifierKey?: string;
  readonly userId?: string;
  readonly sequence?: number;
  readonly position?: number;
  /** Why a statement does not hold. */
  readonly code?: ErrorCode;
  readonly entries?: readonly EvidentEntry[];
  /** What the map is over the statements of the log. */
  readonly mapRoot?: Bytes;
}

export class Finding extends Error {
  readonly kind: FindingKind;
  readonly facts: FindingFacts;

  constructor(kind: FindingKind, facts: FindingFacts = {}) {
    super(kind);
    this.name = "Finding";
    this.kind = kind;
    this.facts = facts;
  }
}

/** Of the file; another form is another number. */
const evidenceVersion = 1;

/** JSON, with base64url for bytes (docs/directory.md). @param atMs milliseconds since 1970 */
export function formatEvidence(
  { facts, kind }: Finding,
  server: string,
  verifierKey: string,
  atMs: number,
): string {
  const evidence = {
    evidence: "signet/log",
    version: evidenceVersion,
    finding: kind,
    at: new Date(atMs).toISOString(),
    server,
    verifierKey,
    ...facts,
  };
  const written = (_name: string, value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : value;
  return `${JSON.stringify(evidence, written, 2)}\n`;
}
