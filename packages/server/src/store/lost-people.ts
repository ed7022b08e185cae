import { existsSync, statSync } from "node:fs";

import { StartError } from "../start-error.ts";
import { migrations } from "./migrations.ts";
import { lookAtDatabase } from "./database-look.ts";
import type { DatabaseLook } from "./database-look.ts";
import { NewerDataError } from "./newer-data.ts";
import { countPath, readPeopleCount } from "./people-count.ts";
import type { PeopleCount } from "./people-count.ts";

/**
 * Holds a database against what was counted in its folder, and against itself, without changing anything. Who goes on with data that lost
 * people gives their user IDs to whoever comes first, and may write over what could still be had.
 * @throws StartError, NewerDataError
 */
export function checkPeople(path: string): void {
  const count = readCount(path);
  const look = lookAtDatabase(path);
  if (look.version > migrations.length) throw new NewerDataError();
  const finding = findingOf(path, look, count);
  if (finding === undefined) return;
  const stray = `${path}-wal`;
  // A log of another time, put beside a good database, is the one thing that is mended by taking something away.
  const isLogsFault =
    existsSync(stray) && findingOf(path, lookAtDatabase(path, { withoutLog: true }), count) === undefined;
  throw new StartError(
    finding,
    isLogsFault
      ? `without ${stray}, which seems to be of another time, nobody is missing: move that file elsewhere, and start again`
      : restoreHint(path, count),
  );
}

const restoreHint = (path: string, count: PeopleCount | undefined): string => {
  const restore = "put a backup in its place with `signet restore`";
  return count === undefined
    ? `${restore}, or move it elsewhere to begin anew`
    : `${restore}; to go on with what is there instead, remove ${countPath(path)}`;
};

/** @returns what is wrong, in a sentence's words */
function findingOf(path: string, look: DatabaseLook, count: PeopleCount | undefined): string | undefined {
  const { damage, instanceId, people, peopleEver, renewals, statements, statementsEver } = look;
  if (damage !== undefined) return `${path} is damaged (${damage})`;
  if (people < peopleEver) return `${path} held ${peopleEver} people, and ${missing(people, peopleEver)}`;
  if (statements < statementsEver) return missingStatements(path, statements, statementsEver);
  if (count === undefined) {
    if (instanceId !== undefined) return undefined;
    if (sizeOf(path) > 0) return `${path} is empty: it was copied without its log, ${path}-wal`;
    return sizeOf(`${path}-wal`) > 0 ? `${path} is gone, and its log ${path}-wal is there` : undefined;
  }
  if (instanceId !== count.instanceId && count.people > 0) {
    if (instanceId === undefined)
      return `${path} is ${existsSync(path) ? "empty" : "gone"}: ${count.people} people were registered here`;
    return `${path} is not the database that was used here: that one held ${count.people} people, this one holds ${people}`;
  }
  if (people < count.people)
    return `${count.people} people were registered in ${path}, and ${missing(people, count.people)}`;
  if (renewals < count.renewals)
    return `${count.renewals - renewals} of ${count.renewals} renewed certificates are missing in ${path}`;
  if (statements < count.statements) return missingStatements(path, statements, count.statements);
  return undefined;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const missing = (there: number, once: number): string =>
  `${once - there} of them ${once - there === 1 ? "is" : "are"} missing`;

/** With them devices that were added or revoked: a stolen one would count again. */
const missingStatements = (path: string, there: number, once: number): string =>
  `${once - there} of ${once} statements about people's devices are missing in ${path}`;

function readCount(path: string): PeopleCount | undefined {
  try {
    return readPeopleCount(path);
  } catch (error) {
    if (error instanceof NewerDataError) throw error;
    throw new StartError(
      `${countPath(path)}, which says how many people were registered here, cannot be read`,
      "mend who may read it; if it is damaged, make sure that nobody is missing, and remove it",
    );
  }
}
