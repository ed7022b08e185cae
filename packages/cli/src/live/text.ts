/** Text with a tone, measured in columns of a terminal window. What others wrote is cleaned before it comes here. */
import stringWidth from "string-width";

import { wrapWords } from "../output/columns.ts";

/** What a piece of text is to the eye; without colours all are alike, so none of them says anything that no word says. */
export type Tone = "plain" | "faint" | "strong" | "good" | "accent" | "warning" | "alarm";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export const span = (text: string, tone: Tone = "plain"): Span => ({ text, tone });

export const blank: Line = [];

export const widthOf = (line: Line): number => line.reduce((sum, { text }) => sum + stringWidth(text), 0);

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The longest beginning of `text` within so many columns; an ellipsis stands for what was cut. */
export function clip(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export function clipLine(line: Line, columns: number): Line {
  if (widthOf(line) <= columns) return line;
  const clipped: Span[] = [];
  let left = columns;
  for (const { text, tone } of line) {
    const width = stringWidth(text);
    if (width < left) {
      clipped.push({ text, tone });
      left -= width;
      continue;
    }
    clipped.push({ text: clip(`${text}${width === left ? "…" : ""}`, left), tone });
    break;
  }
  return clipped;
}

/** To exactly so many columns. */
export function pad(text: string, columns: number): string {
  const clipped = clip(text, columns);
  return clipped + " ".repeat(Math.max(0, columns - stringWidth(clipped)));
}

/** `left` at the left and `right` at the right edge; where both do not fit, `left` is cut, and `right` goes when little would be left. */
export function edges(left: Line, right: Line, columns: number): Line {
  const rightWidth = widthOf(right);
  const room = columns - rightWidth - 2;
  if (rightWidth === 0 || (room < widthOf(left) && room < columns / 2)) return clipLine(left, columns);
  const clipped = clipLine(left, room);
  return [...clipped, span(" ".repeat(columns - widthOf(clipped) - rightWidth)), ...right];
}

/** Words over as many lines as they need. */
export const wrap = (text: string, columns: number): readonly string[] =>
  wrapWords(text, columns).map((line) => clip(line, columns));

/** SGR parameters (ECMA-48 section 8.3.117) of the sixteen colours, which people choose to be readable in their windows. */
const codes: Record<Exclude<Tone, "plain">, string> = {
  faint: "2",
  strong: "1",
  good: "32",
  accent: "1;36",
  warning: "33",
  alarm: "1;97;41",
};

export function paint(line: Line, color: boolean): string {
  return line
    .map(({ text, tone }) => (color && tone !== "plain" ? `\u001B[${codes[tone]}m${text}\u001B[0m` : text))
    .join("");
}
