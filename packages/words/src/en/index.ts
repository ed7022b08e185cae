/** English. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";
import { administrationErrors } from "./administration-errors.ts";
import { callErrors } from "./call-errors.ts";
import { callListErrors } from "./call-list-errors.ts";
import { certificateErrors } from "./certificate-errors.ts";
import { cmsErrors } from "./cms-errors.ts";
import { commandLineErrors } from "./command-line-errors.ts";
import { connectionErrors } from "./connection-errors.ts";
import { deviceErrors } from "./device-errors.ts";
import { documentErrors } from "./document-errors.ts";
import { guests } from "./guests.ts";
import { guestErrors } from "./guest-errors.ts";
import { resolutions } from "./resolutions.ts";
import { recordErrors } from "./record-errors.ts";
import { records } from "./records.ts";
import { resolutionErrors } from "./resolution-errors.ts";
import { histories } from "./histories.ts";
import { historyErrors } from "./history-errors.ts";
import { looksLike, nameFaults } from "./names.ts";
import { messageErrors } from "./message-errors.ts";
import { pairingErrors } from "./pairing-errors.ts";
import {
  afterOneAnother,
  clausesInOne,
  dayAndTime,
  durations,
  label,
  list,
  sentence,
} from "./punctuation.ts";
import { pastCalls } from "./past-calls.ts";
import { pictureErrors } from "./picture-errors.ts";
import { proofErrors } from "./proof-errors.ts";
import { blockErrors } from "./block-errors.ts";
import { pushErrors } from "./push-errors.ts";
import { soundWay } from "./sound-way.ts";
import { voice, voiceErrors } from "./voice.ts";
import {
  clockFaults,
  counterBack,
  otherViews,
  failedForTime,
  leaveReasons,
  memberStates,
  reconnecting,
  revokedInGroup,
  signedOut,
  waiting,
} from "./states.ts";

export const en: Catalogue = {
  locale: "en-GB",
  name: "English",
  direction: "ltr",
  label,
  sentence,
  afterOneAnother,
  clausesInOne,
  dayAndTime,
  durations,
  list,
  errors: {
    ...connectionErrors,
    ...pictureErrors,
    ...voiceErrors,
    ...proofErrors,
    ...historyErrors,
    ...pairingErrors,
    ...administrationErrors,
    ...callListErrors,
    ...guestErrors,
    ...resolutionErrors,
    ...recordErrors,
    ...callErrors,
    ...deviceErrors,
    ...documentErrors,
    ...pushErrors,
    ...messageErrors,
    ...blockErrors,
    ...certificateErrors,
    ...cmsErrors,
  },
  commandLineErrors,
  memberStates,
  failedForTime,
  clockFaults,
  counterBack,
  otherViews,
  nameFaults,
  looksLike,
  guests,
  resolutions,
  records,
  histories,
  pastCalls,
  reconnecting,
  revokedInGroup,
  waiting,
  leaveReasons,
  signedOut,
  soundWay,
  voice,
  nobody: "nobody",
  others: (count) => say`${count} others`,
};
