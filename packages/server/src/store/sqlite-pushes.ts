import type { DatabaseSync } from "node:sqlite";

import { TerminalId, UserId } from "@signet/protocol";

import { bytesIn } from "./rows.ts";
import type { StoreWays } from "./store-ways.ts";
import type { PushStore } from "./store.ts";

/** Browsers to be woken, and the key by which push services know this server, of one database. */
export function sqlitePushes(database: DatabaseSync, { read, write }: StoreWays): PushStore {
  const sql = prepare(database);
  return {
    claimKey: (made) =>
      write(() => {
        const held = sql.key.get()?.["value"];
        if (held !== undefined) return String(held);
        sql.setKey.run(made);
        return made;
      }),
    all: () =>
      read(() =>
        sql.all.all().map((row) => ({
          userId: UserId.parse(row["user_id"]),
          terminalId: TerminalId.parse(row["terminal_id"]),
          deviceId: String(row["device_id"]),
          endpoint: String(row["endpoint"]),
          p256dh: bytesIn(row["p256dh"]),
          auth: bytesIn(row["auth"]),
          atMs: Number(row["at_ms"]),
        })),
      ),
    put: ({ atMs, auth, deviceId, endpoint, p256dh, terminalId, userId }, most) =>
      write(() => {
        // In the place of an earlier one, and behind all others.
        sql.put.run(userId, terminalId, deviceId, endpoint, p256dh, auth, atMs);
        sql.trim.run(userId, most);
      }),
    delete: (userId, endpoint) => write(() => void sql.delete.run(userId, endpoint)),
  };
}

function prepare(database: DatabaseSync) {
  return {
    key: database.prepare("SELECT value FROM meta WHERE name = 'pushKey'"),
    setKey: database.prepare("INSERT INTO meta (name, value) VALUES ('pushKey', ?)"),
    all: database.prepare("SELECT * FROM pushes ORDER BY position"),
    put: database.prepare(
      `INSERT OR REPLACE INTO pushes (user_id, terminal_id, device_id, endpoint, p256dh, auth, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    trim: database.prepare(
      `DELETE FROM pushes WHERE position IN
         (SELECT position FROM pushes WHERE user_id = ? ORDER BY position DESC LIMIT -1 OFFSET ?)`,
    ),
    delete: database.prepare("DELETE FROM pushes WHERE user_id = ? AND endpoint = ?"),
  };
}
