import type { DatabaseSync } from "node:sqlite";

import { UserId } from "@signet/protocol";

import type { StoreWays } from "./store-ways.ts";
import type { BlockStore } from "./store.ts";

/** Whether somebody blocked a caller. To be asked within one transaction. */
export function blockedIn(database: DatabaseSync): (userId: UserId, callerId: UserId) => boolean {
  const has = database.prepare("SELECT 1 FROM blocks WHERE user_id = ? AND blocked_id = ?");
  return (userId, callerId) => has.get(userId, callerId) !== undefined;
}

/** Whom people blocked, of one database. */
export function sqliteBlocks(database: DatabaseSync, { read, write }: StoreWays): BlockStore {
  const count = database.prepare("SELECT count(*) AS count FROM blocks WHERE user_id = ?");
  const isBlocked = blockedIn(database);
  const add = database.prepare("INSERT INTO blocks (user_id, blocked_id, at_ms) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM blocks WHERE user_id = ? AND blocked_id = ?");
  const all = database.prepare("SELECT blocked_id FROM blocks WHERE user_id = ? ORDER BY position");
  return {
    of: (userId) => read(() => all.all(userId).map((row) => UserId.parse(row["blocked_id"]))),
    whoBlocked: (callerId, userIds) =>
      read(() => new Set(userIds.filter((userId) => isBlocked(userId, callerId)))),
    add: (userId, blockedId, most, atMs) =>
      write(() => {
        if (isBlocked(userId, blockedId)) return "held";
        if (Number(count.get(userId)?.["count"]) >= most) return "full";
        add.run(userId, blockedId, atMs);
        return "changed";
      }),
    remove: (userId, blockedId) =>
      write(() => (remove.run(userId, blockedId).changes > 0 ? "changed" : "held")),
  };
}
