/** What is put to those in a call, and what came of it. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const resolutions: Catalogue["resolutions"] = {
  states: {
    open: "open",
    adopted: "adopted",
    rejected: "rejected",
    withdrawn: "withdrawn",
    lapsed: "not decided before the end of the call",
  },
  all: (count) => say`needs all ${count} who were in the call`,
  some: (needed, count) => say`needs ${needed} of the ${count} who were in the call`,
  named: (names) => say`needs ${names}`,
};
