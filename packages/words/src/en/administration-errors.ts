/** Errors of administrators, and of whoever asks one to bring them back. */
import type { SomeErrors } from "../catalogue.ts";

export const administrationErrors = {
  "admin.code": [
    "nobody asks to be recovered under this user ID with this code",
    "have the person read it once more; if it stays so, somebody else may be asking in their place",
  ],
  "admin.head": ["your own devices changed meanwhile", "sign again"],
  "admin.notAdministrator": ["you do not administer this server", "ask one who does"],
  "admin.unknown": [
    "an administrator is new here: the server names them only now, or who appointed them, or brought them back, does not administer any more, or not with that device",
    "ask whoever runs it whether that is so; until you accept them, what they sign counts for nothing here",
  ],
  "recovery.gone": [
    "this recovery is not asked for any more, or nobody signed it in time",
    "ask again at the terminal with the new device",
  ],
} as const satisfies SomeErrors;
