/** How Chinese puts sentences together. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const label = ((clause) => clause) satisfies Catalogue["label"];

export const sentence = ((clause) => `${clause}。`) satisfies Catalogue["sentence"];

export const afterOneAnother = ((...sentences) => sentences.join("")) satisfies Catalogue["afterOneAnother"];

export const clausesInOne = ((...clauses) => clauses.join("，")) satisfies Catalogue["clausesInOne"];

export const dayAndTime = ((day, time) => `${day} ${time}`) satisfies Catalogue["dayAndTime"];

/** `Intl` leaves no space between digits and characters; everything else here has one. */
export const durations = ((...parts) =>
  parts
    .map((part) => part.replaceAll(/(?<=\d)(?=\p{Script=Han})/gu, " "))
    .join(" ")) satisfies Catalogue["durations"];

const conjunction = new Intl.ListFormat("zh-Hans", { type: "conjunction" });
/** `Ann、Bob 和 Cy`, `张三、李四和王五`. */
export const list = ((names) =>
  conjunction
    .formatToParts(names)
    .reduce((said, { value }) => say`${said}${value}`, "")) satisfies Catalogue["list"];
