/** Voice messages: left after a call that somebody did not come to, and heard by them. */
import { count, say } from "../say.ts";

export const voice = {
  title: "Voice messages",
  list: "Voice messages",
  from: (name: string) => say`Voice message of ${name}`,
  isNew: "new",
  newOnes: (n: number) => say`New: ${count(n, { one: "voice message", other: "voice messages" })}`,
  goTo: "Go to it",
  heardThem: "I have heard them",
  goToOf: (of: string) => say`Go to it: ${of}`,
  leftOn: (when: string) => say`Left ${when}`,
  notHere:
    "It was sealed to other terminals of yours, and cannot be played here. Sign in where you were signed in before it was left.",
  play: "Play",
  stop: "Stop",
  playOf: (of: string) => say`Play: ${of}`,
  stopOf: (of: string) => say`Stop: ${of}`,
  placeIn: (of: string) => say`Place in: ${of}`,
  atOf: (at: string, length: string) => say`${at} of ${length}`,
  delete: "Delete",
  deleteOf: (of: string) => say`Delete: ${of}`,
  deleted: "The voice message is deleted.",
  left: (name: string) => say`${name} left a voice message.`,
  leave: "Leave a voice message",
  looking: "Looking whether a voice message can be left.",
  heardBy: (name: string, devices: string) =>
    say`What you say is sealed to ${name} before it leaves this browser. They can hear it at terminals where they have signed in before with any of these: ${devices}.`,
  keptFor: (days: number) =>
    say`The server keeps it sealed for ${count(days, { one: "day", other: "days" })}, or until they delete it. Whether it was heard you are not told.`,
  cannotBe: (name: string) => say`No voice message can be left for ${name}:`,
  cannotRecord:
    "This browser cannot record voice messages: it lacks an encoder for Opus. A current Chromium or Firefox has one.",
  record: "Record",
  opening: "The microphone is being opened.",
  recording: "Recording. Nothing is sent before you say so.",
  timeLeft: (left: string) => say`${left} left`,
  levelOf: "Level of your voice",
  finish: "Stop recording",
  full: "Two minutes are over: nothing more is recorded.",
  recorded: "Your message",
  send: "Send it",
  sending: "Sending.",
  throwAway: "Throw it away",
  thrownAway: "It is thrown away.",
  sent: "The server took your voice message.",
  notLeft: (names: string) =>
    say`The server took your voice message, but not for ${names}. Sent again, it goes to them alone.`,
  leftMany: (number: number) => say`${String(number)} new voice messages were left.`,
  nothingHeard: "Nothing was recorded. Try it again.",
};
