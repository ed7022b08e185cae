import { optionTable } from "./option-table.ts";
import { environmentName, optionRows } from "./read-options.ts";

/** The text of `signet serve --help`. */
export function serveHelp(): string {
  return [
    "usage: signet serve [option...]",
    "",
    "runs the server: web terminal, calls, audio forwarding",
    "",
    "options:",
    ...optionRows(optionTable, [
      ["  --config <file>", "JSON object with these names; flags and environment come first"],
    ]),
    "",
    `each option can be given in the environment as well, for example ${environmentName("log-level")}=debug`,
    "",
  ].join("\n");
}
