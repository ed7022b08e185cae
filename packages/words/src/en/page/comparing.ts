/** Comparing in person. */
import { say } from "../say.ts";

export const comparing = {
  open: "Compare in person",
  again: "Compare again",
  title: (name: string) => say`Compare with ${name} in person`,
  what: (name: string) =>
    say`So you know that the server shows you the devices of ${name} and nobody else's, and shows ${name} yours.`,
  /** One after the other. */
  how: {
    meet: (name: string) => say`Meet ${name}. Each of you has a terminal of their own at hand.`,
    theirSide: (name: string) =>
      say`${name} opens your card there: among their people, by the three dots beside your name. If you are not on their list, they add you first. In it they choose “Compare in person”, too.`,
    read: "Now the same code has to stand on both screens. Read it to each other, or let their camera open this picture.",
  },
  code: "The code of you both",
  qrLabel: "The code of you both, for the other's camera",
  asking: "Asking the server for both key histories ...",
  isSame: (name: string) => say`${name} is here with me, and their screen shows this very code`,
  isScanned: (name: string) => say`${name} is here with me, and I scanned this from their screen`,
  scannedSame: "The code that you scanned is the same as the one here.",
  scannedOther:
    "What you opened is another code than the one here. It may be an old one, or made up, or one of you has changed their devices or name since; or the server shows you other histories than it shows the other.",
  whenOther:
    "Do the codes differ? Then do not mark them as the same: somebody may stand between you, with the help of the server. Tell whoever runs it. Only if one of you has just added a device or changed their name: both close this, open it again, and compare the new codes.",
  mark: "It is the same",
  isMarked: (name: string) => say`You compared with ${name} in person.`,
  comparedOn: (day: string) => say`You compared in person on ${day}.`,
  badge: (day: string) => say`compared in person on ${day}`,
  compared: "Compared in person",
  holdsNoMore: "Comparison holds no more",
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
