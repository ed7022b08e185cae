/** Files of several processes: each writes in its turn, and whoever reads finds the old file or the new one, never half of one. */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** How long one waits for another process that writes (ms). That takes milliseconds. */
const lockTimeoutMs = 10_000;

/**
 * Nobody else writes between `change`'s reading and its writing. The lock, on `<path>.lock`, is the operating system's, which SQLite takes in a way that
 * Node alone cannot: it is gone with the process that held it, however that ended.
 */
export function inTurn<T>(path: string, change: () => T): T {
  const lockPath = `${path}.lock`;
  // Not through a link: the folder may be one in which others can write.
  closeSync(openSync(lockPath, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600));
  const lock = new DatabaseSync(lockPath, { timeout: lockTimeoutMs });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return change();
  } finally {
    lock.close();
  }
}

/** For its owner alone (mode 0600). */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeDurably(next, text);
    renameSync(next, path);
  } catch (cause) {
    rmSync(next, { force: true });
    throw cause;
  }
}

function writeDurably(path: string, text: string): void {
  const fd = openSync(path, "wx", 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
