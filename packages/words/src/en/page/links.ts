/** Links to people. */
import { say } from "../say.ts";

export const links = {
  title: "A link brought you here",
  pressFirst: "Nobody is called until you press the button. Whoever made the link chose whom it leads to.",
  listed: "On your list of people",
  fromDevice:
    "Not on your list. The name is what their device signed. That they are who you mean, the link does not show.",
  isYou: "That is you.",
  offline: "There is no connection: call when there is one.",
  odd: "The link that you opened leads to nobody: what stands in it is no user ID. Ask for the link again, or for the user ID.",
  signInFirst: (names: string) =>
    say`The link that you opened leads to ${names}. To call, you need a user ID on this server. What the link leads to stays ready meanwhile: you press once to call.`,
  haveId: "You have one: enter it below and sign in, with a device that belongs to it.",
  newHere: {
    open: "You are new here: make one below. It takes a security key, or a passkey of this device or your telephone, and nothing else.",
    invite:
      "You are new here: make one below. It takes a security key, or a passkey of this device or your telephone, and an invite code from whoever runs this server.",
    closed:
      "You are new here: this server takes nobody new. Ask whoever runs it, or reach whoever gave you the link in another way.",
  },
  afterCall: (names: string) =>
    say`The link that you opened leads to ${names}. You can call when this call is over.`,
  own: "Your link",
  ownHint:
    "Whoever opens it comes to this server with your user ID ready to be called, and calls by pressing a button.",
  copy: "Copy link",
  share: "Share",
  showCode: "Show QR code",
  hideCode: "Hide QR code",
  code: "QR code of your link",
  isCopied: "Copied.",
  notCopied: "Your browser did not let it be copied: mark the link and copy it.",
};
