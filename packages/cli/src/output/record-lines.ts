/** A file that was verified, in lines. */
import type { RecordWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "./clean.ts";

export function recordLines(path: string, { happened, parts }: RecordWords): readonly string[] {
  const words = texts().verify;
  const lines = [words.verdict(path, happened)];
  for (const { heading, items, note } of parts) {
    lines.push("", note === undefined ? heading : words.withNote(heading, note));
    for (const { lines: said, text, title } of items) {
      if (title !== undefined) lines.push(`  ${title}`);
      const indent = title === undefined ? "  " : "    ";
      // Nothing in it looks like a line of Signet's own.
      for (const line of text?.split("\n") ?? []) lines.push(`${indent}| ${line}`);
      for (const line of said) lines.push(`${indent}${line}`);
    }
  }
  return lines.map((line) => clean(line));
}
