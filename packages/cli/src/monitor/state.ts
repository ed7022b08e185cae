/**
 * What a monitor knows of one log, in a file of its own: every hash and entry, so that it goes on where it was, proves what it found, and still has
 * what a server would like never to have said.
 */
import { decodeLogEntry, frontierNodes, parseCheckpoint, parseNote } from "@signet/directory";
import type { Checkpoint, CompletedNode, Frontier, LogEntry, TreeNode } from "@signet/directory";
import { UserId } from "@signet/terminal";
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

type Bytes = Uint8Array<ArrayBuffer>;

/** Of the form of the file. */
const formVersion = 1;

/** Signed by the log, and consistent with all that was believed before. */
export interface Believed {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

export interface KnownHead {
  readonly head: Bytes;
  /** Of the statement whose digest it is. */
  readonly sequence: number;
}

const bytesOf = (value: unknown): Bytes => new Uint8Array(value as Uint8Array);

export class MonitorState {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;

  /** @throws what SQLite and the file system say; TypeError for the file of a newer version */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Before SQLite makes it, for all to read.
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
    this.#database = new DatabaseSync(path, { timeout: 1_000 });
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE",
    );
    const version = Number(this.#database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > formVersion) throw new TypeError("written by a newer version");
    this.#database.exec(tables);
    this.#sql = prepare(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  /** All that `run` writes, or nothing of it. */
  async whole<T>(run: () => Promise<T>): Promise<T> {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = await run();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #said(name: string): string | undefined {
    const value = this.#sql.said.get(name)?.["value"];
    return value === undefined ? undefined : String(value);
  }

  /** Whose log it is: the address of the server, and the key that signs. */
  get log(): { readonly server: string; readonly verifierKey: string } | undefined {
    const [server, verifierKey] = [this.#said("server"), this.#said("verifierKey")];
    return server === undefined || verifierKey === undefined ? undefined : { server, verifierKey };
  }

  begin(server: string, verifierKey: string): void {
    this.#sql.say.run("server", server);
    this.#sql.say.run("verifierKey", verifierKey);
  }

  get believed(): Believed | undefined {
    const note = this.#said("checkpoint");
    const checkpoint = parseCheckpoint(parseNote(note ?? "")?.text ?? "");
    return note === undefined || checkpoint === undefined ? undefined : { note, checkpoint };
  }

  /** Of a tree that is about to be believed: within one `whole` with that. */
  addNodes(completed: readonly CompletedNode[]): void {
    for (const { hash, node } of completed) this.#sql.addHash.run(node.level, node.index, hash);
  }

  believe(note: string): void {
    this.#sql.say.run("checkpoint", note);
  }

  hashAt = ({ index, level }: TreeNode): Bytes | undefined => {
    const hash = this.#sql.hash.get(level, index)?.["hash"];
    return hash === undefined ? undefined : bytesOf(hash);
  };

  frontier(size: number): Frontier {
    return { size, hashes: frontierNodes(size).map((node) => this.hashAt(node) as Bytes) };
  }

  /** Entries that were read, understood and found good: those before this position. */
  get replayed(): number {
    return Number(this.#sql.replayed.get()?.["count"]);
  }

  /** @param of undefined for what is no statement */
  add(
    position: number,
    entry: Bytes,
    of: (Pick<LogEntry, "userId" | "sequence"> & { readonly head: Bytes }) | undefined,
  ): void {
    this.#sql.addEntry.run(position, of?.userId ?? null, of?.sequence ?? null, entry);
    if (of !== undefined) this.#sql.setHead.run(of.userId, of.sequence, of.head);
  }

  entryAt(position: number): Bytes | undefined {
    const entry = this.#sql.entry.get(position)?.["entry"];
    return entry === undefined ? undefined : bytesOf(entry);
  }

  /** All of one person, in their order. */
  positionsOf(userId: string): readonly { readonly position: number; readonly entry: Bytes }[] {
    return this.#sql.entriesOf
      .all(userId)
      .map((row) => ({ position: Number(row["position"]), entry: bytesOf(row["entry"]) }));
  }

  /** Up to this position, without it. */
  placed(from: number, to: number): readonly { readonly position: number; readonly entry: Bytes }[] {
    return this.#sql.placed
      .all(from, to)
      .map((row) => ({ position: Number(row["position"]), entry: bytesOf(row["entry"]) }));
  }

  /** Where the last root of a map before this position is. */
  mapBefore(position: number): number | undefined {
    const found = this.#sql.mapBefore.get(position)?.["position"];
    return found === null || found === undefined ? undefined : Number(found);
  }

  /** The last statement of everybody before this position. */
  *lastBefore(position: number): Generator<{ readonly userId: UserId; readonly entry: Bytes }> {
    for (const row of this.#sql.lastBefore.iterate(position))
      yield { userId: UserId.parse(row["user_id"]), entry: bytesOf(row["entry"]) };
  }

  entriesOf(userId: string): readonly LogEntry[] {
    return this.positionsOf(userId).flatMap(({ entry }) => decodeLogEntry(entry) ?? []);
  }

  heads(): ReadonlyMap<UserId, KnownHead> {
    const heads = new Map<UserId, KnownHead>();
    for (const row of this.#sql.heads.iterate()) {
      const known = { head: bytesOf(row["head"]), sequence: Number(row["sequence"]) };
      heads.set(UserId.parse(row["user_id"]), known);
    }
    return heads;
  }

  get statements(): number {
    return Number(this.#sql.statements.get()?.["count"]);
  }
}

const tables = `
  CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS nodes (
    level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entries (
    position INTEGER PRIMARY KEY, user_id TEXT, sequence INTEGER, entry BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS entries_of ON entries (user_id, sequence) WHERE user_id IS NOT NULL;
  CREATE TABLE IF NOT EXISTS heads (
    user_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, head BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${formVersion};
`;

function prepare(database: DatabaseSync) {
  return {
    said: database.prepare("SELECT value FROM said WHERE name = ?"),
    say: database.prepare("INSERT OR REPLACE INTO said VALUES (?, ?)"),
    hash: database.prepare("SELECT hash FROM nodes WHERE level = ? AND position = ?"),
    addHash: database.prepare("INSERT INTO nodes VALUES (?, ?, ?)"),
    replayed: database.prepare("SELECT coalesce(max(position) + 1, 0) AS count FROM entries"),
    statements: database.prepare("SELECT count(*) AS count FROM entries WHERE user_id IS NOT NULL"),
    addEntry: database.prepare("INSERT INTO entries VALUES (?, ?, ?, ?)"),
    entry: database.prepare("SELECT entry FROM entries WHERE position = ?"),
    entriesOf: database.prepare("SELECT position, entry FROM entries WHERE user_id = ? ORDER BY sequence"),
    placed: database.prepare(
      "SELECT position, entry FROM entries WHERE position >= ? AND position < ? ORDER BY position",
    ),
    mapBefore: database.prepare(
      "SELECT max(position) AS position FROM entries WHERE user_id IS NULL AND position < ?",
    ),
    // Of a group SQLite gives the row that has the greatest.
    lastBefore: database.prepare(
      "SELECT user_id, entry, max(position) FROM entries WHERE user_id IS NOT NULL AND position < ? GROUP BY user_id",
    ),
    setHead: database.prepare("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)"),
    heads: database.prepare("SELECT user_id, sequence, head FROM heads"),
  };
}
