/** States of people in a call, and why they are in it no more. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const memberStates = {
  ringing: ["ringing", "is ringing"],
  joining: ["joining", "is joining"],
  joined: ["in the call", "joined"],
  declined: ["declined", "declined"],
  noAnswer: ["no answer", "did not answer"],
  offline: ["offline", "is offline"],
  unknown: ["unknown user ID", "is not a user ID of this server"],
  busy: ["busy", "is busy"],
  failed: ["could not verify this call", "could not verify this call"],
  left: ["left", "left"],
  removed: ["removed from the call", "was removed from the call"],
  refused: ["not let in: the signature did not verify", "was not let in: the signature did not verify"],
} as const satisfies Catalogue["memberStates"];

export const reconnecting = "reconnecting";

export const revokedInGroup = "device revoked, but the group still holds their key";

export const waiting = "in another call, yours waits";

export const failedForTime = [
  "could not verify this call: clocks differ",
  "could not verify this call: the clock there and the one here differ by more than two minutes",
] as const satisfies Catalogue["failedForTime"];

const than = (isBehind: boolean): string => (isBehind ? "behind" : "ahead of");

export const counterBack = ((device) => [
  say`your device ${device} signed, and its counter is not higher than at the time before: there may be a copy of it`,
  "if you did not restore it from a backup, revoke it and use another one",
]) satisfies Catalogue["counterBack"];

export const otherViews = {
  "log.otherView": (name) => [
    say`the server showed ${name} another directory than you`,
    "do not trust this server: one of the two is a lie, and what its log signed for both was kept",
  ],
  "log.unsignedView": (name) => [
    say`what ${name} signed of the server's directory is not by the log that you are shown: the server showed them another one, or they made it up`,
    "ask them in another way than through this server what it shows them",
  ],
} as const satisfies Catalogue["otherViews"];

export const clockFaults = {
  own: (name, off, isBehind) => [
    say`a call by ${name} did not ring here: the clock of this terminal is ${off} ${than(isBehind)} theirs, with which the server's agrees`,
    "set this clock: until then calls do not ring here",
  ],
  theirs: (name, off, isBehind) => [
    say`a call by ${name} did not ring here: the clock there is ${off} ${than(isBehind)} this one, with which the server's agrees${
      isBehind ? "; or it was an old call, shown again" : ""
    }`,
    "tell them to set their clock: until then their calls do not ring here",
  ],
} as const satisfies Catalogue["clockFaults"];

export const leaveReasons = {
  left: ["left", "left"],
  lost: ["connection lost", "left: connection lost"],
  takenOver: ["went to another terminal", "went to another terminal"],
  released: ["signed out", "signed out"],
  expired: ["sign-in ended", "left: sign-in ended"],
  revoked: ["device revoked", "left: the device was revoked"],
  unsafe: ["left for safety", "left for safety"],
  deviceRemoved: ["device removed", "left: device removed"],
  pageGone: ["page closed or reloaded", "closed or reloaded the page"],
  // Nobody signs that somebody is put out.
  badCommit: [
    "put out by the others, says the server",
    "was put out: the server says that the others could not accept how this person's terminal changed the group, or told of it",
  ],
} as const satisfies Catalogue["leaveReasons"];

export const signedOut = {
  takenOver: [
    "your device was used on another terminal, and calls ring there now",
    "sign in here to be reached here again",
  ],
  released: [
    "this terminal was released, and calls to your user ID do not ring here any more",
    "sign in to be reached again",
  ],
  expired: ["the sign-in has ended, as it does after a while", "touch your device to go on"],
  revoked: [
    "the signature device with which you signed in was revoked, and counts no more",
    "sign in with another one of your devices; if you did not revoke it, tell the person who runs the server",
  ],
  deviceRemoved: ["the signature device was removed", "plug it in and sign in to be reached again"],
  forgotten: [
    "the server does not know this sign-in any more: your device was used elsewhere while this terminal was away, or the server lost its data",
    "sign in again",
  ],
} as const satisfies Catalogue["signedOut"];
