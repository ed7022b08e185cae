/** Guests: the link for one, the door, and the page that a guest opens. */
import { count, say } from "../say.ts";

export const guests = {
  invite: "Invite a guest",
  inviteText:
    "A guest has no signature device, so nobody can be verified as them. Everybody in the call sees that, and that you invited them.",
  showLink: "Show the link for a guest",
  linkTitle: "A guest is invited",
  making: "Making a link …",
  linkAndCode: "Link and code",
  sendLink: "Send them this link:",
  copy: "Copy the link",
  copied: "The link is copied. The code goes another way: tell it to them.",
  copyByHand: "This browser does not let the page copy. The link is selected: copy it by hand.",
  tellCode: "And tell them this code over another way, by telephone or where you stand:",
  nobodyYet: "Nobody has opened the link and entered the code yet.",
  counts: (left: string) => say`Both count for ${left} more, and once.`,
  withdraw: "Withdraw the link",
  withdrawText: "Then link and code let nobody in any more.",
  withdrawn: "The link is withdrawn: it lets nobody in any more.",
  another: "Make another link",
  entered: "The link was opened and the code entered. Waiting for their name …",
  askTitle: (called: string) => say`Do you vouch for ${called}?`,
  askText:
    "That is what they call themselves: nobody verified it, and whoever has link and code can say anything. Your device signs that you invited them, and the host lets them in, or does not.",
  askHost:
    "That is what they call themselves: nobody verified it, and whoever has link and code can say anything. Your device signs that you invited them, and you let them in with that: you are the host.",
  vouch: "Vouch",
  vouchAndLetIn: "Vouch and let in",
  doNot: "Do not vouch",
  notVouched: "You did not vouch for the guest: nobody comes in, and the link is used up.",
  touch: "Your device signs that you invite this guest into this call.",
  coming: "They are about to be at the door …",
  comingIn: "They are about to come in …",
  doorTitle: (called: string) => say`Let ${called} in?`,
  doorWaits: (called: string) => say`Waiting at the door: ${called}`,
  doorHost: "The host lets them in, or does not.",
  letIn: "Let in",
  turnAway: "Turn away",
  doorLeft: (called: string) => say`Not at the door any more: ${called}`,
  doorLeftText:
    "They gave up, closed their page or lost their connection. If they come back to that page they are asked about again; otherwise they need a new link.",
  doorLeftHost:
    "They gave up, closed their page or lost their connection. If they come back to that page before you close this, you are asked about them again. Closing this turns them away: then they need a new link.",
  pageTitle: "Come into a call as a guest",
  pageText: "Somebody who is in the call invited you. You need no account and no device.",
  name: "Your name",
  nameHint: (longest: number) =>
    say`${count(longest, { one: "character", other: "characters" })} at most. Everybody sees it, and with it that you are not verified.`,
  code: "Code that you were told",
  codeHint: "Eight letters and digits.",
  enter: "Ask to come in",
  giveUp: "Give up",
  failures: {
    unknown:
      "Nobody waits for this code. Compare it with what you were told, letter by letter. If it is right, link and code were used, withdrawn or are too old: ask for new ones.",
    inviter: {
      ended:
        "The guest gave up, closed their page or lost their connection before they were in. The link is used up: make another one.",
      expired: "It took too long: link and code count no more. Make others.",
    },
    guest: {
      ended:
        "Whoever invited you withdrew the link, left the call or lost their connection. Ask for a new link.",
      expired: "It took too long: link and code count no more. Ask for new ones.",
    },
    refused: "Whoever invited you did not vouch for you. Ask them why.",
    broken:
      "What came from the other side does not fit the code, and was refused: somebody between the two of you changed it. Begin again with a new link; if it happens again, do not trust this server until it is explained.",
    gaveUp: "You gave up asking. To come in after all, ask for a new link.",
  },
  badCode: "Enter the eight letters and digits that you were told.",
  noLink: "This link is not whole. Open it as it was sent to you.",
  looking: "Looking for the call …",
  asked: (by: string) => say`${by} is asked about you. Keep this page open.`,
  atDoor: "The host is asked to let you in. Keep this page open.",
  youAre: (by: string) =>
    say`You are a guest, and not verified to the others. Who they are you know by the word of ${by} alone.`,
  aloneAfterGuests: "You are alone. A guest comes back only with a new link. You can add people.",
  newLink: "A guest comes back only with a new link.",
  aloneAsGuest: "You are alone. Those who were invited can come back for as long as you stay.",
  over: "You are not in the call any more",
  overText: "The link is used up. To come back, ask for a new one.",
  putOut: "The host put you out of the call.",
  usedTitle: "This link was used in this tab already",
  usedText: "Whoever leaves the call, or loads this page anew, is out: what let you in is gone with it.",
};
