import { isolate } from "../isolate.ts";
import type { Insert } from "../isolate.ts";

const han = /\p{Script=Han}/u;
/** A letter or digit of another writing, or what closes or opens around one. */
const other = /[\p{L}\p{N}\u{2068}\u{2069}%]/u;

const meet = (left: string, right: string): boolean =>
  (han.test(left) && other.test(right) && !han.test(right)) ||
  (han.test(right) && other.test(left) && !han.test(left));

/**
 * The tag of sentences with something in them. Between Chinese characters and other letters or digits stands a space, between two Chinese
 * characters none: that depends on what is put in, so it is decided here, and texts are written with or without.
 */
export function say(texts: TemplateStringsArray, ...inserts: readonly Insert[]): string {
  return texts.reduce((said, text, place) => {
    const insert = isolate(String(inserts[place - 1]));
    return joined(joined(said, insert), text);
  });
}

function joined(before: string, after: string): string {
  // A place for an element, of which nothing is known: as it is written.
  if (isPlace(before.at(-1)) || isPlace(after[0])) return before + after;
  const [left, right] = [before.trimEnd(), after.trimStart()];
  const [last = "", first = ""] = [Array.from(left).at(-1), Array.from(right)[0]];
  if (meet(last, first)) return `${left} ${right}`;
  return han.test(last) && han.test(first) ? left + right : before + after;
}

const isPlace = (char: string | undefined): boolean =>
  char !== undefined && /[\u{E000}-\u{F8FF}]/u.test(char);
