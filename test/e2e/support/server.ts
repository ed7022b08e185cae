import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createInvites, databasePath, openSqliteStore, startServer } from "@signet/server";
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

/** An invite code, made beside the server that runs on these data. */
export async function makeInvite(dataDir: string): Promise<string> {
  const store = openSqliteStore(databasePath(dataDir));
  const [code = ""] = await createInvites(store, 1, Date.now());
  await store.close();
  return code;
}
