/** Used in several places. */
import { say } from "../say.ts";

export const common = {
  cancel: "Cancel",
  close: "Close",
  goOn: "Go on",
  notNow: "Not now",
  tryAgain: "Try again",
  retryNow: "Retry now",
  closeMessage: "Close message",
  you: "you",
  touch: "Touch your device",
  touchSignedIn: "Touch the device that you signed in with",
  userId: "User ID",
  askingServer: "Asking the server ...",
  decline: "Decline",
  aboutWhom: (who: string) => say`It is about ${who}.`,
  nameNeeded: "Give it a name: you tell your devices apart by it.",
  nameRefused: (fault: string) => say`this name cannot be taken: ${fault}`,
  noOneHasId: (ids: string) => say`Nobody has the user ID ${ids} here. Check the spelling.`,
  oddInUserId: (word: string, odd: string) =>
    say`${word} is no user ID: ${odd} cannot stand in one, only a to z, 0 to 9, and . _ -`,
  lengthOfUserId: (word: string, length: number) =>
    say`${word} is no user ID: they have 2 to 32 characters, and this has ${length}.`,
  ofUserId: (name: string, userId: string) => say`${name} of ${userId}`,
};
