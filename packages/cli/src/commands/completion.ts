import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { completionFor, shells } from "../pages/completion.ts";
import { summaries } from "../summaries.ts";

export const completion = command({
  name: "completion",
  summary: summaries.completion,
  about: texts().about.completion,
  operands: shells.join("|"),
  options: {},
  examples: ["signet completion bash", "signet completion fish"],
  run: async (_values, [name, ...more], pages) => {
    const shell = shells.find((each) => each === name);
    if (shell === undefined || more.length > 0)
      throw wrongUse(texts().trouble.oneShell, texts().trouble.giveShell(shells.join(", ")));
    process.stdout.write(completionFor[shell](await pages()));
    return exitCodes.ok;
  },
});
