/** Around the views: head, title, connection, language. */
import { count, say } from "../say.ts";

export const frame = {
  signedInAs: (userId: string) => say`Signed in as ${userId}`,
  signedIn: "Signed in as",
  signOut: "Sign out",
  signOutTitle: "Sign out, and leave the call?",
  signOutText:
    "The call goes on without you. To come back you touch your device twice: to sign in, and to join.",
  stayInCall: "Stay in the call",
  signOutAndLeave: "Sign out and leave",
  language: "Language (语言)",
  languageOfBrowser: (name: string) => say`As the browser: ${name}`,
  noConnection: "No connection",
  connecting: "Connecting to the server",
  clockTitle: "Your clock is off",
  clockBehind: (off: string) =>
    say`It is ${off} behind the server's, and signatures hold only at the right time: until it is set, you cannot sign in, call or be called. Set the clock of this device.`,
  clockAhead: (off: string) =>
    say`It is ${off} ahead of the server's, and signatures hold only at the right time: until it is set, you cannot sign in, call or be called. Set the clock of this device.`,
  tryingAgain: "Trying again",
  nextTry: (seconds: number) => say`Next try in ${count(seconds, { one: "second", other: "seconds" })}`,
  notAnsweredYet: "The server has not answered yet.",
  unreachable: (host: string) =>
    say`Nothing answers at ${host}. Check the address, your network, and that the server runs.`,
  notSignet: (host: string) =>
    say`What answers at ${host} is not Signet's server, or only a part of it. Open the address that the person who runs the server gave you.`,
  noWebSocket: (host: string) =>
    say`The server answers, but the connection for calls does not come about: what stands before it has to pass WebSockets on (Upgrade) at ${host}/ws. Tell the person who runs it.`,
  titleCalls: (name: string) => say`${name} calls - Signet`,
  titleCalling: "Calling - Signet",
  titleInCall: "In a call - Signet",
  titleOffline: "No connection - Signet",
  titleMissed: (n: number) => say`(${n}) Signet`,
  notHere: "Not in this browser",
  missing: (what: string) =>
    say`This browser lacks ${what}, or has that switched off. Without it you can neither call nor answer here. Use a current Chromium or Firefox.`,
  webRtc: "WebRTC for calls",
  encodedTransforms: "encoded transforms for the encryption end to end",
  webAuthn: "WebAuthn for security keys and passkeys",
  doesNotRun: "Signet does not run here",
  yourDevices: "Your devices",
  newsOf: (userId: string) => say`News of ${userId}`,
  revokeUnknown: "If that was not you, revoke the device that you do not know.",
  closeAboutYours: "Close message about your devices",
  closeAbout: (userId: string) => say`Close message about ${userId}`,
  undo: "Undo",
};
