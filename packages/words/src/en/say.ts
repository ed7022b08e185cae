import { countingIn } from "../plural.ts";

export { say } from "../isolate.ts";

/** `1 second`, `3 seconds`. */
export const count = countingIn("en-GB");
