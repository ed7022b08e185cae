import { nameFault } from "@signet/terminal";
import { nameFaultWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

export const rename = command({
  name: "rename",
  summary: summaries.rename,
  about: texts().about.rename,
  operands: "NAME",
  options: { ...identityOptions, ...outputOptions },
  examples: ["signet rename 'Anna B. Arm'"],
  run: async (values, [name, ...more]) => {
    if (name === undefined || more.length > 0)
      throw wrongUse(texts().trouble.renameOne, texts().trouble.quoteIt);
    const fault = nameFault(name);
    if (fault !== undefined)
      throw wrongUse(texts().trouble.nameRefused(nameFaultWords(fault)), texts().trouble.chooseOther);
    return runTerminal({ values }, async (run) => {
      const { identity, interrupted, output, terminal } = run;
      await run.signIn();
      await terminal.rename(name, interrupted);
      output.event({ event: "renamed", userId: identity.user, displayName: name });
      return exitCodes.ok;
    });
  },
});
