// How programs of Signet get Node 24 or later, which reads TypeScript as it is: this one, or the one that npm installed.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isatty as isTerminal } from "node:tty";

export const isNode24 = Number(process.versions.node.split(".")[0]) >= 24;

/** How often it is looked whether npm is still there. */
const lookMs = 250;

/**
 * npm, when it is asked to end, ends the shell in which it runs a command, and no more: the command has another parent then. It is
 * asked to end as well.
 */
export function endWithNpm() {
  if (process.env.npm_execpath === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, lookMs);
  timer.unref();
}

/** Runs a program, which ends with this process and this process with it, with the same code. */
export function run(args) {
  const child = spawn(isNode24 ? process.execPath : pinnedNode(), args, { stdio: inherited() });
  // Ctrl-C in a window reaches both by itself, and a second one must not be made of it: that means something else. What is sent to
  // this process alone is handed on.
  const isInWindow = [0, 1, 2].some((fd) => isTerminal(fd));
  process.on("SIGINT", () => isInWindow || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  endWithNpm();
  child.on("exit", (code) => process.exit(code ?? 1));
}

/** The program of the package that npm chose for this machine: one of the optional dependencies. */
export function pinnedNode() {
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

/** What a secret is read from is handed on as well: `--pin-fd 3`, `--code-fd=3`, `SIGNET_PASSPHRASE_FD=3`. */
function inherited() {
  const named = process.argv.join(" ").matchAll(/--[a-z-]+-fd[= ](\d{1,3})\b/g);
  const inEnvironment = Object.entries(process.env).filter(([name]) => /^SIGNET_\w+_FD$/.test(name));
  const numbers = [...Array.from(inEnvironment, ([, text]) => text), ...Array.from(named, ([, text]) => text)]
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
