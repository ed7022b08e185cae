import { texts } from "@signet/words/command-line";

import { environmentName, optionRows } from "./read-options.ts";
import { serverOptions } from "./server-options.ts";

/** The text of `signet serve --help`. */
export function serveHelp(): string {
  return [
    texts().help.usageOf("serve"),
    "",
    texts().help.serveSummary,
    "",
    texts().help.options,
    ...optionRows(serverOptions, [["  --config <file>", texts().help.configRow]]),
    "",
    texts().help.environment(`${environmentName("log-level")}=debug`),
    "",
  ].join("\n");
}
