/** Comparing in person. */
import { say } from "../say.ts";

export const comparing = {
  open: "Compare in person",
  again: "Compare again",
  title: (name: string) => say`Compare with ${name} in person`,
  how: (name: string) =>
    say`Stand together. ${name} opens this with you in their card, too. Read the code to each other, or let their camera open this picture.`,
  code: "The code of you both",
  qrLabel: "The code of you both, for the other's camera",
  asking: "Asking the server for both key histories ...",
  isSame: (name: string) => say`${name} is here with me, and their screen shows this very code`,
  isScanned: (name: string) => say`${name} is here with me, and I scanned this from their screen`,
  scannedSame: "What you opened is the same code as here.",
  scannedOther:
    "What you opened is another code than the one here. It may be an old one, or made up, or one of you has changed their devices or name since; or the server shows you other histories than it shows the other.",
  whenOther:
    "Where the codes differ, somebody may stand between you, with the help of the server. Then do not say so, and tell whoever runs the server. If one of you has just added a device, close this and look again.",
  mark: "It is the same",
  isMarked: (name: string) => say`You compared with ${name} in person.`,
  comparedOn: (day: string) => say`You compared in person on ${day}.`,
  badge: (day: string) => say`compared in person on ${day}`,
  notLookedAt: (day: string) =>
    say`You compared in person on ${day}. Whether that holds is known once the server has shown their history.`,
  undone: (day: string, administrator: string, recoveredDay: string) =>
    say`You compared in person on ${day}. It is undone: the administrator ${administrator} recovered them on ${recoveredDay}.`,
  refused: (day: string) =>
    say`You compared in person on ${day}, and the server shows another history now. Nothing in their name is accepted.`,
  ownOther: (day: string) =>
    say`You compared in person on ${day}, when the server knew you by another history. Compare again.`,
  takeBack: "Take the comparison back",
  takeBackTitle: (name: string) => say`Take the comparison with ${name} back?`,
  takeBackText:
    "Only if they told you, face to face, that they began anew. From then on this page takes the history that the server shows for theirs, as of somebody whom you never compared with.",
};
