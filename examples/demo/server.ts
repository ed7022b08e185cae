/** A server of its own on a free port of this machine, with a data folder that goes away with it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startServer } from "@signet/server";
import type { RunningServer } from "@signet/server";

export async function startDemoServer(): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "signet-demo-"));
  const removeData = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const server = await startServer({
      dataDir,
      port: 0,
      logLevel: "error",
      media: { children: 1, listenAddress: "127.0.0.1" },
    });
    const close = async (): Promise<void> => {
      await server.close();
      await removeData();
    };
    return { ...server, close };
  } catch (error) {
    await removeData();
    throw error;
  }
}
