import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runWithin } from "./network/commands.ts";
import { eventually } from "./wait.ts";

export interface ServedOptions {
  readonly origin: string;
  /** Beside what every server of the tests has. */
  readonly options: readonly string[];
  /** What stands in front of the program, where it runs elsewhere than in the network of this machine. */
  readonly through?: readonly string[];
}

/** `signet serve` in a process of its own, which can be killed and started again at the same address. */
export class ServedSignet {
  readonly origin: string;
  #options: ServedOptions;
  readonly #dataDir = mkdtempSync(join(tmpdir(), "signet-served-"));
  #process: ChildProcess | undefined;

  private constructor(options: ServedOptions) {
    this.#options = options;
    this.origin = options.origin;
  }

  /** Without options at localhost, with one media process. */
  static async start(options?: ServedOptions): Promise<ServedSignet> {
    const served = new ServedSignet(options ?? (await atLocalhost()));
    await served.start();
    return served;
  }

  /** @param options in place of those it had, but for the address */
  async start(options?: Pick<ServedOptions, "options">): Promise<void> {
    this.#options = { ...this.#options, ...options };
    await this.#start();
  }

  async #start(): Promise<void> {
    const main = join(import.meta.dirname, "../../../packages/cli/bin/signet.js");
    const { options, through = [] } = this.#options;
    const usual = ["--data", this.#dataDir, "--media-processes", "1", "--log-level", "error"];
    const [program = "", ...args] = [...through, process.execPath, main, "serve", ...usual, ...options];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await eventually("the server is ready", () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
      return said.includes("signet is ready");
    });
  }

  async kill(): Promise<void> {
    const running = this.#process!;
    running.kill("SIGKILL");
    await once(running, "exit");
  }

  async stop(): Promise<void> {
    const running = this.#process!;
    if (running.exitCode === null && running.signalCode === null) {
      running.kill("SIGTERM");
      await once(running, "exit");
    }
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

async function atLocalhost(): Promise<ServedOptions> {
  const port = await freePort();
  return {
    origin: `http://localhost:${port}`,
    options: ["--port", String(port), "--media-listen", "127.0.0.1"],
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The process that has this UDP port open on this machine, or in a network namespace of it. */
export function processAtUdpPort(port: number, namespace?: string): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const tables = ["/proc/net/udp", "/proc/net/udp6"].flatMap((path) =>
    (namespace === undefined ? readFileSync(path, "utf8") : runWithin(namespace, "cat", [path])).split("\n"),
  );
  const inodes = new Set(
    tables
      .map((line) => line.trim().split(/\s+/))
      .flatMap((columns) => (columns[1]?.endsWith(`:${hexPort}`) === true ? [`socket:[${columns[9]}]`] : [])),
  );
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`))))
        return Number(pid);
    } catch {
      // It ended meanwhile, or is somebody else's.
    }
  }
  throw new Error(`no process has UDP port ${port}`);
}
