/** Those of the error table that are about what a server shows of people, and about the log that proves it. */
import { error } from "./error-info.ts";

export const directoryErrors = {
  "directory.otherThanCompared": error("protocol"),
  "directory.comparedRecovered": error("user"),
  "directory.keyChanged": error("user"),
  "directory.otherKey": error("user"),
  "directory.badEntry": error("protocol"),
  "directory.unproven": error("protocol"),
  "directory.ownUnproven": error("protocol"),
  "directory.badPins": error("dependency"),
  "directory.newerPins": error("dependency"),

  "log.missing": error("protocol"),
  "log.otherKey": error("protocol"),
  "log.badCheckpoint": error("protocol"),
  "log.rolledBack": error("protocol"),
  "log.inconsistent": error("protocol"),
  "log.otherView": error("protocol"),
  "log.unsignedView": error("protocol"),
  "log.noSuchSize": error("protocol"),
  "log.unwitnessed": error("dependency"),
} as const;
