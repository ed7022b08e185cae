import { environmentName, optionRows } from "./read-options.ts";
import { serverOptions } from "./server-options.ts";

/** The text of `signet serve --help`. */
export function serveHelp(): string {
  return [
    "usage: signet serve [option...]",
    "",
    "runs the server: web terminal, calls, audio forwarding",
    "",
    "options:",
    ...optionRows(serverOptions, [
      ["  --config <file>", "JSON object with these names; flags and environment come first"],
    ]),
    "",
    `each option can be given in the environment as well, for example ${environmentName("log-level")}=debug`,
    "",
  ].join("\n");
}
