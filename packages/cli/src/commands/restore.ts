import { databasePath, restoreDatabase } from "@signet/server";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { bare, option, text } from "../options/option-spec.ts";
import { summaries } from "../summaries.ts";
import { orNewer, peopleCount } from "./server-data.ts";

const options = {
  data: option("folder", text("a folder"), "data directory of the server", "./data"),
  replace: bare("takes the place of a database that is there, which is kept in a folder beside it"),
} as const;

/** So many are named; how many there are is said in any case. */
const mostNamed = 20;

export const restore = command({
  name: "restore",
  summary: summaries.restore,
  about: [
    "no server may run on the folder meanwhile. FILE is read and found whole first, and nothing that was there is deleted.",
    "Everybody signs in anew afterwards: sign-ins and calls of the time of the backup are not brought back.",
  ],
  operands: "FILE",
  options,
  examples: [
    "signet restore signet-backup.db",
    "signet restore /backup/signet.db --data /var/lib/signet --replace",
  ],
  run: async ({ data = "./data", replace }, [file, ...more]) => {
    if (file === undefined || more.length > 0)
      throw wrongUse("signet restore takes the name of one file", "give the one that `signet backup` made");
    const { people, left, statementsLeft, kept } = orNewer(data, () =>
      restoreDatabase({ from: file, database: databasePath(data), replace: replace === "yes" }),
    );
    console.log(`${peopleCount(people)} restored from ${file} to ${data}`);
    if (kept !== undefined) console.log(`what was there is kept in ${kept}`);
    if (left.length > 0)
      console.log(`${peopleCount(left.length)} who were there are not in the backup: ${named(left)}`);
    if (statementsLeft > 0)
      console.log(
        `${statementsLeft} ${statementsLeft === 1 ? "change" : "changes"} to people's devices are not in the backup: a device that was revoked since counts again`,
      );
    return exitCodes.ok;
  },
});

const named = (userIds: readonly string[]): string =>
  userIds.length <= mostNamed ? userIds.join(", ") : `${userIds.slice(0, mostNamed).join(", ")} ...`;
