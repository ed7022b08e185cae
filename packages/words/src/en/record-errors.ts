/** Errors about files that are verified: records, resolutions, evidence. */
import type { SomeErrors } from "../catalogue.ts";

export const recordErrors = {
  "record.altered": [
    "what is in this record is not what the person who kept it signed",
    "ask whoever kept it for the file as it was saved",
  ],
  "record.checkpoint": [
    "what this record says of the server's log is not signed by that log",
    "do not rely on it, and ask whoever kept it for the file as it was saved",
  ],
  "record.cut": ["this file breaks off before its end", "ask for it once more, as it was saved"],
  "record.empty": ["this file is empty", "ask for it once more, as it was saved"],
  "record.form": [
    "this is no file that Signet writes, or it was changed since",
    "ask for the file as it was saved; editors and mail programs change files",
  ],
  "record.notMember": [
    "somebody signed in this record as one who was in the call, and nothing in it says that they answered",
    "do not rely on it, and ask whoever kept it for the file as it was saved",
  ],
  "record.otherEpoch": [
    "somebody signed for other people in the call than are said to be in it here",
    "do not rely on who is shown: in a call, compare the safety code; of a file, ask whoever kept it for it as it was saved",
  ],
  "record.otherLog": [
    "this record is of another server's log than the key that you gave",
    "check which key belongs to the server that the record names",
  ],
  "record.signedDocument": [
    "this is a signature of a document (CMS), which other programs verify together with the document",
    "with the document at hand: openssl cms -verify -cades -binary -inform DER -in THIS-FILE -content DOCUMENT -CAfile AUTHORITY",
  ],
  "record.tooLarge": [
    "this file is larger than any that Signet writes (64 MB), or there is more in it",
    "give the file as it was saved: a record, a resolution or evidence",
  ],
  "record.unknownPerson": [
    "this record holds a signature of somebody whose devices it does not say",
    "do not rely on it, and ask whoever kept it for the file as it was saved",
  ],
  "record.unproven": [
    "this record says that the server's log proves somebody's devices, and it does not",
    "do not rely on it, and ask whoever kept it for the file as it was saved",
  ],
  "record.unread": ["this cannot be read as a file", "give one file that Signet wrote; a folder is none"],
  "record.version": ["this file was written by a newer Signet", "verify it with a newer Signet"],
} satisfies SomeErrors;
