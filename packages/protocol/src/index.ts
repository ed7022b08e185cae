export * from "./bounded-map.ts";
export * from "./bytes.ts";
export * from "./call-link.ts";
export { isSmallOrder } from "./ed25519-point.ts";
export * from "./entry.ts";
export * from "./errors.ts";
export * from "./undecided.ts";
export * from "./verify-path.ts";
export { encodeFields, FieldReader, fromU64, u32, u64 } from "./fields.ts";
export { comparisonOfFragment, comparisonUrl, readComparisonCode } from "./comparison-link.ts";
export { groupedCode, readGroupedCode } from "./grouped-code.ts";
export * from "./call-list/bounds.ts";
export * from "./call-list/extend.ts";
export * from "./call-list/fold.ts";
export * from "./call-list/guests.ts";
export * from "./call-list/list.ts";
export * from "./call-list/said.ts";
export {
  addCall,
  boundedDocument,
  changePerson,
  changeSettings,
  clearHistory,
  mostGroups,
  mostListedPeople,
  mostRemoved,
  mostRemovedKeys,
  nameGroup,
  putInGroup,
  removeGroup,
  removePerson,
  requireFits,
  takeOver,
  type AddedCall,
  type KeptPerson,
} from "./document/change.ts";
export {
  isReplacedKey,
  keyMaker,
  keyHolders,
  mostKeyHolders,
  phraseState,
  withHolder,
  withKeyMaker,
  withoutHolder,
  type EndorsedKey,
  type ListedHolder,
  type PhraseState,
} from "./document/key-holders.ts";
export { isQuiet, isQuietFor, type QuietSettings } from "./document/quiet.ts";
export {
  longestNote,
  mostExceptions,
  mostHistoryPeople,
  PastCall,
  type PersonFields,
  type Settings,
} from "./document/contents.ts";
export { emptyDocument, mergeDocuments, mostHistory, type PersonalDocument } from "./document/document.ts";
export { decodeDocument, encodeDocument, mostDocumentBytes, mostValueBytes } from "./document/encoding.ts";
export type { Writer } from "./document/stamp.ts";
export { viewDocument, type DocumentView, type ListedGroup, type ListedPerson } from "./document/view.ts";
export type { HistoryEvent } from "./history-event.ts";
export * from "./history.ts";
export * from "./ids.ts";
export * from "./invite-code.ts";
export * from "./guests.ts";
export * from "./name-faults.ts";
export * from "./names.ts";
export * from "./pairing.ts";
export { isPicture, longestPicture, pictureSidePx } from "./picture.ts";
export { mostPictures } from "./messages/picture.ts";
export * from "./recovery-link.ts";
export * from "./proof.ts";
export {
  decodeResolution,
  encodeResolution,
  isSubject,
  longestResolutionFileName,
  longestResolutionText,
  mostResolutions,
  sortedPeople,
  type Resolution,
  type ResolutionRule,
  type ResolutionSubject,
} from "./resolutions/resolution.ts";
export {
  decisions,
  openTally,
  stepTally,
  tallyOf,
  type Decision,
  type ResolutionState,
  type SaidOfResolution,
  type Tally,
} from "./resolutions/tally.ts";
export { shownWhole, visibleText } from "./resolutions/visible-text.ts";
export * from "./sdp-candidates.ts";
export * from "./serial-queue.ts";
export * from "./token-bucket.ts";
export * from "./transcript.ts";
export * from "./messages/codec.ts";
export * from "./messages/events.ts";
export * from "./messages/features.ts";
export { turnUrl } from "./messages/media.ts";
export type { Relay } from "./messages/media.ts";
export * from "./messages/parts.ts";
export { mostSealedBytes, mostWrappedBytes, mostWrappedKeys } from "./messages/document.ts";
export { mostBlocked } from "./messages/block.ts";
export { mostWordBytes, mostWords, mostWordsBytes } from "./messages/call-words.ts";
export type { SaidWord } from "./messages/call-words.ts";
export { mostShownTo } from "./messages/presence.ts";
export type { Doing, PresenceFor, SeenPerson } from "./messages/presence.ts";
export { mostKeptMissedMs, mostMissedCalls } from "./messages/missed.ts";
export {
  messageStepBytes,
  messageStepMs,
  mostMailboxes,
  mostMailboxesOfDevice,
  mostMessageMs,
  mostMessages,
  mostMessageSteps,
  sealedSoundBytes,
} from "./messages/voice-messages.ts";
export type { MailboxIn, MessageIn } from "./messages/voice-messages.ts";
export { mostAdministrators, mostRecoveries } from "./messages/administration.ts";
export * from "./messages/requests.ts";
export type { PersonState } from "./messages/shared.ts";
export { crossedCall, crossingRefusal, freeTerminals, isBusyFor } from "./machines/call-crossing.ts";
export { areTooLarge, mostEntryBytes, withEntry } from "./machines/call-entries.ts";
export { missedBy, missedInvite, type MissedStep } from "./machines/call-missed.ts";
export { moveMs } from "./machines/call-move.ts";
export * from "./machines/call-questions.ts";
export * from "./machines/call-server.ts";
export { guestsIn } from "./machines/call-server-guests.ts";
export { invitedPerson, listRefusal, startCall } from "./machines/call-start.ts";
export {
  defaultCallTimes,
  disputableMs,
  mostDisputable,
  mostDisputes,
  mostCommitBytesPerMinute,
  mostCommitsPerMinute,
  mostGivenBytes,
  mostJoinBytes,
  mostJoinsPerMinute,
  mostLeaveBytes,
  mostRefusals,
  mostRefusedGivers,
  mostRejoinBytes,
  mostRejoinsPerMinute,
  mostStoredBytes,
  mostSyncBytes,
  mostWelcomeBytes,
  refusalsCountMs,
} from "./machines/call-server-state.ts";
export type {
  CallAnswer,
  CallQuestion,
  CallReply,
  CallServerEffect,
  CallServerInput,
  CallServerState,
  CallServerStep,
  CallTimes,
  InvitedPerson,
} from "./machines/call-server-state.ts";
export { fitsOneMessage, largestCommit } from "./machines/commit-size.ts";
export * from "./machines/delivery.ts";
export * from "./machines/ring.ts";
export type { Step } from "./machines/step.ts";
export * from "./machines/call-member.ts";
export { verdictMs } from "./machines/call-dispute.ts";
export * from "./machines/sign-in.ts";
export * from "./machines/sign-in-state.ts";
export { isUpToDate } from "./machines/call-member-state.ts";
export type {
  CallEvent,
  CallMemberEffect,
  CallMemberEnd,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
  MadeCommit,
  SentCommit,
} from "./machines/call-member-state.ts";
