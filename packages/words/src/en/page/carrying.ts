/** People, notes, history and settings at all terminals of the person: where they are, and how they get there. */
import { say } from "../say.ts";

export const carrying = {
  carried:
    "Your people, notes, history and settings are the same wherever you sign in. The server keeps them sealed, and cannot read them; it learns who your people are, since this page asks it who of them can be reached.",
  pending:
    "What you change here goes to your other terminals once the server has it: in a moment, or when there is a connection.",
  keptHere: "What you change stays in this browser",
  inMemory:
    "This browser keeps nothing for the page: what the server does not have yet is gone when you close it.",
  letIn: "Let another terminal in",
  letInHint:
    "For a terminal of yours that says it cannot open them. Not every device can: then a code goes from here to there.",
  scan: (host: string, choice: string) =>
    say`At your other terminal scan this and sign in; or, signed in at ${host}, choose “${choice}” in its settings and enter the code. Show it to nobody else.`,
  qrLabel: "QR code for the camera of your other terminal. It holds the code below.",
  giving: "Giving it what it asks for ...",
  askedTitle: "Let this terminal in?",
  signedInWith: "Signed in with",
  askedText:
    "It will read and change your people, notes, history and settings from now on. Say yes only if it is you who entered the code there.",
  keepOut: "Do not let it in",
  letItIn: "Let it in",
  isIn: "Your other terminal has your people, notes, history and settings now.",
  askIn: "Ask another terminal of yours",
  codeHint: (choice: string) => say`As your other terminal shows it: in its settings, “${choice}”.`,
  sayYesText:
    "Your other terminal shows with which device you are signed in here, and asks whether you want it.",
  areHere: "Your people, notes, history and settings are here now.",
  signInFirst:
    "You opened a link that another terminal of yours shows. Sign in here: then it can give you your people, notes, history and settings.",
  phrase: "Recovery phrase",
  phraseIs: {
    none: "You have none. Should you lose your devices and terminals, an administrator can give you back your user ID; your people and notes come back by this phrase alone.",
    kept: "You have one. Keep it where nobody else finds it.",
    gone: "Your recovery phrase opens nothing any more: the device that vouched for it was revoked. Make a new one, and throw the old one away.",
  },
  makePhrase: "Make a recovery phrase",
  makeAnother: "Make a new recovery phrase",
  anotherTitle: "Make a new recovery phrase?",
  anotherText: "The one that you have opens nothing any more then.",
  writeDown: "Write it down",
  writeDownText:
    "It is shown this once. Keep it on paper, away from your devices: whoever has it, and gets at what the server keeps for you, can read that.",
  isWritten: "I have written it down",
  enterPhrase: "Enter the recovery phrase",
  phraseHint: "Seven groups of four letters and digits.",
  putOver: "Take what is here instead",
  putOverTitle: "Put what is here in the place of what the server has?",
  putOverText:
    "What only the server has is lost, for all of your terminals. Do it when you know why it is another one, as after a backup was put back; or when no other terminal and no phrase of yours is left.",
  putOverYes: "Put it in its place",
};
