export {
  CallGroup,
  type NothingToCommit,
  type PendingCommit,
  type PendingJoin,
  type ProcessResult,
} from "./mls/call-group.ts";
export { type CommitChanges, type RefusedKeyPackage } from "./mls/collect-changes.ts";
export { type CredentialHook, type CredentialVerdict } from "./mls/credential.ts";
export { type EntryHook } from "./mls/entry-hook.ts";
export { groupInfoDigest, groupInfoSigner } from "./mls/group-info.ts";
export { type AskedChange } from "./mls/inspect-commit.ts";
export { type MembershipOptions } from "./mls/held-state.ts";
export { type ReplacedLeaf, type ReplacementHook } from "./mls/replacement.ts";
export { type GroupMember } from "./mls/roster.ts";
export { SpentLeafKeys } from "./mls/spent-leaf-keys.ts";
export { createLeafKey, type LeafKey } from "./mls/suite.ts";
export { type SignedWord } from "./frames/carried-word.ts";
export { systemClock, type FrameClock } from "./frames/clock.ts";
export {
  exportFrameEpoch,
  importFrameEpoch,
  type FrameEpoch,
  type FrameEpochSecret,
} from "./frames/epoch-keys.ts";
export {
  FrameDecryptor,
  type ProofListener,
  type OpenDropReason,
  type OpenResult,
  type ReceiveStream,
} from "./frames/frame-decryptor.ts";
export { keepPreviousEpochMs } from "./frames/epoch-ring.ts";
export { windowFrames } from "./sframe/replay-window.ts";
export { FrameEncryptor, type SealResult } from "./frames/frame-encryptor.ts";
export { FrameWorker, type WorkerProofs } from "./frames/frame-worker.ts";
export { type ProofState } from "./frames/heard-proof.ts";
export { type ProofNews } from "./frames/proven-speakers.ts";
export { signWord, type SpokenWord } from "./frames/spoken-word.ts";
export { SenderContexts } from "./frames/sender-contexts.ts";
export {
  createProtectedConnection,
  type ProtectedConnection,
  type ProtectedConnectionOptions,
} from "./frames/protected-connection.ts";
export { type FrameCounters, type FrameDropReason, type SlotSpeaker } from "./frames/worker-messages.ts";
export { type DocumentOwner } from "./document/owner.ts";
export { createProfileSecret, importProfileKey, type ProfileKey } from "./document/profile-key.ts";
export { createRecoveryPhrase } from "./document/recovery-phrase.ts";
export { sealDocument, sealedHead, sizeClassesBytes } from "./document/sealed-document.ts";
export { openGiven, seenDocument, type SeenDocument } from "./document/seen-document.ts";
export {
  createDocumentKeyPair,
  openKey,
  phraseKeyPair,
  prfInput,
  prfKeyPair,
  wrapKey,
  wrappedFor,
  type DocumentKeyPair,
  type KeyHolder,
} from "./document/wrapped-key.ts";
export {
  openMessage,
  sealMessage,
  type Mailbox,
  type MessageScope,
  type SealedMessage,
} from "./messages/sealed-message.ts";
export { exportWordEpoch, type WordEpoch, type WordSender } from "./words/word-epoch.ts";
export {
  noWordSeen,
  openWord,
  wordHead,
  WordSealer,
  type OpenedWord,
  type SeenWord,
  type Word,
  type WordHead,
} from "./words/sealed-word.ts";
