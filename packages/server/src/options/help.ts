import { environmentName } from "./resolve-options.ts";
import type { OptionSpec } from "./option-spec.ts";
import { optionTable } from "./option-table.ts";

/** The text of `signet serve --help`. */
export function serveHelp(): string {
  const rows = Object.entries<OptionSpec>(optionTable).map(([name, { placeholder, help, fallback }]) => ({
    left: `  --${name} <${placeholder}>`,
    right: fallback === undefined ? help : `${help} (default: ${fallback})`,
  }));
  rows.push({
    left: "  --config <file>",
    right: "JSON object with these names; flags and environment come first",
  });
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return [
    "usage: signet serve [option...]",
    "",
    "runs the server: web terminal, calls, audio forwarding",
    "",
    "options:",
    ...rows.map(({ left, right }) => left.padEnd(width) + right),
    "",
    `each option can be given in the environment as well, for example ${environmentName("log-level")}=debug`,
    "",
  ].join("\n");
}
