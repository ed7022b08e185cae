/** Writes docs/errors.md from the one table of errors: `npx node docs/generate-errors.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorTable } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";
import { errorWords, sentence } from "@signet/words";

const categories = {
  protocol: "the peer broke a rule of the protocol, or something in between did",
  user: "a person can mend it",
  dependency: "something that Signet needs failed: the network, the disk, a device, the audio part",
  bug: "ours; please report it",
} as const;

type Row = { category: string; closeCode?: number };

/** The page as it must be, ending in a newline. */
export function errorsPage(): string {
  const lines = [
    "# Errors",
    "",
    "Every error that a person or a peer can see, with what a page says of it; the command line says some of it",
    "[otherwise](../packages/words/src/en/command-line-errors.ts). Only the code travels. This page is made from the table in",
    "[errors.ts](../packages/protocol/src/errors.ts) and from [the words of it](../packages/words/src/en/index.ts) by",
    "`npx node docs/generate-errors.ts` (`npx`: it takes the Node 24 that `npm ci` brought), and a test compares the two.",
    "",
    "The category says who has to act:",
    "",
    ...Object.entries(categories).map(([name, meaning]) => `- \`${name}\`: ${meaning}.`),
    "",
    "A close code stands where the error also ends the WebSocket (RFC 6455 section 7.4.2, private range).",
  ];
  let group = "";
  for (const [code, row] of Object.entries<Row>(errorTable)) {
    const [prefix = ""] = code.split(".");
    if (prefix !== group) {
      group = prefix;
      lines.push(
        "",
        `## ${group}`,
        "",
        "| code | category | what happened | what to do next | close code |",
        "|---|---|---|---|---|",
      );
    }
    const { happened, next } = errorWords(code as ErrorCode);
    const cells = [
      `\`${code}\``,
      row.category,
      sentence(happened),
      sentence(next),
      String(row.closeCode ?? ""),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return `${lines.join("\n")}\n`;
}

export const errorsPagePath = join(import.meta.dirname, "errors.md");

if (import.meta.main) writeFileSync(errorsPagePath, errorsPage());
