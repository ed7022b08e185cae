import { existsSync } from "node:fs";

import { createInvites, databasePath, openSqliteStore } from "@signet/server";
import { texts } from "@signet/words/command-line";

import { integer, option, text } from "../options/option-spec.ts";
import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { summaries } from "../summaries.ts";

const options = {
  count: option("number", integer(1, 1_000), texts().options.count, "1"),
  data: option("folder", text("a folder"), texts().options.dataFolder, "./data"),
} as const;

/** Writes into the database beside a running server. */
export const invite = command({
  name: "invite",
  summary: summaries.invite,
  options,
  examples: ["signet invite", "signet invite --count 10 --data /var/lib/signet"],
  run: async ({ count = 1, data = "./data" }) => {
    const path = databasePath(data);
    if (!existsSync(path)) throw wrongUse(texts().trouble.noDatabase(data), texts().trouble.startOnce);
    const store = openSqliteStore(path);
    try {
      for (const code of await createInvites(store, count, Date.now())) console.log(code);
    } finally {
      await store.close();
    }
    return exitCodes.ok;
  },
});
