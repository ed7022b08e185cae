/** Names of people. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const nameFaults = {
  empty: "it has a character at least",
  long: "it has 64 characters at most",
  edges: "it neither begins nor ends with a space",
  hidden: "it has a character in it that cannot be seen, or changes how others are read",
  invisible: "nothing of it can be seen",
  marks: "it has more marks on a letter than one can read, or a mark without a letter",
  joiner: "it has a joiner where no letter or emoji needs one",
} as const satisfies Catalogue["nameFaults"];

export const looksLike = ((userId) =>
  say`looks like ${userId}, and is somebody else`) satisfies Catalogue["looksLike"];
