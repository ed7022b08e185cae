/** Errors about guests: people without a device, in one call by the word of somebody who is in it. */
import type { SomeErrors } from "../catalogue.ts";

export const guestErrors = {
  "guest.badName": [
    "a guest's name is made of letters, digits, spaces, points, commas, apostrophes, middle dots and dashes, 32 at most",
    "write it without other signs",
  ],
  "guest.notAllowed": [
    "a guest in a call cannot do this",
    "ask somebody in the call who has a signature device to do it",
  ],
  "guest.notHere": [
    "this guest is not here any more, so that nobody was let in",
    "make a new link, and invite them again",
  ],
  "guest.notLetIn": ["the host has not let this guest into the call yet", "wait until the host does"],
  "guest.notOffered": ["this server lets no guests into calls", "ask who runs it to start it with --guests"],
  "guest.otherVersions": [
    "somebody in the call has a version that knows no guests, or has no connection just now",
    "try again when all in the call are there with the same version",
  ],
  "guest.refused": ["the guest was not let into the call", "ask whoever invited the guest"],
  "guest.tooMany": [
    "there are as many guests, or open links for guests, as one call may have",
    "put a guest out, or wait until a link is used or over",
  ],
  "guest.word": [
    "what was signed for a guest is not about that guest's key and name, and was refused",
    "make a new link, and invite them again",
  ],
} as const satisfies SomeErrors;
