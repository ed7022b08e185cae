/** The manual page, from the same tables as the help. */
import { texts } from "@signet/words/command-line";

import type { CommandPage } from "../command.ts";
import { exitCodeMeanings } from "../failure.ts";

/** @param version of the program. @returns roff for `man` */
export function manualPage(pages: readonly CommandPage[], version: string): string {
  return `${[
    `.TH SIGNET 1 "" "signet ${version}" "User Commands"`,
    ".SH NAME",
    `signet \\- ${plain(texts().manual.name)}`,
    ".SH SYNOPSIS",
    "\\fBsignet\\fR \\fIcommand\\fR [\\fIoption\\fR...]",
    ".SH DESCRIPTION",
    texts().manual.description,
    plain(texts().manual.environment),
    ".SH COMMANDS",
    ...pages.flatMap(commandLines),
    ".SH EXIT STATUS",
    ...exitCodeMeanings.flatMap(([code, meaning]) => [".TP", `\\fB${code}\\fR`, plain(meaning)]),
  ].join("\n")}\n`;
}

function commandLines({ about, examples, name, operands, options, summary }: CommandPage): readonly string[] {
  return [
    `.SS "signet ${plain(name)}${operands === undefined ? "" : ` ${plain(operands)}`}"`,
    plain(summary),
    ...(about === undefined ? [] : [".PP", plain(about)]),
    ...Object.entries(options).flatMap(([option, { bare, fallback, help, placeholder }]) => [
      ".TP",
      `\\fB\\-\\-${plain(option)}\\fR${bare === true ? "" : ` <${plain(placeholder)}>`}`,
      plain(fallback === undefined ? help : texts().help.withDefault(help, fallback)),
    ]),
    ".PP",
    texts().manual.examples,
    ".nf",
    ...examples.map((example) => `    ${plain(example)}`),
    ".fi",
  ];
}

/** So that nothing in a text is a request or an escape of roff, and a dash can be copied. */
const plain = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
