import { readFileSync } from "node:fs";

import { killMediaProcesses, startServer } from "@signet/server";
import type { RunningServer } from "@signet/server";
import { texts } from "@signet/words/command-line";

import type { Command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import { resolveOptions, toServerOptions } from "../options/resolve-server-options.ts";
import { configOption, serverOptions } from "../options/server-options.ts";
import { serveHelp } from "../options/serve-help.ts";
import { endSignals } from "../run/interrupt.ts";
import { takenSecret } from "../secrets/environment.ts";
import { summaries } from "../summaries.ts";
import { peopleCount } from "./server-data.ts";

export const serve: Command = {
  page: {
    name: "serve",
    summary: summaries.serve,
    options: { ...serverOptions, config: configOption },
    examples: ["signet serve", "signet serve --config /etc/signet.json"],
  },
  run: runServer,
};

/** Runs the server until Ctrl-C, SIGTERM or SIGHUP; a Ctrl-C after that ends it at once. */
async function runServer(args: readonly string[]): Promise<ExitCode> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(serveHelp());
    return exitCodes.ok;
  }
  const readFile = (path: string): string => readFileSync(path, "utf8");
  const token = takenSecret("SIGNET_METRICS_TOKEN");
  const env = token === undefined ? process.env : { ...process.env, SIGNET_METRICS_TOKEN: token };
  const options = toServerOptions(resolveOptions({ args, env, readFile }));
  // Before it starts: its media processes would outlive a process that a signal ends.
  const stop = signalled();
  const server = await startServer(options);
  console.log(banner(server));
  await stop;
  await server.close();
  return exitCodes.ok;
}

function banner({ origin, registration, dataDir, people }: RunningServer): string {
  return [
    "",
    `  ${texts().trouble.ready(origin)}`,
    "",
    `  ${texts().trouble.registrationRow(registration, texts().trouble.registration[registration])}`,
    `  ${texts().trouble.dataRow(dataDir, peopleCount(people))}`,
    "",
  ].join("\n");
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const ask = (): void => {
      if (isStopping) return;
      isStopping = true;
      console.log(texts().trouble.stopping);
      resolve();
    };
    // A service manager, and what hands signals on, may send these more than once.
    for (const signal of endSignals) process.on(signal, ask);
    process.on("SIGINT", () => {
      if (!isStopping) return ask();
      killMediaProcesses();
      return process.exit(exitCodes.interrupted);
    });
  });
}
