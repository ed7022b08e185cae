import stringWidth from "string-width";

import { wrapWords } from "./columns.ts";

/** Below this a broken line is harder to read than one that the window breaks. */
const fewColumns = 40;

/**
 * A line broken between words, so that the window breaks none; what follows the first is indented.
 * @param columns of the window; undefined where there is none, and lines are for programs
 */
export function windowLines(text: string, indent: number, columns: number | undefined): readonly string[] {
  if (columns === undefined || columns < fewColumns || stringWidth(text) <= columns) return [text];
  const lead = /^ */.exec(text)?.[0] ?? "";
  const [first = "", ...rest] = wrapWords(text.slice(lead.length), columns - Math.max(lead.length, indent));
  return [lead + first, ...rest.map((line) => " ".repeat(indent) + line.trimStart())];
}

/** Prints a line as {@link windowLines} breaks it for this window. */
export function printLines(text: string, indent: number): void {
  for (const line of windowLines(text, indent, process.stdout.columns)) console.log(line);
}
