import {
  appendLeaf,
  buildMap,
  decodeMapNode,
  encodeLogEntry,
  encodeMapNode,
  encodeMapRootEntry,
  formatCheckpoint,
  formatNote,
  frontierNodes,
  frontierRoot,
  leafHash,
  logEntryOf,
  mapKey,
  mapRoot,
  parseNote,
  setInMap,
  statementDigestOf,
} from "@signet/directory";
import type { Frontier, LogEntry, MapEntry, TreeNode, WritableMapNodes } from "@signet/directory";
import { RegistrationIn, StatementIn, UserId } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import type { DatabaseSync } from "node:sqlite";

import type { LogSigner, LogStore } from "./log-store.ts";
import { bytesIn } from "./rows.ts";
import type { StoreWays } from "./store-ways.ts";

/** Statements between two words of how far it is. */
const progressEvery = 10_000;

export interface SqliteLog extends LogStore {
  /** Within the transaction that writes the statement. */
  append(entry: LogEntry): void;
  /** The last thing in a transaction that appended something. */
  seal(): void;
}

export function sqliteLog(database: DatabaseSync, { read, write }: StoreWays): SqliteLog {
  const sql = prepare(database);
  let signer: LogSigner | undefined;

  const requireSigner = (): LogSigner => {
    if (signer === undefined) throw new Error("nobody signs the log yet");
    return signer;
  };
  const hashAt = ({ index, level }: TreeNode): Bytes | undefined => {
    const hash = sql.hash.get(level, index)?.["hash"];
    return hash === undefined ? undefined : bytesIn(hash);
  };
  const size = (): number => Number(sql.size.get()?.["size"]);
  const frontier = (): Frontier => {
    const leaves = size();
    return { size: leaves, hashes: frontierNodes(leaves).map((node) => hashAt(node) as Bytes) };
  };
  const map: WritableMapNodes = {
    read: (path) => {
      const node = sql.mapNode.get(path)?.["node"];
      return node === undefined ? undefined : decodeMapNode(bytesIn(node));
    },
    write: (path, node) => void sql.setMapNode.run(path, encodeMapNode(node)),
  };
  const addEntry = (entry: Bytes, of: Pick<LogEntry, "userId" | "sequence"> | undefined, tree: Frontier) => {
    sql.addEntry.run(tree.size, of?.userId ?? null, of?.sequence ?? null, entry);
    const appended = appendLeaf(tree, leafHash(entry));
    for (const { hash, node } of appended.completed) sql.addHash.run(node.level, node.index, hash);
    return appended.frontier;
  };
  const append = (entry: LogEntry): void => {
    requireSigner();
    addEntry(encodeLogEntry(entry), entry, frontier());
    setInMap(map, mapKey(entry.userId), statementDigestOf(entry.proofs));
  };
  const checkpointNote = (tree: Frontier): string => {
    const { origin, sign } = requireSigner();
    const text = formatCheckpoint({
      origin,
      size: tree.size,
      root: frontierRoot(tree),
      mapRoot: mapRoot(map),
    });
    return formatNote({ text, signatures: [sign(text)] });
  };
  const seal = (): void => {
    // What was rolled back left nothing to be closed.
    if ((sql.lastEntry.get()?.["user_id"] ?? null) === null) return;
    sql.setCheckpoint.run(checkpointNote(addEntry(encodeMapRootEntry(mapRoot(map)), undefined, frontier())));
  };
  /** Registrations come first, then all statements in the order in which they were made. */
  const logFormer = (onProgress: ((done: number, all: number) => void) | undefined): void => {
    const all = Number(sql.unlogged.get()?.["count"]);
    if (all === 0) return;
    let tree = frontier();
    let done = 0;
    const heads = new Map<UserId, Bytes>();
    const add = (entry: LogEntry): void => {
      tree = addEntry(encodeLogEntry(entry), entry, tree);
      heads.set(entry.userId, statementDigestOf(entry.proofs));
      done++;
      if (done % progressEvery === 0) onProgress?.(done, all);
    };
    for (const row of sql.unloggedRegistrations.all()) {
      const registration = RegistrationIn.parse(JSON.parse(String(row["entry"])));
      add(logEntryOf({ ...registration, statements: [] }, 0));
    }
    for (const row of sql.unloggedStatements.all()) {
      const statement = StatementIn.parse(JSON.parse(String(row["statement"])));
      add({
        userId: UserId.parse(row["user_id"]),
        sequence: Number(row["sequence"]),
        proofs: statement.proofs,
      });
    }
    const isWhole = map.read("") === undefined;
    const entries: readonly MapEntry[] = Array.from(heads, ([userId, head]) => [mapKey(userId), head]);
    if (isWhole) buildMap(entries, (path, node) => map.write(path, node));
    else for (const [key, head] of entries) setInMap(map, key, head);
  };
  return {
    append,
    seal,
    claimKey: (made) =>
      write(() => {
        const held = sql.key.get()?.["value"];
        if (held !== undefined) return String(held);
        sql.setKey.run(made);
        return made;
      }),
    begin: (signs, onProgress) =>
      write(() => {
        signer = signs;
        logFormer(onProgress);
        seal();
      }),
    checkpoint: () => read(() => checkpointIn(sql) ?? checkpointNote(frontier())),
    cosigned: (note) =>
      write(() => {
        const held = checkpointIn(sql);
        const isSame = held !== undefined && parseNote(held)?.text === parseNote(note)?.text;
        if (isSame) sql.setCheckpoint.run(note);
        return isSame;
      }),
    keepCosigned: (notes) => write(() => void sql.setCosigned.run(JSON.stringify(notes))),
    cosignedNotes: () =>
      read(() => {
        const held = sql.cosigned.get()?.["value"];
        return held === undefined ? [] : (JSON.parse(String(held)) as string[]);
      }),
    entries: (from, to) => read(() => sql.entries.all(from, to).map((row) => bytesIn(row["entry"]))),
    hashes: (level, from, to) =>
      read(() => sql.hashes.all(level, from, to).map((row) => bytesIn(row["hash"]))),
    // Reads and writes are of one thread, one after the other: nothing comes in between.
    look: (at) =>
      read(() =>
        at({ checkpoint: checkpointIn(sql) ?? checkpointNote(frontier()), size: size(), hashAt, map }),
      ),
  };
}

