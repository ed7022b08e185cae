/** Of `signet verify`. */
import { say } from "../say.ts";

export const verify = {
  summary: "verifies a record of a call, a resolution, or evidence",
  about:
    "Says who was in a call, from when to when, and what was approved there, as far as signatures in the file prove it, and whether a file proves that a server lied. Opens no connection. Ends with exit code 0 where all holds, 5 where something does not, and 8 where a lie of the server is proven.",
  logKey: "key of the server's log, as you know it from elsewhere; may be given more than once",
  logKeyDefault: "the one in the file, and it is said",
  anchors: "certificates of authorities that you trust, PEM",
  oneFile: "one file is to be verified",
  oneFileExample: "name it, for example `signet verify signet-record.json`",
  verdict: (path: string, verdict: string) => say`${path}: ${verdict}`,
  withNote: (heading: string, note: string) => say`${heading} (${note})`,
  atPlace: (message: string, place: string) => say`${message} (${place})`,
};
