/** Guests: the link for one, the door, and the page that a guest opens. */
import { say } from "../say.ts";

export const guests = {
  invite: "Invite a guest",
  inviteText:
    "A guest has no signature device, so nobody can be verified as them. Everybody in the call sees that, and that you invited them.",
  making: "Making a link …",
  sendLink: "Send them this link:",
  tellCode: "And tell them this code over another way, by telephone or where you stand:",
  entered: "The link was opened and the code entered. Waiting for their name …",
  askTitle: (called: string) => say`Do you vouch for ${called}?`,
  askText:
    "That is what they call themselves: nobody verified it, and whoever has link and code can say anything. Your device signs that you invited them, and the host lets them in.",
  vouch: "Vouch",
  doNot: "Do not vouch",
  touch: "Your device signs that you invite this guest into this call.",
  coming: "They are about to be at the door …",
  doorTitle: (called: string) => say`Let ${called} in?`,
  doorWaits: (called: string) => say`Waiting at the door: ${called}`,
  doorHost: "The host lets them in, or does not.",
  letIn: "Let in",
  turnAway: "Turn away",
  pageTitle: "Come into a call as a guest",
  pageText: "Somebody who is in the call invited you. You need no account and no device.",
  name: "Your name",
  nameHint: "Everybody sees it, and with it that you are not verified.",
  code: "Code that you were told",
  codeHint: "Eight letters and digits.",
  enter: "Ask to come in",
  wrongCode:
    "Nobody waits for this code. Compare it with what you were told, letter by letter. If it is right, link and code were used, given up or are too old: ask for new ones.",
  badCode: "Enter the eight letters and digits that you were told.",
  noLink: "This link is not whole. Open it as it was sent to you.",
  looking: "Looking for the call …",
  asked: (by: string) => say`${by} is asked about you. Keep this page open.`,
  atDoor: "The host is asked to let you in. Keep this page open.",
  youAre: (by: string) =>
    say`You are a guest here: to the others you are not verified. Who they are you know by the word of ${by} alone, since this page meets their devices for the first time.`,
  over: "You are not in the call any more",
  overText: "The link is used up. To come back, ask for a new one.",
  putOut: "The host put you out of the call.",
};
