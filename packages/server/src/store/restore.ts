import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { lockData } from "../data-lock.ts";
import type { DataLock } from "../data-lock.ts";
import { keepPrivate, makePrivate, ownAsFolder, syncFile, syncFolder } from "../private-files.ts";
import { StartError } from "../start-error.ts";
import { emptyLook, lookAtDatabase } from "./database-look.ts";
import type { DatabaseLook } from "./database-look.ts";
import { migrations } from "./migrations.ts";
import { isNewerData, NewerDataError } from "./newer-data.ts";
import { countPath, writePeopleCount } from "./people-count.ts";
import { companions } from "./sqlite-store.ts";

export interface RestoreOptions {
  /** The backup. What its own log beside it holds, where it was copied with one, belongs to it. */
  readonly from: string;
  /** The server's database. */
  readonly database: string;
  /** Whether it may take the place of one that is there. */
  readonly replace: boolean;
}

export interface Restored {
  readonly people: number;
  /** Who is in the data that were there, and not in the backup. */
  readonly left: readonly string[];
  /** How many statements about their devices are in the data that were there, and not in the backup: what was revoked since counts again. */
  readonly statementsLeft: number;
  /** The folder in which the data that were there are kept; undefined where there were none. */
  readonly kept: string | undefined;
}

/**
 * Puts a backup in the place of a server's database, while no server runs on it. What was there is moved into a folder beside it and
 * never deleted. Sign-ins and calls are left out: an old one would bring back what was released or ended since.
 *
 * Whenever this is broken off, the data that were there are whole in one of the two places; a server that starts on what is in between
 * counts fewer people than it should, and says so.
 * @throws StartError, NewerDataError: nothing was changed then
 */
export function restoreDatabase({ from, database, replace }: RestoreOptions): Restored {
  const path = resolve(from);
  if (!existsSync(path))
    throw new StartError(`there is no ${path}`, "name the file that `signet backup` made");
  const dataDir = dirname(database);
  const lock = lockForRestore(dataDir);
  let working: string | undefined;
  try {
    working = mkdtempSync(join(dataDir, "restoring-"));
    const next = join(working, "signet.db");
    copyWithLog(path, next);
    const { instanceId, people, renewals, statements } = checkBackup(path, next);
    const before = lookOrNothing(database);
    const isInTheWay = ["", ...companions].some((ending) => existsSync(database + ending));
    if (isInTheWay && !replace)
      throw new StartError(
        `${dataDir} holds a database already, with ${count(before.people)}; the backup holds ${count(people)}`,
        "with --replace the backup takes its place, and what is there is moved into a folder beside it",
      );
    const left = peopleWithout(database, next);
    const statementsLeft = statementsWithout(database, next);
    signOutAll(next);
    syncFile(next);
    const kept = isInTheWay ? keep(database) : undefined;
    renameSync(next, database);
    ownAsFolder(database);
    syncFolder(dataDir);
    writePeopleCount(database, { instanceId, people, renewals, statements });
    return { people, left, statementsLeft, kept };
  } catch (cause) {
    if (cause instanceof StartError || isNewerData(cause)) throw cause;
    throw new StartError(
      `${path} was not restored: ${cause instanceof Error ? cause.message : "unknown"}`,
      `nothing was deleted: what was there is in ${dataDir}, or in a folder replaced-... in it`,
      cause,
    );
  } finally {
    if (working !== undefined) rmSync(working, { recursive: true, force: true });
    lock.release();
  }
}

/** @throws StartError */
function lockForRestore(dataDir: string): DataLock {
  try {
    const lock = lockData(dataDir);
    ownAsFolder(join(dataDir, "server.lock"));
    return lock;
  } catch (error) {
    if (!(error instanceof StartError) || !error.message.includes(" uses ")) throw error;
    throw new StartError(error.message, "stop it first: nothing is restored under a server that runs", error);
  }
}

const count = (people: number): string => `${people} ${people === 1 ? "person" : "people"}`;

