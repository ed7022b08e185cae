import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually } from "./wait.ts";

/** `signet serve` in a process of its own, which can be killed and started again at the same address. */
export class ServedSignet {
  readonly port: number;
  readonly origin: string;
  readonly #dataDir = mkdtempSync(join(tmpdir(), "signet-served-"));
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
    this.origin = `http://localhost:${port}`;
  }

  static async start(): Promise<ServedSignet> {
    const served = new ServedSignet(await freePort());
    await served.start();
    return served;
  }

  async start(): Promise<void> {
    const main = join(import.meta.dirname, "../../../packages/cli/bin/signet.js");
    const options = [
      "--port",
      String(this.port),
      "--data",
      this.#dataDir,
      "--media-processes",
      "1",
      "--media-listen",
      "127.0.0.1",
      "--log-level",
      "error",
    ];
    this.#process = spawn(process.execPath, [main, "serve", ...options], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    await eventually("the server is healthy", async () => {
      const reply = await fetch(`${this.origin}/healthz`).catch(() => undefined);
      return reply?.ok === true ? true : undefined;
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The process that has this UDP port open on this machine. */
export function processAtUdpPort(port: number): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const tables = ["/proc/net/udp", "/proc/net/udp6"].flatMap((path) =>
    readFileSync(path, "utf8").split("\n"),
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
