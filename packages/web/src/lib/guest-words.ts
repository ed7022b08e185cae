import type { ErrorCode } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { helpFor } from "./help.ts";
import type { HelpTopic } from "./help.ts";

/** Why nobody came in. The sealed line is that of adding a device, whose words are about devices and other terminals: here it is two people and a link. */
export function guestFailure(code: ErrorCode, whose: "inviter" | "guest"): string {
  const { failures } = texts().guests;
  switch (code) {
    case "pairing.unknown":
      return whose === "guest" ? failures.unknown : sentenceFor(code);
    case "pairing.ended":
      return failures[whose].ended;
    case "pairing.refused":
      // It is the inviter who refuses; a guest who says so has gone.
      return whose === "guest" ? failures.refused : failures.inviter.ended;
    case "pairing.expired":
      return failures[whose].expired;
    case "pairing.broken":
      return failures.broken;
    case "device.cancelled":
      return whose === "guest" ? failures.gaveUp : sentenceFor(code);
    default:
      return sentenceFor(code);
  }
}

/** What explains it: of the line the help has what is said of devices. */
export function guestHelp(code: ErrorCode): HelpTopic {
  const topic = helpFor(code);
  return topic === "addingDevices" ? "guests" : topic;
}
