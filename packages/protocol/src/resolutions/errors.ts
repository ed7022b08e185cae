/** Those of the error table that are about what members say to each other in a call, and what they approve there. */
import { error } from "../error-info.ts";

export const resolutionErrors = {
  "word.counter": error("bug"),
  "word.gap": error("protocol"),
  "word.notOffered": error("dependency"),
  "word.notSigned": error("protocol"),
  "word.otherOrder": error("protocol"),
  "word.tooMany": error("user"),
  "word.unreadable": error("protocol"),

  "resolution.badRule": error("user"),
  "resolution.badText": error("user"),
  "resolution.closed": error("user"),
  "resolution.decided": error("user"),
  "resolution.guest": error("user"),
  "resolution.malformed": error("protocol"),
  "resolution.noCertificate": error("user"),
  "resolution.notAsked": error("user"),
  "resolution.notProposer": error("user"),
  "resolution.notShown": error("user"),
  "resolution.numberTaken": error("protocol"),
  "resolution.otherCall": error("protocol"),
  "resolution.otherDocument": error("user"),
  "resolution.otherKey": error("protocol"),
  "resolution.otherPeople": error("protocol"),
  "resolution.otherPerson": error("protocol"),
  "resolution.otherText": error("protocol"),
  "resolution.tooMany": error("user"),
  "resolution.unknown": error("protocol"),
} as const;
