/** A server in a process of its own, to be killed. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { atEnd } from "./test-server.ts";
import type { Cleanup } from "./test-server.ts";

export interface ChildServer {
  readonly port: number;
  readonly process: ChildProcess;
}

export async function spawnServer(t: Cleanup, dataDir: string, port = 0): Promise<ChildServer> {
  const script = fileURLToPath(new URL("./serve-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, dataDir, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  atEnd(t, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString()), process: child };
}

export async function kill(server: ChildServer): Promise<void> {
  const ended = once(server.process, "exit");
  server.process.kill("SIGKILL");
  await ended;
}
