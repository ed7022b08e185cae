/** What the help has entries for, and which of them explains a code: codes that need the same advice have one. */
import type { ErrorCode } from "@signet/terminal";

/** What there is, and how it is done. */
const howTo = [
  "firstSteps",
  "people",
  "inCall",
  "resolutions",
  "guests",
  "comparing",
  "messages",
  "blocking",
  "presence",
  "quiet",
  "picture",
  "recoveryPhrase",
  "otherHands",
] as const;

const trouble = [
  "connection",
  "clock",
  "sound",
  "microphone",
  "calls",
  "changedKey",
  "failedCheck",
  "voices",
  "encryption",
  "certificate",
  "administrators",
  "signIn",
  "device",
  "copiedDevice",
  "addingDevices",
  "everywhere",
  "notifications",
  "server",
] as const;

/** As they stand below one another. */
export const helpGroups = { howTo, trouble } as const;
export const helpTopics = [...howTo, ...trouble];
export type HelpTopic = (typeof helpTopics)[number];

type Area<Code> = Code extends `${infer Name}.${string}` ? Name : never;

const ofArea: Readonly<Record<Area<ErrorCode>, HelpTopic>> = {
  admin: "administrators",
  auth: "signIn",
  block: "blocking",
  call: "calls",
  callList: "calls",
  certificate: "certificate",
  cms: "certificate",
  connection: "connection",
  delivery: "server",
  device: "device",
  directory: "failedCheck",
  log: "failedCheck",
  document: "everywhere",
  frames: "encryption",
  guest: "guests",
  history: "addingDevices",
  media: "sound",
  message: "messages",
  missed: "changedKey",
  presence: "presence",
  mls: "failedCheck",
  pairing: "addingDevices",
  picture: "picture",
  proof: "failedCheck",
  protocol: "server",
  push: "notifications",
  recovery: "administrators",
  registration: "signIn",
  resolution: "resolutions",
  record: "resolutions",
  server: "server",
  terminal: "server",
  user: "calls",
  voice: "voices",
  word: "failedCheck",
};

/** Where it is another one than its area's. */
const ofCode: Readonly<Partial<Record<ErrorCode, HelpTopic>>> = {
  "call.broughtBack": "failedCheck",
  "call.notVerified": "failedCheck",
  "call.rejectedMember": "failedCheck",
  "call.turnedAway": "failedCheck",
  "callList.hidden": "failedCheck",
  "callList.hostFork": "failedCheck",
  "callList.missing": "failedCheck",
  "callList.nextHost": "failedCheck",
  "callList.otherCall": "failedCheck",
  "callList.voided": "failedCheck",
  "connection.certificateNotYetValid": "clock",
  "device.counterBack": "copiedDevice",
  "directory.badPins": "server",
  "directory.comparedRecovered": "changedKey",
  "directory.keyChanged": "changedKey",
  "directory.newerPins": "server",
  "directory.otherThanCompared": "changedKey",
  "directory.otherKey": "changedKey",
  "guest.word": "failedCheck",
  "history.administrator": "failedCheck",
  "record.otherEpoch": "failedCheck",
  "history.appointed": "administrators",
  "history.certificates": "failedCheck",
  "history.dismissed": "administrators",
  "history.previous": "failedCheck",
  "history.proofs": "failedCheck",
  "history.shortened": "failedCheck",
  "media.microphoneBusy": "microphone",
  "media.microphoneDenied": "microphone",
  "media.noMicrophone": "microphone",
  "media.noSpeaker": "microphone",
  "media.serverUnreached": "connection",
  "media.speakerBusy": "microphone",
  "mls.closed": "encryption",
  "mls.failed": "encryption",
  "proof.expired": "clock",
  "proof.lifetime": "clock",
  "proof.time": "clock",
  "server.otherOrigin": "failedCheck",
};

export const helpFor = (code: ErrorCode): HelpTopic => ofCode[code] ?? ofArea[areaOf(code)];

const areaOf = (code: ErrorCode): Area<ErrorCode> => code.slice(0, code.indexOf(".")) as Area<ErrorCode>;
