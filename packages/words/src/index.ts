/** What people read, in one language or another: words for codes. Nothing of it travels. */
export { commandLineErrorWords, errorWords, sentence, sentenceFor } from "./errors.ts";
export type { ErrorWords } from "./catalogue.ts";
export { historyEventWords } from "./histories.ts";
export type { HistoryNaming } from "./histories.ts";
export { listOfNames, looksLikeWords, nameFaultWords } from "./names.ts";
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
  leaveReasonLabel,
  leaveReasonPredicate,
  reconnectingLabel,
  revokedInGroupLabel,
  waitingLabel,
  memberStateLabel,
  memberStatePredicate,
  signedOutWords,
} from "./states.ts";
