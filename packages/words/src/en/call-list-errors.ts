/** Errors of call lists: a statement about who may be in a call that does not hold, or may not be made. */
import type { SomeErrors } from "../catalogue.ts";

const askThem = "ask those in the call what they meant";

export const callListErrors = {
  "callList.otherCall": [
    "a signed word about who may be in the call is of another call, and was refused",
    askThem,
  ],
  "callList.userIds": [
    "somebody is invited or removed by a list that names nobody, or a person twice, and it was refused",
    askThem,
  ],
  "callList.notMember": [
    "somebody is invited to the call by a person who is not in it, and it was refused",
    "ask somebody who is in the call to invite them",
  ],
  "callList.notHost": [
    "only the host of the call can remove people, or make another the host",
    "ask the host to do it",
  ],
  "callList.voided": [
    "somebody was to be removed by a word that takes no invitation from them, and it was refused",
    askThem,
  ],
  "callList.missing": [
    "a signed word about who may be in the call builds on one that is not there",
    "wait until it comes, or leave the call and join again",
  ],
  "callList.hostFork": [
    "two people were made the host of the call at once, and neither counts",
    "make one of them the host",
  ],
  "callList.nextHost": ["this person cannot be made the host of the call", "name somebody who is in it"],
  "callList.removesHost": [
    "the host of the call cannot be removed from it",
    "make somebody else the host first",
  ],
  "callList.tooManyPeople": [
    "these are more people than a call can have",
    "invite fewer, or remove somebody first",
  ],
  "callList.full": [
    "people were invited to this call and removed from it as often as there is room for",
    "start a new call",
  ],
  "callList.hidden": [
    "the call is shown here without something that was signed about who may be in it",
    "start a new call, and ask who runs the server",
  ],
  "callList.removed": [
    "the host has removed this user ID from the call",
    "ask somebody who is in it to invite you again",
  ],
} as const satisfies SomeErrors;
