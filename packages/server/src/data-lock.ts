import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { makePrivate, writePrivate } from "./private-files.ts";
import { StartError } from "./start-error.ts";

/** One server at a time uses a data directory. */
export interface DataLock {
  release(): void;
}

/**
 * Makes the data directory where it is missing, and takes it for this process. The lock is the operating system's, on `server.lock`, by
 * way of SQLite since Node alone has none: it is gone with the process that held it, however that ended, so that nothing stale is ever
 * in the way. `server.pid` is only there to say who holds it.
 * @throws StartError when another server has it, or when it cannot be written to
 */
export function lockData(dataDir: string): DataLock {
  const path = join(dataDir, "server.lock");
  const pidPath = join(dataDir, "server.pid");
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
    makePrivate(path);
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    writePrivate(pidPath, `${process.pid}\n`);
  } catch (cause) {
    lock?.close();
    if (isHeld(cause)) throw inUse(dataDir, pidPath, cause);
    throw new StartError(
      `cannot write to the data directory ${dataDir}`,
      "check who owns it, or choose another with --data",
      cause,
    );
  }
  const held = lock;
  return { release: () => held.close() };
}

/** SQLITE_BUSY. */
const isHeld = (cause: unknown): boolean => (cause as { errcode?: unknown }).errcode === 5;

function inUse(dataDir: string, pidPath: string, cause: unknown): StartError {
  let who = "another server";
  try {
    who = `another server (pid ${Number.parseInt(readFileSync(pidPath, "utf8"), 10)})`;
  } catch {
    // It has only just begun.
  }
  return new StartError(
    `${who} uses ${dataDir}`,
    "that one serves already; stop it first, or start this one with another --data and another --port",
    cause,
  );
}
