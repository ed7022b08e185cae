/**
 * `signet`: one rule for all output. What was asked for goes to standard output; what goes wrong goes to standard error as
 * `error: ...` and `hint: ...`, lower case, without full stop, and the exit code tells what kind of thing it was.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Command } from "./command.ts";
import { answer } from "./commands/answer.ts";
import { call } from "./commands/call.ts";
import { devices } from "./commands/devices.ts";
import { doctor } from "./commands/doctor.ts";
import { invite } from "./commands/invite.ts";
import { listen } from "./commands/listen.ts";
import { register } from "./commands/register.ts";
import { release } from "./commands/release.ts";
import { serve } from "./commands/serve.ts";
import { signIn } from "./commands/sign-in.ts";
import { Interrupted, exitCodeMeanings, exitCodes, failureOf, wrongUse } from "./failure.ts";
import type { ExitCode } from "./failure.ts";
import { clean } from "./output/clean.ts";
import { JsonOutput } from "./output/json-output.ts";

const commands: ReadonlyMap<string, Command> = new Map([
  ["serve", serve],
  ["invite", invite],
  ["register", register],
  ["sign-in", signIn],
  ["call", call],
  ["answer", answer],
  ["listen", listen],
  ["release", release],
  ["devices", devices],
  ["doctor", doctor],
]);

function help(): string {
  return [
    "usage: signet <command> [option...]",
    "",
    "commands:",
    ...Array.from(commands, ([name, { summary }]) => `  ${name.padEnd(10)}${summary}`),
    "",
    "`signet <command> --help` lists its options, with examples",
    "",
    "exit codes:",
    ...exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(10)}${meaning}`),
    "",
  ].join("\n");
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

async function main([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (name === "--version") {
    console.log(version());
    return exitCodes.ok;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(help());
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const command = commands.get(name);
  if (command === undefined)
    throw wrongUse(`unknown command ${name}`, "run `signet --help` for all commands");
  return command.run(args);
}

/** Says what went wrong. @returns the exit code */
function report(error: unknown, args: readonly string[]): ExitCode {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  const failure = failureOf(error);
  if (failure === undefined) {
    console.error(error);
    return exitCodes.bug;
  }
  const { message, hint, exitCode, code } = failure;
  if (args.includes("--json") || process.env["SIGNET_JSON"] === "yes") {
    const json = new JsonOutput((line) => console.log(line));
    json.event({ event: "error", message, hint, exitCode, ...(code === undefined ? {} : { code }) });
  }
  console.error(`error: ${clean(message)}`);
  console.error(`hint: ${clean(hint)}`);
  return exitCode;
}

const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write("", () => resolve()));

const args = process.argv.slice(2);
const exitCode = await main(args).catch((error: unknown) => report(error, args));
await Promise.all([written(process.stdout), written(process.stderr)]);
// The threads of the media library would keep the process alive.
process.exit(exitCode);
