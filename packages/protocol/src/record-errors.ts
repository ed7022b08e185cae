/** Those of the error table that are about files that are verified: records, resolutions, evidence. */
import { error } from "./error-info.ts";

export const recordErrors = {
  "record.altered": error("protocol"),
  "record.checkpoint": error("protocol"),
  "record.cut": error("user"),
  "record.empty": error("user"),
  "record.form": error("user"),
  "record.notMember": error("protocol"),
  "record.otherEpoch": error("protocol"),
  "record.otherLog": error("user"),
  "record.signedDocument": error("user"),
  "record.tooLarge": error("user"),
  "record.unknownPerson": error("protocol"),
  "record.unproven": error("protocol"),
  "record.unread": error("user"),
  "record.version": error("user"),
} as const;
