/** The record of a call. */
import { say } from "../say.ts";

export const record = {
  title: "Record of this call",
  keep: "Keep a record",
  keepHint:
    "The others' terminals sign who is in the call, so that it can be shown later to somebody who was not there. They are told. It holds no sound.",
  keeping:
    "The others sign who is in the call, and are told that you keep a record. You can save it when the call is over.",
  keptBy: (names: string) =>
    say`A record of this call is kept by ${names}: your terminal signs who is in it. It holds no sound.`,
  otherEpoch: (names: string) => say`Other people in the call are signed for by ${names}`,
  save: "Save the record",
  saveHint:
    "One file with all that was signed: who was in the call, when, by which device, and what was approved. It holds no sound.",
  saveHintUnkept:
    "One file with all that was signed: who called, who answered and left, by which device. Nobody kept a record meanwhile, so that nobody else signed who was there.",
};
