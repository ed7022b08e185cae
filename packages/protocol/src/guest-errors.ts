/** Those of the error table that are about guests. */
import { error } from "./error-info.ts";

export const guestErrors = {
  "guest.badName": error("user"),
  "guest.notAllowed": error("protocol"),
  "guest.notHere": error("user"),
  "guest.notLetIn": error("user"),
  "guest.notOffered": error("dependency"),
  "guest.otherVersions": error("user"),
  "guest.refused": error("user"),
  "guest.tooMany": error("user"),
  "guest.word": error("protocol"),
} as const;
