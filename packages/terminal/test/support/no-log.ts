import type { ProvingLog } from "../../src/people/proven-person.ts";

/** Of a server that keeps none: what it shows is proven by nothing. */
export const noLog: ProvingLog = {
  isKept: false,
  headOf: () => Promise.reject(new Error("there is no log")),
  headNowOf: () => Promise.reject(new Error("there is no log")),
};
