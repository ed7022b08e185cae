export { isAlone, isCallingAlone, isGone } from "./call/alone.ts";
export {
  createBrowserTerminal,
  createGuestTerminal,
  type BrowserTerminalOptions,
} from "./browser/create-browser-terminal.ts";
export { unchainedTimers } from "./browser/unchained-timers.ts";
export { deviceAtHand } from "./session/device-at-hand.ts";
export { clockDuration } from "./call/duration.ts";
export { nobodyWasThere, noteWhoIsThere } from "./call/were-there.ts";
export type { WereThere } from "./call/were-there.ts";
export { silentMedia } from "./environment.ts";
export type { BindingPlace, KeptBinding } from "./session/binding-place.ts";
export type {
  CallMedia,
  DeviceProvider,
  MediaInput,
  MediaProvider,
  Speaker,
  TerminalEnvironment,
} from "./environment.ts";
export type { DocumentPlace, KeptDocument } from "./document/document-place.ts";
export { MemoryDocumentPlace } from "./document/memory-document-place.ts";
export type { Carrying, PersonalState } from "./document/personal-state.ts";
export { isQuietAt, isQuietCall } from "./document/quiet-call.ts";
export type { SeenPresence } from "./people/presence.ts";
export type { Comparison } from "./people/comparison.ts";
export type { Comparable, PersonalApi } from "./document/personal-api.ts";
export { MemoryPinStore, WebPinStore } from "./people/pin-store.ts";
export type { PinStore } from "./people/pin-store.ts";
export { MemoryEvidencePlace } from "./people/evidence-place.ts";
export type { EvidencePlace } from "./people/evidence-place.ts";
export type { LogApi } from "./people/log-api.ts";
export { qrModules } from "./session/pairing/qr.ts";
export type { BlockingApi } from "./session/blocking-api.ts";
export type { PicturesApi } from "./session/pictures-api.ts";
export type { MessageEars, MessagesApi, NotLeft, VoiceMessage } from "./messages/messages-api.ts";
export type { MessagePlace } from "./messages/message-place.ts";
export { MemoryMessagePlace } from "./messages/memory-message-place.ts";
export { messageMs, readMessageSound, soundMs, writeMessageSound } from "./messages/sound/message-sound.ts";
export { unanswered } from "./messages/unanswered.ts";
export type { WakingApi, WokenBrowser } from "./session/waking-api.ts";
export { SignetTerminal } from "./signet-terminal.ts";
export { lookAlikes } from "./people/look-alikes.ts";
export type { NamedPerson } from "./people/look-alikes.ts";
export type { ClockFault } from "./session/clock-fault.ts";
export type { SoundWay } from "./media/sound-way.ts";
export { usualProcessing, voiceProcesses } from "./sound-choices.ts";
export type { LoudspeakerTrouble, SoundChoices, VoiceProcess, VoiceProcessing } from "./sound-choices.ts";
export type * from "./session/guests-api.ts";
export type * from "./call/record/record-api.ts";
export type * from "./call/resolutions/resolutions-api.ts";
export type { WordTrouble } from "./call/word-trouble.ts";
export { guestDevices } from "./session/guest-devices.ts";
export type * from "./state.ts";
export type { Socket, SocketListener, System } from "./system.ts";
export type {
  AddedHere,
  AddingTouch,
  AdministrativeAct,
  ChooseDevice,
  ElsewhereInput,
  ElsewhereStep,
  HereInput,
  HereStep,
  LookedUp,
  NamedDevice,
  RecoveryTouch,
  Terminal,
} from "./terminal-api.ts";
// What a user interface needs of devices: trust anchors of its own, and certificates to register with.
export { readCertificateFile, readCrls, readPemCertificates, withCertificates } from "@signet/device";
export type { CertificateTrust } from "@signet/device";
// What a user interface needs of the protocol, so that it has one place to import from.
export {
  CallId,
  CertificateUserIdDomain,
  DeviceId,
  PersonId,
  SignetError,
  UserId,
  codeOfFragment,
  comparisonOfFragment,
  readComparisonCode,
  errorTable,
  longestResolutionText,
  guestCode,
  isGuestId,
  isGuestName,
  isGuestPath,
  isVerifyPath,
  verifyPath,
  longestGuestName,
  isNewUserId,
  joinersInPlace,
  longestNote,
  mostHistoryPeople,
  mostMessageMs,
  mostLookedUp,
  lettingInCodeOfFragment,
  lettingInUrl,
  mostExceptions,
  nameFault,
  PastCall,
  recoveryOfFragment,
  mayBeRecoveryCode,
  recoveryUrl,
  isPicture,
  longestPicture,
  mostPictures,
  pictureSidePx,
  callScheme,
  callUrl,
  peopleOfCallPath,
  equalBytes,
  fromBase64Url,
  toBase64Url,
} from "@signet/protocol";
export type {
  AddedCall,
  BindingEndReason,
  Decision,
  DeviceKind,
  EndReason,
  ErrorCode,
  GroupId,
  KeptPerson,
  LeaveReason,
  ListedGroup,
  ListedPerson,
  MemberState,
  PersonFields,
  PersonState,
  PhraseState,
  QuietSettings,
  ResolutionState,
  ResolutionSubject,
  ServerInfo,
  Settings,
} from "@signet/protocol";
