import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { makePrivate, syncFile, syncFolder } from "../private-files.ts";
import { StartError } from "../start-error.ts";
import { lookAtDatabase } from "./database-look.ts";
import { checkPeople } from "./lost-people.ts";

export interface Backup {
  readonly path: string;
  readonly people: number;
  readonly bytes: number;
}

/**
 * Copies a server's database into one file, whole and as it is at one moment, also while the server runs: the file is complete in itself,
 * and appears under its name only when it was read again and found whole. Nothing is changed in the data.
 * @param database the server's
 * @param to a new file
 * @throws StartError when there is nothing to copy, when people are missing in it, or when the copy cannot be made or is not whole
 * @throws NewerDataError
 */
export function backupDatabase(database: string, to: string): Backup {
  const path = resolve(to);
  if (!existsSync(database))
    throw new StartError(`there is no database at ${database}`, "name the server's folder with --data");
  if (isThere(path))
    throw new StartError(`${path} is there already`, "give another name: a backup never writes over a file");
  checkPeople(database);
  const before = lookAtDatabase(database);
  let working: string | undefined;
  try {
    // A folder of its own, under a name that nobody has: whatever else lies beside the backup stays as it is.
    working = mkdtempSync(join(dirname(path), "backing-up-"));
    const part = join(working, "signet.db");
    makePrivate(part);
    copy(database, part);
    const { damage, people, renewals, statements } = lookAtDatabase(part, { thorough: true });
    if (damage !== undefined || people < before.people)
      throw new Error(damage ?? `it holds ${people} of ${before.people} people`);
    if (statements < before.statements || renewals < before.renewals)
      throw new Error(
        `it holds ${statements} of ${before.statements} statements about devices, and ${renewals} of ${before.renewals} renewed certificates`,
      );
    syncFile(part);
    giveName(part, path);
    syncFolder(dirname(path));
    return { path, people, bytes: statSync(path).size };
  } catch (cause) {
    throw new StartError(
      `no backup was made at ${path}: ${cause instanceof Error ? cause.message : "unknown"}`,
      "check that the folder is there, that you may write to it, and that its disk has room",
      cause,
    );
  } finally {
    if (working !== undefined) rmSync(working, { recursive: true, force: true });
  }
}

/** @throws where anything has the name, also since it was looked for: a renamed file would take its place */
function giveName(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    // Not every file system has links.
    copyFileSync(part, path, constants.COPYFILE_EXCL);
    syncFile(path);
  }
}

/** Also a link that leads nowhere is in the way. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Its folder is none: that is said when it is written to.
    return false;
  }
}

function copy(from: string, to: string): void {
  // Not read-only: that cannot wait for a server that is about to begin its log anew.
  const database = new DatabaseSync(from, { timeout: 10_000 });
  try {
    database.prepare("VACUUM INTO ?").run(to);
  } finally {
    database.close();
  }
}
