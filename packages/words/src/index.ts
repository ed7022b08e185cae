/** What people read, in one language or another: words for codes. Nothing of it travels. */
export {
  afterOneAnother,
  bothSentences,
  clausesInOne,
  commandLineErrorWords,
  errorWords,
  label,
  sentence,
  sentenceFor,
} from "./errors.ts";
export type { ErrorWords } from "./catalogue.ts";
export { historyEventWords, otherDeviceWords } from "./histories.ts";
export type { HistoryNaming } from "./histories.ts";
export {
  aboutLanguage,
  bestLanguage,
  language,
  languageOf,
  languages,
  takeLanguageFrom,
} from "./language.ts";
export type { Language } from "./language.ts";
export {
  calledName,
  compareNames,
  guestMarkWords,
  listOfNames,
  looksLikeWords,
  nameFaultWords,
} from "./names.ts";
export type { Called } from "./names.ts";
export { pastCallWords, verifiedInCallWords } from "./past-calls.ts";
export { provenVoiceWords, voiceLabel, voiceWords } from "./voice.ts";
export { evidenceWords, recordWords, refusedWords } from "./records.ts";
export type { RecordItem, RecordPart, RecordWords } from "./records.ts";
export { resolutionRuleWords, resolutionStateWords } from "./resolutions.ts";
export {
  betterNetworkWords,
  poorNetworkLabel,
  poorNetworkWords,
  soundAdviceWords,
  soundFigureWords,
  soundRouteWords,
} from "./sound-way.ts";
export {
  clockFaultWords,
  counterBackWords,
  otherViewWords,
  leaveReasonLabel,
  leaveReasonPredicate,
  reconnectingLabel,
  revokedInGroupLabel,
  waitingLabel,
  memberStateLabel,
  memberStatePredicate,
  signedOutWords,
} from "./states.ts";
export { clockTime, dayAndTime, fullDay, inCalendar, isoDay, isoTime, spokenDuration } from "./times.ts";
