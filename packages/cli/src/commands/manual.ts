import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { manualPage } from "../pages/manual.ts";
import { summaries } from "../summaries.ts";
import { version } from "../version.ts";

export const manual = command({
  name: "manual",
  summary: summaries.manual,
  about: texts().about.manual,
  options: {},
  examples: ["signet manual > /usr/local/share/man/man1/signet.1"],
  run: async (_values, _operands, pages) => {
    process.stdout.write(manualPage(await pages(), version()));
    return exitCodes.ok;
  },
});
