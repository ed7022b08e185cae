/** Which entry of the help explains a code: codes that need the same advice have one. */
import type { ErrorCode } from "@signet/terminal";

export const helpTopics = [
  "firstSteps",
  "connection",
  "clock",
  "sound",
  "microphone",
  "calls",
  "changedKey",
  "failedCheck",
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
export type HelpTopic = (typeof helpTopics)[number];

type Area<Code> = Code extends `${infer Name}.${string}` ? Name : never;

const ofArea: Readonly<Record<Area<ErrorCode>, HelpTopic>> = {
  admin: "administrators",
  auth: "signIn",
  block: "server",
  call: "calls",
  callList: "calls",
  certificate: "certificate",
  connection: "connection",
  delivery: "server",
  device: "device",
  directory: "failedCheck",
  document: "everywhere",
  frames: "encryption",
  history: "addingDevices",
  media: "sound",
  message: "calls",
  missed: "changedKey",
  mls: "failedCheck",
  pairing: "addingDevices",
  proof: "failedCheck",
  protocol: "server",
  push: "notifications",
  recovery: "administrators",
  registration: "signIn",
  server: "server",
  terminal: "server",
  user: "calls",
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
  "directory.keyChanged": "changedKey",
  "directory.newerPins": "server",
  "directory.otherKey": "changedKey",
  "history.administrator": "failedCheck",
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
