import { backupDatabase, databasePath } from "@signet/server";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { option, text } from "../options/option-spec.ts";
import { summaries } from "../summaries.ts";
import { orNewer, peopleCount } from "./server-data.ts";

const options = {
  data: option("folder", text("a folder"), texts().options.dataFolder, "./data"),
} as const;

export const backup = command({
  name: "backup",
  summary: summaries.backup,
  about: texts().about.backup,
  operands: "FILE",
  options,
  examples: ["signet backup signet-backup.db", "signet backup /backup/signet.db --data /var/lib/signet"],
  run: async ({ data = "./data" }, [file, ...more]) => {
    if (file === undefined || more.length > 0)
      throw wrongUse(texts().trouble.backupFile, texts().trouble.backupExample);
    const { path, people, bytes } = orNewer(data, () => backupDatabase(databasePath(data), file));
    console.log(texts().trouble.backedUp(peopleCount(people), path, Math.ceil(bytes / 1024)));
    return exitCodes.ok;
  },
});
