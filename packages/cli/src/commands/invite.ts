import { existsSync } from "node:fs";

import { createInvites, databasePath, openSqliteStore, StartError } from "@signet/server";

const help = `usage: signet invite [--count <number>] [--data <folder>]

prints one-time codes; each lets one person create a user ID

options:
  --count <number>  how many codes, up to 1000 (default: 1)
  --data <folder>   data directory of the server (default: SIGNET_DATA or ./data)
`;

/** Writes into the database beside a running server. */
export async function invite(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(help);
    return 0;
  }
  const { count, data } = parse(args);
  const path = databasePath(data);
  if (!existsSync(path))
    throw new StartError(
      `there is no database in ${data}`,
      "start the server once, or name its folder with --data",
    );
  const store = openSqliteStore(path);
  try {
    for (const code of await createInvites(store, count, Date.now())) console.log(code);
  } finally {
    await store.close();
  }
  return 0;
}

function parse(args: readonly string[]): { readonly count: number; readonly data: string } {
  let count = 1;
  let data = process.env["SIGNET_DATA"] ?? "./data";
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i], args[i + 1]];
    if (name !== "--count" && name !== "--data")
      throw new StartError(`unknown option ${name}`, "run `signet invite --help`");
    if (value === undefined) throw new StartError(`${name} needs a value`, "run `signet invite --help`");
    if (name === "--data") data = value;
    else if (/^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= 1_000) count = Number(value);
    else throw new StartError(`--count is "${value}"`, "expected a whole number from 1 to 1000");
  }
  return { count, data };
}
