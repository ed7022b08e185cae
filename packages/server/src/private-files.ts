/** Files that are for the server's own user alone, whatever the umask and whoever made the folder. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_WRONLY } = constants;

/** Without Windows' way of permissions, where these bits mean nothing. */
const noFollow = O_NOFOLLOW ?? 0;
const others = 0o077;

/**
 * Makes the file where it is missing, and takes it from everybody else where it is there.
 * @throws when it is a link, is no file, or cannot be written: what stands there was put there by somebody else
 */
export function makePrivate(path: string): void {
  const fd = openSync(path, O_RDWR | O_CREAT | noFollow, 0o600);
  try {
    takeFromOthers(fd);
  } finally {
    closeSync(fd);
  }
}

/** The same for one that need not be there. @throws as {@link makePrivate} */
export function keepPrivate(path: string): void {
  try {
    const fd = openSync(path, O_RDWR | noFollow);
    try {
      takeFromOthers(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Writes a file anew, never through a link. */
export function writePrivate(path: string, text: string): void {
  rmSync(path, { force: true });
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | noFollow, 0o600);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** What an administrator makes in a server's folder has to be the server's, which could not read it otherwise. */
export function ownAsFolder(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  lchownSync(path, uid, gid);
}

/** What was written to it is durable from here on. */
export function syncFile(path: string): void {
  const fd = openSync(path, O_RDWR | noFollow);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What was made, renamed or removed in it is durable from here on. */
export function syncFolder(path: string): void {
  // Windows opens no folders, and has no need of it.
  if (process.platform === "win32") return;
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function takeFromOthers(fd: number): void {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw new Error("this is no file");
  if ((stat.mode & others) !== 0) fchmodSync(fd, 0o600);
}
