/** Errors of adding a device at another machine by a code. */
import type { SomeErrors } from "../catalogue.ts";

export const pairingErrors = {
  "pairing.badCode": [
    "this is not a code: it has twenty letters and digits",
    "type it as the other terminal shows it, in groups of four",
  ],
  "pairing.broken": [
    "what came from the other terminal does not fit the code, and was refused: somebody between the two changed it",
    "begin again with a new code; if it happens again, do not trust this server until it is explained",
  ],
  "pairing.ended": [
    "the other terminal gave up or lost its connection before it was done",
    "look at your devices where you are signed in; where it is not among them, begin again with a new code",
  ],
  "pairing.expired": [
    "it took too long, and the code does not count any more",
    "begin again with a new code",
  ],
  "pairing.refused": [
    "the person at the other terminal did not want this device",
    "if that was you and a mistake, begin again with a new code",
  ],
  "pairing.unknown": [
    "no terminal waits for this code: it was mistyped, its time is over, or it was entered somewhere already",
    "compare it with the other terminal; if it was entered and not by you, give up there, and begin again with a new code",
  ],
} as const satisfies SomeErrors;