const checkpointIn = (sql: ReturnType<typeof prepare>): string | undefined => {
  const held = sql.checkpoint.get()?.["value"];
  return held === undefined ? undefined : String(held);
};

function prepare(database: DatabaseSync) {
  const unlogged = `NOT EXISTS (SELECT 1 FROM log_entries AS logged WHERE logged.user_id = its.user_id AND logged.sequence = `;
  return {
    key: database.prepare("SELECT value FROM meta WHERE name = 'logKey'"),
    setKey: database.prepare("INSERT INTO meta (name, value) VALUES ('logKey', ?)"),
    checkpoint: database.prepare("SELECT value FROM meta WHERE name = 'checkpoint'"),
    setCheckpoint: database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('checkpoint', ?)"),
    cosigned: database.prepare("SELECT value FROM meta WHERE name = 'cosigned'"),
    setCosigned: database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('cosigned', ?)"),
    size: database.prepare("SELECT coalesce(max(position) + 1, 0) AS size FROM log_entries"),
    entries: database.prepare(
      "SELECT entry FROM log_entries WHERE position >= ? AND position < ? ORDER BY position",
    ),
    lastEntry: database.prepare("SELECT user_id FROM log_entries ORDER BY position DESC LIMIT 1"),
    addEntry: database.prepare("INSERT INTO log_entries VALUES (?, ?, ?, ?)"),
    hash: database.prepare("SELECT hash FROM log_nodes WHERE level = ? AND position = ?"),
    hashes: database.prepare(
      "SELECT hash FROM log_nodes WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
    ),
    addHash: database.prepare("INSERT INTO log_nodes VALUES (?, ?, ?)"),
    mapNode: database.prepare("SELECT node FROM map_nodes WHERE path = ?"),
    setMapNode: database.prepare("INSERT OR REPLACE INTO map_nodes VALUES (?, ?)"),
    unlogged: database.prepare(
      `SELECT (SELECT count(*) FROM directory) + (SELECT count(*) FROM statements)
            - (SELECT count(*) FROM log_entries WHERE user_id IS NOT NULL) AS count`,
    ),
    // Of before there were statements, the certificates that renewed a registration stand in its place.
    unloggedRegistrations: database.prepare(
      `SELECT coalesce(
                (SELECT entry FROM renewed_entries AS renewed WHERE renewed.user_id = its.user_id
                  ORDER BY renewed.position DESC LIMIT 1), its.entry) AS entry
         FROM directory AS its WHERE ${unlogged} 0) ORDER BY its.position`,
    ),
    unloggedStatements: database.prepare(
      `SELECT user_id, sequence, statement FROM statements AS its WHERE ${unlogged} its.sequence) ORDER BY its.position`,
    ),
  };
}
