import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startServer } from "@signet/server";
import type { RunningServer, ServerOptions } from "@signet/server";

/** A server of its own on a free port, with an empty data directory that goes away with it. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "signet-e2e-")));
  const server = await startServer({
    dataDir,
    port: 0,
    logLevel: "error",
    ...options,
    media: { children: 1, listenAddress: "127.0.0.1", ...options.media },
  });
  return {
    ...server,
    close: async () => {
      await server.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
