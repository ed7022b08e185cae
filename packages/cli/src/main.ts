/**
 * `signet`: one rule for all output. What was asked for goes to standard output; what goes wrong goes to standard error as
 * `error: ...` and `hint: ...`, lower case, without full stop, and the exit code is 2 where the person can mend it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { StartError } from "@signet/server";

import { invite } from "./commands/invite.ts";
import { serve } from "./commands/serve.ts";

/** @returns the exit code */
type Command = (args: readonly string[]) => Promise<number>;

const commands: ReadonlyMap<string, readonly [Command, string]> = new Map([
  ["serve", [serve, "runs the server"]],
  ["invite", [invite, "prints one-time codes for new user IDs"]],
]);

function help(): string {
  const rows = Array.from(commands, ([name, [, summary]]) => `  ${name.padEnd(10)}${summary}`);
  return [
    "usage: signet <command> [option...]",
    "",
    "commands:",
    ...rows,
    "",
    "`signet <command> --help` lists its options",
    "",
  ].join("\n");
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--version") {
    console.log(version());
    return 0;
  }
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  const [command] = commands.get(name) ?? [];
  if (command === undefined)
    throw new StartError(`unknown command ${name}`, "run `signet --help` for all commands");
  return command(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`error: ${error.message}`);
  console.error(`hint: ${error.hint}`);
  process.exitCode = 2;
}
