import { databasePath, restoreDatabase } from "@signet/server";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { act, bare, option, text } from "../options/option-spec.ts";
import { summaries } from "../summaries.ts";
import { orNewer, peopleCount } from "./server-data.ts";

const options = {
  data: option("folder", text("a folder"), texts().options.dataFolder, "./data"),
  replace: act(bare(texts().options.replace)),
} as const;

/** So many are named; how many there are is said in any case. */
const mostNamed = 20;

export const restore = command({
  name: "restore",
  summary: summaries.restore,
  about: texts().about.restore,
  operands: "FILE",
  options,
  examples: [
    "signet restore signet-backup.db",
    "signet restore /backup/signet.db --data /var/lib/signet --replace",
  ],
  run: async ({ data = "./data", replace }, [file, ...more]) => {
    if (file === undefined || more.length > 0)
      throw wrongUse(texts().trouble.restoreFile, texts().trouble.restoreExample);
    const { people, left, statementsLeft, kept } = orNewer(data, () =>
      restoreDatabase({ from: file, database: databasePath(data), replace: replace === "yes" }),
    );
    console.log(texts().trouble.restored(peopleCount(people), file, data));
    if (kept !== undefined) console.log(texts().trouble.keptIn(kept));
    if (left.length > 0) console.log(texts().trouble.leftOut(peopleCount(left.length), named(left)));
    if (statementsLeft > 0) console.log(texts().trouble.changesLeft(statementsLeft));
    if (statementsLeft > 0 || left.length > 0) console.log(texts().trouble.shorterLog);
    return exitCodes.ok;
  },
});

const named = (userIds: readonly string[]): string =>
  userIds.length <= mostNamed ? userIds.join(", ") : `${userIds.slice(0, mostNamed).join(", ")} ...`;
