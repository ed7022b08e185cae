import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/** What is in a database file. */
export interface DatabaseLook {
  /** undefined where there is no Signet in it: an empty file, or a header whose log is missing. */
  readonly instanceId: string | undefined;
  /** Of the schema. */
  readonly version: number;
  readonly people: number;
  readonly renewals: number;
  /**
   * How many people it ever held. Nobody is ever deleted, so that less of them are there than this only where pages of another time
   * came between.
   */
  readonly peopleEver: number;
  /** Of key histories, the registrations not among them. None is ever deleted either. */
  readonly statements: number;
  readonly statementsEver: number;
  /** What SQLite finds wrong with it. */
  readonly damage: string | undefined;
}

export const emptyLook: DatabaseLook = {
  instanceId: undefined,
  version: 0,
  people: 0,
  renewals: 0,
  peopleEver: 0,
  statements: 0,
  statementsEver: 0,
  damage: undefined,
};

/**
 * Reads without changing anything: a connection that may write would, when it closes, write a log of another time into the database.
 * @param how `withoutLog` passes over the `-wal` beside the file. `thorough` holds indexes against their tables as well, which takes as
 *   long as reading all of them
 * @throws what SQLite throws for a file that it may not read
 */
export function lookAtDatabase(
  path: string,
  how: { readonly withoutLog?: boolean; readonly thorough?: boolean } = {},
): DatabaseLook {
  if (!existsSync(path) || (statSync(path).size === 0 && !existsSync(`${path}-wal`))) return emptyLook;
  const url = pathToFileURL(path);
  // SQLite then takes the file as one that nobody writes, and needs none beside it.
  if (how.withoutLog === true) url.searchParams.set("immutable", "1");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true, timeout: 5_000 });
    return read(database, how.thorough === true ? "integrity_check(1)" : "quick_check(1)");
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { ...emptyLook, damage: (error as Error).message };
  } finally {
    database?.close();
  }
}

function read(database: DatabaseSync, check: "quick_check(1)" | "integrity_check(1)"): DatabaseLook {
  const value = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0];
  const has = (table: string): boolean =>
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !==
    undefined;
  const count = (table: string): number => (has(table) ? Number(value(`SELECT count(*) FROM ${table}`)) : 0);
  const last = (table: string): number =>
    has("sqlite_sequence")
      ? Number(value(`SELECT seq FROM sqlite_sequence WHERE name = '${table}'`) ?? 0)
      : 0;
  const verdict = String(value(`PRAGMA ${check}`));
  const isSignet = has("meta") && has("directory");
  const instanceId = isSignet ? value("SELECT value FROM meta WHERE name = 'instanceId'") : undefined;
  return {
    instanceId: typeof instanceId === "string" ? instanceId : undefined,
    version: Number(value("PRAGMA user_version")),
    people: count("directory"),
    renewals: count("renewed_entries"),
    peopleEver: last("directory"),
    statements: count("statements"),
    statementsEver: last("statements"),
    damage: verdict === "ok" ? undefined : verdict,
  };
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, with their finer kinds. */
function isDamage(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" && [11, 26].includes(errcode & 0xff);
}
