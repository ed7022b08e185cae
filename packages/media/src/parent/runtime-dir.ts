import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SignetError } from "@signet/protocol";

/** Socket addresses end at 103 bytes on macOS and 107 on Linux. */
const maxSocketPathBytes = 100;
const socketSuffix = ".sock";

/**
 * Makes the directory of the control sockets, for this user alone. Where its path is too long for a socket, a
 * directory of the system's temporary one takes its place, named after the path, so that a restart finds it again.
 * @throws SignetError `media.unavailable` when it belongs to somebody else or is no directory
 */
export function prepareRuntimeDir(runtimeDir: string): string {
  let dir = resolve(runtimeDir);
  if (Buffer.byteLength(join(dir, "00000000" + socketSuffix)) > maxSocketPathBytes) {
    dir = join(tmpdir(), "signet-media-" + createHash("sha256").update(dir).digest("hex").slice(0, 16));
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stat = lstatSync(dir);
  const own = process.getuid === undefined || stat.uid === process.getuid();
  if (!stat.isDirectory() || !own || (stat.mode & 0o077) !== 0) {
    throw new SignetError(
      "media.unavailable",
      new Error("the directory of the media sockets must be this user's own, with mode 0700"),
    );
  }
  return dir;
}

export function socketPathIn(dir: string, name: string): string {
  return join(dir, name + socketSuffix);
}

export function socketPathsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(socketSuffix))
    .map((name) => join(dir, name));
}
