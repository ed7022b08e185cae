import type { DatabaseSync } from "node:sqlite";

import { CallInviteIn, UserId, encodeMessage } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import type { KeptMissed, MissedBounds, StoredMissed } from "./store.ts";

/** A call as it is kept: the directory has the entry of who called. */
const Stored = CallInviteIn.omit({ initiator: true });

/** Calls that people missed, of one database. Each method is to run within one transaction. */
export class SqliteMissed {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#sql = prepare(database);
  }

  keep(missed: readonly StoredMissed[], { perPair, perCaller, perPerson }: MissedBounds): void {
    for (const { userId, callerId, atMs, call } of missed) {
      this.#sql.keep.run(userId, call.callId, callerId, atMs, encodeMessage(call));
      this.#sql.trimPair.run(userId, callerId, perPair);
      this.#sql.trimCaller.run(callerId, perCaller);
      // Of whoever called them most: nobody's calls are lost for somebody else's many.
      while (Number(this.#sql.count.get(userId)?.["count"]) > perPerson)
        this.#sql.dropOne.run(userId, userId);
    }
  }

  of(userId: UserId, sinceMs: number, after: number): readonly KeptMissed[] {
    return this.#sql.of.all(userId, sinceMs, after).map((row) => ({
      position: Number(row["position"]),
      userId,
      callerId: UserId.parse(row["caller_id"]),
      atMs: Number(row["at_ms"]),
      call: Stored.parse(JSON.parse(String(row["call"]))),
    }));
  }

  delete(userId: UserId, callIds: readonly CallId[]): readonly CallId[] {
    return callIds.filter((callId) => this.#sql.delete.run(userId, callId).changes > 0);
  }

  hasBefore(atMs: number): boolean {
    return this.#sql.hasBefore.get(atMs) !== undefined;
  }

  deleteBefore(atMs: number): void {
    this.#sql.deleteBefore.run(atMs);
  }
}

function prepare(database: DatabaseSync) {
  return {
    // In the place of an earlier one of the same call, and behind all others.
    keep: database.prepare(
      "INSERT OR REPLACE INTO missed_calls (user_id, call_id, caller_id, at_ms, call) VALUES (?, ?, ?, ?, ?)",
    ),
    trimPair: database.prepare(
      `DELETE FROM missed_calls WHERE position IN (SELECT position FROM missed_calls
         WHERE user_id = ? AND caller_id = ? ORDER BY position DESC LIMIT -1 OFFSET ?)`,
    ),
    trimCaller: database.prepare(
      `DELETE FROM missed_calls WHERE position IN (SELECT position FROM missed_calls
         WHERE caller_id = ? ORDER BY position DESC LIMIT -1 OFFSET ?)`,
    ),
    count: database.prepare("SELECT count(*) AS count FROM missed_calls WHERE user_id = ?"),
    dropOne: database.prepare(
      `DELETE FROM missed_calls WHERE position = (SELECT min(position) FROM missed_calls
         WHERE user_id = ? AND caller_id = (SELECT caller_id FROM missed_calls
           WHERE user_id = ? GROUP BY caller_id ORDER BY count(*) DESC, min(position) LIMIT 1))`,
    ),
    of: database.prepare(
      `SELECT position, caller_id, at_ms, call FROM missed_calls
         WHERE user_id = ? AND at_ms > ? AND position > ? ORDER BY position`,
    ),
    delete: database.prepare("DELETE FROM missed_calls WHERE user_id = ? AND call_id = ?"),
    hasBefore: database.prepare("SELECT 1 FROM missed_calls WHERE at_ms <= ? LIMIT 1"),
    deleteBefore: database.prepare("DELETE FROM missed_calls WHERE at_ms <= ?"),
  };
}
