import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SignetError } from "@signet/protocol";

/** Socket addresses end at 103 bytes on macOS and 107 on Linux. */
const maxSocketPathBytes = 100;
const socketSuffix = ".sock";

/** In the directory whose path is too long: where its sockets are instead. */
const elsewhere = "sockets-at";

/**
 * Makes the directory of the control sockets, for this user alone. Where its path is too long for a socket, a directory of
 * the system's temporary one takes its place. Nobody can know its name beforehand and be there first: it is random, and
 * stands in the directory that was asked for, so that a restart finds it again.
 * @throws SignetError `media.unavailable` when it belongs to somebody else or is no directory
 */
export function prepareRuntimeDir(runtimeDir: string): string {
  const dir = resolve(runtimeDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!isOwnDir(dir)) {
    throw new SignetError(
      "media.unavailable",
      new Error("the directory of the media sockets must be this user's own, with mode 0700"),
    );
  }
  const isShort = Buffer.byteLength(join(dir, "00000000" + socketSuffix)) <= maxSocketPathBytes;
  return isShort ? dir : shortDirFor(dir);
}

function shortDirFor(dir: string): string {
  const pointer = join(dir, elsewhere);
  const known = readPointer(pointer);
  // Whatever stands there now that is not ours, perhaps since the temporary directory was emptied: another one will do.
  if (known !== undefined && isOwnDir(known)) return known;
  const made = mkdtempSync(join(tmpdir(), "signet-media-"));
  // Only we write in `dir`.
  writeFileSync(`${pointer}.new`, made, { mode: 0o600 });
  renameSync(`${pointer}.new`, pointer);
  return made;
}

function readPointer(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isOwnDir(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  const isOwn = process.getuid === undefined || stat.uid === process.getuid();
  return stat.isDirectory() && isOwn && (stat.mode & 0o077) === 0;
}

export function socketPathIn(dir: string, name: string): string {
  return join(dir, name + socketSuffix);
}

export function socketPathsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(socketSuffix))
    .map((name) => join(dir, name));
}
