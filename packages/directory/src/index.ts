export {
  administratorIn,
  decodeLogEntry,
  encodeLogEntry,
  historyOf,
  logEntryOf,
  statementDigestOf,
} from "./entry.ts";
export type { LogEntry, RegistrationFacts } from "./entry.ts";
export { formatEvidence, mostEvidenceCharacters, parseEvidence, seenIn } from "./evidence/evidence-file.ts";
export { findingKinds } from "./evidence/evidence.ts";
export type { EvidentEntry, EvidentHead, FindingKind, LogEvidence } from "./evidence/evidence.ts";
export type { BreaksRule } from "./evidence/judge-entries.ts";
export { judgeEvidence } from "./evidence/judge-evidence.ts";
export type { EvidenceJudgement, NotProvenBecause, ProvenBy } from "./evidence/judge-evidence.ts";
export { rootBefore } from "./evidence/root-before.ts";
export { buildMap, type MapEntry } from "./map/build.ts";
export { mapRoot, setInMap } from "./map/change.ts";
export { decodeMapNode, emptyMapHash, encodeMapNode, mapKey, mapNodeHash } from "./map/hashes.ts";
export type { MapInner, MapLeaf, MapNode } from "./map/hashes.ts";
export { MapNodesInMemory, type MapNodes, type WritableMapNodes } from "./map/nodes.ts";
export { proveInMap, verifyMapProof, type MapAnswer, type MapProof } from "./map/proofs.ts";
export { decodeMapRootEntry, encodeMapRootEntry, verifyMapRoot } from "./map/root-entry.ts";
export { fromBase64, toBase64 } from "./note/base64.ts";
export { formatCheckpoint, parseCheckpoint, type Checkpoint } from "./note/checkpoint.ts";
export { formatNote, mostNoteCharacters, mostNoteSignatures, parseNote } from "./note/note.ts";
export type { NoteIn, NoteSignature } from "./note/note.ts";
export { openCheckpoint } from "./note/open-checkpoint.ts";
export type { CheckpointRefusal, OpenedCheckpoint } from "./note/open-checkpoint.ts";
export { openNote, type NoteRefusal, type OpenedNote, type SignedBy } from "./note/open-note.ts";
export { encodeSeenCheckpoint, noteOfSeen, seenCheckpointBytes } from "./note/seen-checkpoint.ts";
export { cosign, signNote, type NoteSigner } from "./note/sign-note.ts";
export { formatVerifierKey, isKeyName, isLogOf, parseVerifierKey, verifierKey } from "./note/verifier-key.ts";
export type { NoteKeyKind, VerifierKey } from "./note/verifier-key.ts";
export { decodeEntryBundle, encodeEntryBundle, mostEntryBytes } from "./tiles/entry-bundle.ts";
export { decodeTile, encodeTile, hashInTile, tilePartOf, type TilePart } from "./tiles/tile.ts";
export { parseTilePath, tileHeight, tilePath, tileWidth, tileWidthAt } from "./tiles/tile-path.ts";
export type { TilePlace } from "./tiles/tile-path.ts";
export { appendLeaf, emptyFrontier, frontierNodes, frontierRoot } from "./tree/frontier.ts";
export type { CompletedNode, Frontier } from "./tree/frontier.ts";
export { emptyTreeRoot, hashBytes, leafHash, nodeHash } from "./tree/hashes.ts";
export type { TreeNode } from "./tree/nodes.ts";
export { planConsistency, planInclusion, proofOf, type ProofPlan } from "./tree/proofs.ts";
export { isSameMap, isWhole, verifyConsistency, type TreeHead } from "./tree/verify-consistency.ts";
export { verifyInclusion, type InclusionClaim } from "./tree/verify-inclusion.ts";
export {
  formatAddCheckpoint,
  mostAddCheckpointCharacters,
  openAddCheckpoint,
} from "./witness/add-checkpoint.ts";
export { parseAddCheckpoint, refusalOf, withCosignatures } from "./witness/add-checkpoint.ts";
export type { AddCheckpoint, AskedCheckpoint, WitnessRefusal } from "./witness/add-checkpoint.ts";
