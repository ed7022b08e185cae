/** How English puts sentences together. */
import type { Catalogue } from "../catalogue.ts";

export const label = ((clause) => {
  const [first = "", ...rest] = clause;
  return `${first.toLocaleUpperCase("en")}${rest.join("")}`;
}) satisfies Catalogue["label"];

export const sentence = ((clause) => `${label(clause)}.`) satisfies Catalogue["sentence"];

export const afterOneAnother = ((...sentences) => sentences.join(" ")) satisfies Catalogue["afterOneAnother"];

export const clausesInOne = ((...clauses) => clauses.join(", ")) satisfies Catalogue["clausesInOne"];

export const dayAndTime = ((day, time) => `${day}, ${time}`) satisfies Catalogue["dayAndTime"];

export const durations = ((...parts) => parts.join(" ")) satisfies Catalogue["durations"];

const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });
export const list = ((names) => conjunction.format(names)) satisfies Catalogue["list"];