function copyWithLog(from: string, to: string): void {
  try {
    for (const ending of ["", "-wal"]) {
      if (ending !== "" && !existsSync(from + ending)) continue;
      makePrivate(to + ending);
      copyFileSync(from + ending, to + ending);
      keepPrivate(to + ending);
    }
  } catch (cause) {
    throw new StartError(
      `${from} cannot be copied into ${dirname(dirname(to))}: ${cause instanceof Error ? cause.message : "unknown"}`,
      "check who may read and write them, and that the disk has room for a second copy",
      cause,
    );
  }
}

/** @throws StartError for what is no whole backup, NewerDataError */
function checkBackup(from: string, copied: string): DatabaseLook & { readonly instanceId: string } {
  const look = lookAtDatabase(copied, { thorough: true });
  const { instanceId, people, peopleEver, statements, statementsEver } = look;
  if (look.version > migrations.length) throw new NewerDataError();
  const wrong =
    look.damage !== undefined
      ? `is damaged: ${look.damage}`
      : instanceId === undefined
        ? "holds no data of a Signet server"
        : people < peopleEver
          ? `is not whole: it held ${peopleEver} people, and ${people} are in it`
          : statements < statementsEver
            ? `is not whole: it held ${statementsEver} statements about people's devices, and ${statements} are in it`
            : undefined;
  if (wrong === undefined && instanceId !== undefined) return { ...look, instanceId };
  throw new StartError(`${from} ${wrong}`, "take another backup; nothing was changed");
}

/** Nothing is known of one that cannot be read: that is what backups are for. */
function lookOrNothing(database: string): DatabaseLook {
  try {
    return lookAtDatabase(database);
  } catch {
    return emptyLook;
  }
}

/** @returns user IDs that are in one and not in the other, as far as the one can be read */
function peopleWithout(database: string, other: string): readonly string[] {
  const [there, taken] = [database, other].map((path) =>
    valuesIn(path, "SELECT user_id FROM directory ORDER BY position"),
  );
  const known = new Set(taken);
  return (there ?? []).filter((userId) => !known.has(userId));
}

/** @returns how many statements are in one and not in the other, as far as the one can be read */
function statementsWithout(database: string, other: string): number {
  const [there, taken] = [database, other].map((path) =>
    valuesIn(path, "SELECT user_id || ' ' || sequence || ' ' || statement FROM statements"),
  );
  const known = new Set(taken);
  return (there ?? []).filter((statement) => !known.has(statement)).length;
}

/** @param sql gives one column. @returns none where there is nothing that can be read */
function valuesIn(path: string, sql: string): readonly string[] {
  if (!existsSync(path)) return [];
  let opened: DatabaseSync | undefined;
  try {
    opened = new DatabaseSync(path, { readOnly: true });
    return opened
      .prepare(sql)
      .all()
      .map((row) => String(Object.values(row)[0]));
  } catch {
    return [];
  } finally {
    opened?.close();
  }
}

function signOutAll(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON");
    database.exec("DELETE FROM bindings; DELETE FROM call_inputs; VACUUM");
  } finally {
    database.close();
  }
}

/** @returns the folder in which it is kept */
function keep(database: string): string {
  const dataDir = dirname(database);
  const kept = folderFor(dataDir);
  const files = [...companions.map((ending) => database + ending), database, countPath(database)];
  const there = files.filter((file) => existsSync(file));
  // First all of it is in both places, then only there.
  for (const file of there) linkOrCopy(file, join(kept, basename(file)));
  syncFolder(kept);
  for (const file of there) if (file !== countPath(database) && file !== database) rmSync(file);
  return kept;
}

function folderFor(dataDir: string): string {
  const at = new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  for (let number = 1; ; number += 1) {
    const folder = join(dataDir, `replaced-${at}${number === 1 ? "" : `-${number}`}`);
    try {
      mkdirSync(folder, { mode: 0o700 });
      ownAsFolder(folder);
      syncFolder(dataDir);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Not every file system has links.
    makePrivate(to);
    copyFileSync(from, to);
    syncFile(to);
  }
}
