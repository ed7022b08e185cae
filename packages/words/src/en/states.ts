/** States of people in a call. */
import type { Catalogue } from "../catalogue.ts";

export const memberStates = {
  ringing: ["ringing", "is ringing"],
  joining: ["joining", "is joining"],
  joined: ["in the call", "joined"],
  declined: ["declined", "declined"],
  noAnswer: ["no answer", "did not answer"],
  offline: ["offline", "is offline"],
  unknown: ["unknown user ID", "is not a user ID of this server"],
  busy: ["busy in another call", "is busy in another call"],
  failed: ["could not verify this call", "could not verify this call"],
  left: ["left", "left"],
  refused: ["not let in: the signature did not verify", "was not let in: the signature did not verify"],
} as const satisfies Catalogue["memberStates"];
