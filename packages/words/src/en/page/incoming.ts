/** Somebody calls. */
import { count, say } from "../say.ts";

export const incoming = {
  notificationTitle: (name: string) => say`${name} calls`,
  notificationBody: (userId: string) => say`Verified as ${userId}. Answer in Signet.`,
  somebodyCalls: "Somebody calls you",
  openAndTouch: "Open Signet, and touch your device: it rings there.",
  title: "Incoming call",
  moreRing: (n: number) =>
    say`${count(n, { one: "more person rings", other: "more people ring" })} at the same time.`,
  touchIn: "Its signature lets you in.",
  answer: "Answer",
  ringsFor: (seconds: number) =>
    say`Answering needs a touch of your device. Rings for ${count(seconds, { one: "second", other: "seconds" })} more.`,
  quiet: "Shown without a sound: you do not want to be disturbed. Whoever calls sees that it rings.",
  silently: "It rings silently: the browser plays sound only after a click on this page.",
  isCalling: (name: string) => say`${name} is calling you`,
  waitsBringOrSwitch:
    "They see that you are in a call, and wait a while. One touch of your device brings them into this call, or takes you into theirs; you leave this one then.",
  waitsSwitch:
    "They see that you are in a call, and wait a while. One touch of your device takes you into theirs; you leave this one then.",
  intoTheirs: "One touch of your device takes you into their call; yours ends once you are there.",
  bringIn: "Bring into this call",
  leaveAndAnswer: "Leave and answer",
  join: (name: string) => say`Join ${name}`,
  touchBringIn: (name: string) => say`Its signature brings ${name} into this call, once they answer.`,
  touchTheirs: (name: string) => say`Its signature lets you into the call of ${name}.`,
  addYou: (name: string) => say`They add you to a call that ${name} started.`,
  inTheCall: (names: string) => say`In the call: ${names}`,
  alsoInvited: (names: string) => say`Also invited: ${names}`,
};
