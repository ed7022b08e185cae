/** Errors of administrators, and of whoever asks one to bring them back. */
import type { SomeErrors } from "../catalogue.ts";

export const administrationErrors = {
  "admin.badCode": [
    "this is not a code: it has twenty digits",
    "type it as the person reads it, in groups of four",
  ],
  "admin.code": [
    "nobody asks to be recovered under this user ID with this code",
    "have the person read it once more; if it stays so, somebody else may be asking in their place",
  ],
  "admin.head": ["your own devices changed meanwhile", "sign again"],
  "admin.notAdministrator": ["you do not administer this server", "ask one who does"],
  "admin.lapsed": [
    "whoever made this administrator one, or brought them back, does not administer any more, or not with that device",
    "ask whoever runs the server whether that is so; until you accept them, what they sign counts for nothing here",
  ],
  "admin.unknown": [
    "an administrator is new here: the server did not name them when this terminal asked first",
    "ask whoever runs it whether that is so; until you accept them, what they sign counts for nothing here",
  ],
  "recovery.crowdedOut": [
    "too many ask to be recovered just now, and the server kept others",
    "ask again; if it happens again, tell the person who runs the server",
  ],
  "recovery.expired": ["no administrator signed in time", "ask again when you can reach one"],
  "recovery.gone": [
    "the server knows of no such recovery any more: it was given up, its time is over, or the server was started anew",
    "ask again at the terminal with the new device",
  ],
} as const satisfies SomeErrors;
