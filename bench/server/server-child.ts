/** The server under load, in a process of its own so that its memory and time are its own. Run with `--expose-gc`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startServer } from "@signet/server";

export interface ChildReport {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** User and system time since the start. */
  readonly cpuUs: number;
}

/** A folder that stays, and the origin that its people signed for; default one of its own. */
const [given, origin] = process.argv.slice(2);
const dataDir = given ?? mkdtempSync(join(tmpdir(), "signet-bench-"));
const many = 1_000_000;
const startedMs = performance.now();
const server = await startServer({
  dataDir,
  ...(origin === undefined ? { port: 0 } : { port: Number(new URL(origin).port), origin }),
  logLevel: "silent",
  media: { children: 1, listenAddress: "127.0.0.1" },
  limits: {
    // The load comes from few terminals that are faster than people.
    messageBurst: many,
    messagesPerSecond: many,
    strangers: many,
    connections: many,
    callMembers: 255,
    // And all of them share the cores with the server: on a slow machine that must not look like people who are gone.
    ringMs: 10 * 60_000,
    silenceMs: 10 * 60_000,
    unreadBytes: 256 * 1024 * 1024,
  },
});

const startMs = performance.now() - startedMs;

function report(): ChildReport {
  // Twice: the first run frees what only finalizers hold.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { residentBytes: rss, heapBytes: heapUsed, cpuUs: user + system };
}

process.on("message", () => process.send?.(report()));
process.on("disconnect", () => {
  void server.close().then(() => {
    if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
  });
});
process.send?.({ origin: server.origin, startMs });
