import { existsSync } from "node:fs";

import { createInvites, databasePath, openSqliteStore } from "@signet/server";

import { integer, option, text } from "../options/option-spec.ts";
import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { summaries } from "../summaries.ts";

const options = {
  count: option("number", integer(1, 1_000), "how many codes, up to 1000", "1"),
  data: option("folder", text("a folder"), "data directory of the server", "./data"),
} as const;

/** Writes into the database beside a running server. */
export const invite = command({
  name: "invite",
  summary: summaries.invite,
  options,
  examples: ["signet invite", "signet invite --count 10 --data /var/lib/signet"],
  run: async ({ count = 1, data = "./data" }) => {
    const path = databasePath(data);
    if (!existsSync(path))
      throw wrongUse(
        `there is no database in ${data}`,
        "start the server once, or name its folder with --data",
      );
    const store = openSqliteStore(path);
    try {
      for (const code of await createInvites(store, count, Date.now())) console.log(code);
    } finally {
      await store.close();
    }
    return exitCodes.ok;
  },
});
