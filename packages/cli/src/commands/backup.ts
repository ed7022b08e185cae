import { backupDatabase, databasePath } from "@signet/server";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { option, text } from "../options/option-spec.ts";
import { summaries } from "../summaries.ts";
import { orNewer, peopleCount } from "./server-data.ts";

const options = {
  data: option("folder", text("a folder"), "data directory of the server", "./data"),
} as const;

export const backup = command({
  name: "backup",
  summary: summaries.backup,
  about: [
    "the server may run meanwhile. FILE is new, readable by you alone, complete in itself, and there only when it was",
    "read again and found whole. It says how many people are in it.",
  ],
  operands: "FILE",
  options,
  examples: ["signet backup signet-backup.db", "signet backup /backup/signet.db --data /var/lib/signet"],
  run: async ({ data = "./data" }, [file, ...more]) => {
    if (file === undefined || more.length > 0)
      throw wrongUse(
        "signet backup takes the name of one file",
        "for example `signet backup signet-backup.db`",
      );
    const { path, people, bytes } = orNewer(data, () => backupDatabase(databasePath(data), file));
    console.log(`${peopleCount(people)} in ${path} (${Math.ceil(bytes / 1024)} KiB), read again and whole`);
    return exitCodes.ok;
  },
});
