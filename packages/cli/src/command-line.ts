/**
 * `signet`: one rule for all output. What was asked for goes to standard output; what goes wrong goes to standard error as
 * `error: ...` and `hint: ...`, lower case, without full stop, and the exit code tells what kind of thing it was. Between them stands
 * `reason: ...`, where a file, a library or the system gave one, in its own words.
 */
import { languages } from "@signet/words";
import { texts } from "@signet/words/command-line";

import type { Command, CommandPage } from "./command.ts";
import { Interrupted, exitCodeMeanings, exitCodes, failureOf, wrongUse } from "./failure.ts";
import type { ExitCode } from "./failure.ts";
import { chosen } from "./language.ts";
import { nearest } from "./options/nearest.ts";
import { lineWidth } from "./options/read-options.ts";
import { clean } from "./output/clean.ts";
import { rowsOf } from "./output/columns.ts";
import { detailOf } from "./output/detail.ts";
import { JsonOutput } from "./output/json-output.ts";
import { takeSecrets } from "./secrets/environment.ts";
import { summaries } from "./summaries.ts";
import { version } from "./version.ts";

/** Each is loaded only when it is run. */
const commands: ReadonlyMap<string, readonly [summary: string, load: () => Promise<Command>]> = new Map([
  ["serve", [summaries.serve, async () => (await import("./commands/serve.ts")).serve]],
  ["invite", [summaries.invite, async () => (await import("./commands/invite.ts")).invite]],
  ["backup", [summaries.backup, async () => (await import("./commands/backup.ts")).backup]],
  ["restore", [summaries.restore, async () => (await import("./commands/restore.ts")).restore]],
  ["register", [summaries.register, async () => (await import("./commands/register.ts")).register]],
  ["sign-in", [summaries.signIn, async () => (await import("./commands/sign-in.ts")).signIn]],
  ["call", [summaries.call, async () => (await import("./commands/call.ts")).call]],
  ["answer", [summaries.answer, async () => (await import("./commands/answer.ts")).answer]],
  ["move", [summaries.move, async () => (await import("./commands/move.ts")).move]],
  ["listen", [summaries.listen, async () => (await import("./commands/listen.ts")).listen]],
  ["echo", [summaries.echo, async () => (await import("./commands/echo.ts")).echo]],
  ["people", [summaries.people, async () => (await import("./commands/people.ts")).people]],
  ["history", [summaries.history, async () => (await import("./commands/history.ts")).history]],
  ["messages", [summaries.messages, async () => (await import("./commands/messages.ts")).messages]],
  ["missed", [summaries.missed, async () => (await import("./commands/missed.ts")).missed]],
  ["release", [summaries.release, async () => (await import("./commands/release.ts")).release]],
  ["rename", [summaries.rename, async () => (await import("./commands/rename.ts")).rename]],
  ["keys", [summaries.keys, async () => (await import("./commands/keys.ts")).keys]],
  ["admin", [summaries.admin, async () => (await import("./commands/admin.ts")).admin]],
  ["devices", [summaries.devices, async () => (await import("./commands/devices.ts")).devices]],
  ["doctor", [summaries.doctor, async () => (await import("./commands/doctor.ts")).doctor]],
  ["monitor", [summaries.monitor, async () => (await import("./commands/monitor.ts")).monitor]],
  ["verify", [summaries.verify, async () => (await import("./commands/verify.ts")).verify]],
  ["completion", [summaries.completion, async () => (await import("./commands/completion.ts")).completion]],
  ["manual", [summaries.manual, async () => (await import("./commands/manual.ts")).manual]],
]);

const loadPages = (): Promise<readonly CommandPage[]> =>
  Promise.all(Array.from(commands.values(), async ([, load]) => (await load()).page));

function help(): string {
  return [
    texts().help.usage,
    "",
    texts().help.commands,
    ...rowsOf(
      Array.from(commands, ([name, [summary]]) => [`  ${name}`, summary] as const),
      lineWidth,
      14,
    ),
    "",
    texts().help.commandHelp,
    "",
    texts().help.options,
    ...rowsOf([["  --language <language>", texts().help.languageRow]], lineWidth),
    "",
    texts().help.exitCodes,
    ...rowsOf(
      exitCodeMeanings.map(([code, meaning]) => [`  ${code}`, meaning] as const),
      lineWidth,
      14,
    ),
    "",
  ].join("\n");
}

async function main([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (chosen.unknown !== undefined) {
    const { source, value } = chosen.unknown;
    throw wrongUse(
      texts().help.isValue(source, value),
      texts().help.expected(texts().help.oneOf(languages.join(", "))),
    );
  }
  if (name === "--version") {
    console.log(version());
    return exitCodes.ok;
  }
  if (name === "help" && args.length > 0) return main([...args.slice(0, 1), "--help"]);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(help());
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const [, load] = commands.get(name) ?? [];
  if (load === undefined) {
    const meant = nearest(name, commands.keys());
    throw wrongUse(
      texts().help.unknownCommand(name),
      meant === undefined
        ? texts().help.allCommands
        : texts().help.didYouMean(meant, texts().help.allCommands),
    );
  }
  const command = await load();
  return command.run(args, loadPages);
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
  const detail = detailOf(failure);
  if (args.includes("--json") || process.env["SIGNET_JSON"] === "yes") {
    const json = new JsonOutput((line) => console.log(line));
    json.event({
      event: "error",
      message,
      hint,
      exitCode,
      ...(code === undefined ? {} : { code }),
      ...(detail === undefined ? {} : { detail }),
    });
  }
  console.error(texts().report.error(clean(message)));
  if (detail !== undefined) console.error(texts().report.reason(clean(detail)));
  console.error(texts().report.hint(clean(hint)));
  return exitCode;
}

const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write("", () => resolve()));

// Nobody reads any more, as behind `| head`: commands that go on come to an end by themselves.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
takeSecrets(process.env);
const { args } = chosen;
const exitCode = await main(args).catch((error: unknown) => report(error, args));
await Promise.all([written(process.stdout), written(process.stderr)]);
// The threads of the media library would keep the process alive.
process.exit(exitCode);
