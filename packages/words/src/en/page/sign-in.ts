/** The first page, and signing in. */
import { say } from "../say.ts";

export const signIn = {
  stillWoken: (names: string) => say`A notification tells here that somebody calls ${names}, and not who.`,
  stopWaking: "Stop that",
  title: "Calls that know who is there",
  lead: "Signet rings where your security key or passkey is. Everybody in a call proves with a touch who they are, and only they can listen: not even this server can.",
  leadWithGuests:
    "Signet rings where your security key or passkey is. Whoever calls or answers with it proves with a touch who they are; guests, whom this server lets in without one, are shown as not verified. Only the people in a call can listen: not even this server can.",
  noAccount: "No account, no number.",
  noAccountText: (lead: string) => say`${lead} A user ID, and the device you carry.`,
  verified: "Verified for each call.",
  verifiedText: (lead: string) => say`${lead} A fresh signature from everybody, checked by your own browser.`,
  verifiedButGuests: (lead: string) =>
    say`${lead} A fresh signature from everybody with a device, checked by your own browser. Guests sign nothing: somebody in the call vouches for them, and its host lets them in.`,
  encrypted: "Encrypted end to end.",
  encryptedText: (lead: string) => say`${lead} The key of a call belongs to the people in it.`,
  recoveryLink: (userId: string) =>
    say`You opened a link to recover ${userId}. Sign in as an administrator, with your own device.`,
  otherTab: "In another tab of this browser",
  otherTabText:
    "Go on there, or sign in here with the same device: then it rings here, and a call that you are in can be moved here.",
  tabInCall: (userId: string, people: string) => say`${userId} is in a call with ${people}.`,
  tabCalling: (userId: string, people: string) => say`${userId} is on the way into a call with ${people}.`,
  tabRinging: (userId: string, people: string) => say`${people} is calling ${userId}.`,
  tabNothing: (userId: string) => say`${userId} is signed in, and calls ring there.`,
  touchCreateTitle: "Touch 1 of 2: create the key",
  touchCreate: "Your device makes a key for this server. The key never leaves it.",
  touchProveTitle: "Touch 2 of 2: prove it",
  touchProve: "The new key signs for the first time, and you are signed in.",
  touchKept:
    "Your device made the key at the last try: touch the same device. Cancel leaves the key for the next try.",
  makeAnotherKey: "Make another key",
  signIn: "Sign in",
  welcomeBack: "Welcome back",
  getUserId: "Get your user ID",
  touchSignIn: (userId: string) => say`Its signature shows that ${userId} is here now.`,
  userIdHint: "How others call you: 2 to 32 small letters, digits, dots, _ or -. It cannot be changed later.",
  orNew: "or, new here",
  orHave: "or, with a user ID that you have",
  newAbove: "Enter a new user ID above. Your device makes another key for it.",
  haveAbove: "Enter it above; then touch the device that it belongs to.",
  displayName: "Display name",
  displayNameHint: "What others read beside your user ID; left empty, the ID itself.",
  invite: "Invite code",
  inviteHint: "From the person who runs this server.",
  create: "Create user ID",
  enterUserId: "Enter a user ID: 2 to 32 small letters, digits, and . _ -",
  edgesOfUserId: "A new user ID begins and ends with a letter or digit.",
  whichDevice: "Which of your devices is here?",
  yourDevices: "Your devices",
  since: (day: string) => say`since ${day}`,
};
