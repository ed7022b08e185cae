/** What the parts of the screen are drawn with. */
import type { Verification } from "@signet/terminal";
import { clausesInOne } from "@signet/words";

import { span, wrap } from "./text.ts";
import type { Line, Tone } from "./text.ts";
import type { ScreenOptions } from "./view.ts";

/** `columns` is the width between the margins. */
export type Pen = Pick<ScreenOptions, "columns" | "nowMs" | "timeZone" | "unicode">;

export const indent = "  ";

/** From here on there is room for names beside user IDs. */
export const roomyColumns = 60;
/** Lines are not longer than the eye follows. */
const mostColumns = 100;

/** On either side. */
export const marginOf = (columns: number): number => (columns >= roomyColumns ? 1 : 0);

/** Between the margins of a window. */
export const penColumns = (columns: number): number => Math.min(columns - 2 * marginOf(columns), mostColumns);

/** Lines of one text, wrapped; below its first line, or all of it where it stands `under` something, it is indented. */
export function paragraph(
  text: string,
  columns: number,
  tone: Tone = "plain",
  under = false,
): readonly Line[] {
  return wrap(text, columns - indent.length).map((line, index) => [
    span(under || index > 0 ? indent + line : line, tone),
  ]);
}

/** The parts in as few lines as they fit in, below a name. */
export function partsBelow(parts: readonly string[], columns: number, tone: Tone): readonly Line[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : clausesInOne(last, part);
    if (last !== undefined && joined.length + indent.length <= columns) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines.flatMap((line) => paragraph(line, columns, tone, true));
}

/** A key in a file, or one that nobody met before, is nothing to be praised. */
export const verificationTone = ({ firstSeen, kind }: Verification): Tone =>
  firstSeen || kind === "software" ? "plain" : "good";
