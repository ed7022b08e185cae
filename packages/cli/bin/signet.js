#!/usr/bin/env node
// Runs the program with Node 24 or later, which reads TypeScript as it is: this one, or the one that npm installed.
import { spawn } from "node:child_process";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const room = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(room, "src/main.ts");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  // Starts in half the time from the second time on. Beside the program, since anybody could have made the folder that Node
  // would take among the temporary ones; where nothing can be written there, nothing is kept.
  module.enableCompileCache(join(room, "../../node_modules/.cache/compiled"));
  await import(main);
} else {
  const child = spawn(pinnedNode(), [main, ...process.argv.slice(2)], { stdio: inherited() });
  // Ctrl-C reaches both by itself; what is sent to this process alone is handed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 1));
}

/** The program of the package that npm chose for this machine: one of the optional dependencies in the package.json at the root. */
function pinnedNode() {
  const system = process.platform === "win32" ? "win" : process.platform;
  const require = createRequire(import.meta.url);
  try {
    const description = require.resolve(`node-${system}-${process.arch}/package.json`);
    return join(dirname(description), require(description).bin.node);
  } catch {
    console.error(`error: signet needs node 24 or later, this is ${process.versions.node}`);
    console.error(
      `hint: npm brings it for Linux on x64 and arm64 and for Windows on x64; elsewhere install it from nodejs.org`,
    );
    process.exit(1);
  }
}

/** What a secret is read from is handed on as well: `--pin-fd 3`, `SIGNET_PASSPHRASE_FD=3`. */
function inherited() {
  const { SIGNET_PIN_FD = "", SIGNET_PASSPHRASE_FD = "" } = process.env;
  const named = process.argv.join(" ").matchAll(/--(?:pin|passphrase)-fd[= ](\d{1,3})\b/g);
  const numbers = [SIGNET_PIN_FD, SIGNET_PASSPHRASE_FD, ...Array.from(named, ([, text]) => text)]
    .filter((text) => /^\d{1,3}$/.test(text))
    .map(Number)
    .filter((number) => number > 2);
  const stdio = ["inherit", "inherit", "inherit"];
  for (const number of numbers) {
    while (stdio.length < number) stdio.push("ignore");
    stdio[number] = number;
  }
  return stdio;
}
