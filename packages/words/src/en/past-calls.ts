/** How a call went that is over. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const pastCalls: Catalogue["pastCalls"] = {
  talked: (duration) => say`talked for ${duration}`,
  missed: "missed",
  youDeclined: "you declined",
  declined: "declined",
  notReached: "not reached",
  nobodyThere: "nobody was there",
  failed: "failed",
  verified: "verified",
  verifiedAre: (who) => say`verified: ${who}`,
};
