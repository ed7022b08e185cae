import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

import { ownAsFolder, syncFolder } from "../private-files.ts";
import { NewerDataError } from "./newer-data.ts";

/** How many people, with what belongs to them, a folder's database held at last: in a file of its own, so that one that lost some is found out. */
export interface PeopleCount {
  /** Of the database that was counted. */
  readonly instanceId: string;
  readonly people: number;
  /** Entries that renewed a person's certificates before there were statements for that. */
  readonly renewals: number;
  /** Of key histories, the registrations not among them: a revocation that is lost would let a stolen device in again. */
  readonly statements: number;
}

/** The first one counted no statements: there were none. */
const countVersion = 2;

/** Beside the database. */
export const countPath = (databasePath: string): string => join(dirname(databasePath), "people.count");

/**
 * @returns undefined where nothing was counted yet: in a new folder, or in one of an earlier version
 * @throws NewerDataError; and what a file that cannot be read, or is none of these, throws
 */
export function readPeopleCount(databasePath: string): PeopleCount | undefined {
  let text: string;
  try {
    text = readFileSync(countPath(databasePath), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { version, instanceId, people, renewals, ...more } = JSON.parse(text) as Record<string, unknown>;
  if (typeof version === "number" && version > countVersion) throw new NewerDataError();
  const statements = version === 1 ? 0 : more["statements"];
  const isKnown = version === 1 || version === countVersion;
  if (!isKnown || typeof instanceId !== "string" || ![people, renewals, statements].every(isCount))
    throw new Error("this is no count of people");
  return {
    instanceId,
    people: Number(people),
    renewals: Number(renewals),
    statements: Number(statements),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Replaces it as a whole, durably. @throws when it cannot be written; the former one stands then */
export function writePeopleCount(databasePath: string, count: PeopleCount): void {
  const path = countPath(databasePath);
  const next = `${path}.new`;
  rmSync(next, { force: true });
  const fd = openSync(next, "wx", 0o600);
  try {
    writeSync(fd, `${JSON.stringify({ version: countVersion, ...count })}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  ownAsFolder(next);
  renameSync(next, path);
  syncFolder(dirname(path));
}
