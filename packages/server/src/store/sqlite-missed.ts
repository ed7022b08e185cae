import type { DatabaseSync } from "node:sqlite";

import { CallInviteIn, UserId, encodeMessage, toBase64Url } from "@signet/protocol";

import { blockedIn } from "./sqlite-blocks.ts";
import type { StoreWays } from "./store-ways.ts";
import type { MissedStore } from "./missed-store.ts";

/** A call as it is kept: the directory has the entry of who called. */
const Stored = CallInviteIn.omit({ initiator: true });

/** What makes it this call: the caller's words, as they stand in what is kept. A call's ID is chosen by whoever calls. */
export const transcriptIn = ({ proof }: Pick<CallInviteIn, "proof">): string => toBase64Url(proof.transcript);

/** Calls that people missed, of one database. */
export function sqliteMissed(database: DatabaseSync, { read, write }: StoreWays): MissedStore {
  const sql = prepare(database);
  const isBlocked = blockedIn(database);
  return {
    keep: (missed, { perPair, perCaller, perPerson }) =>
      write(() => {
        for (const { userId, callerId, atMs, call } of missed) {
          if (isBlocked(userId, callerId)) continue;
          sql.keep.run(userId, call.callId, callerId, atMs, encodeMessage(call));
          sql.trimPair.run(userId, callerId, perPair);
          sql.trimCaller.run(callerId, perCaller);
          // Of whoever called them most: nobody's calls are lost for somebody else's many.
          while (Number(sql.count.get(userId)?.["count"]) > perPerson) sql.dropOne.run(userId, userId);
        }
      }),
    of: (userId, sinceMs, after) =>
      read(() =>
        sql.of.all(userId, sinceMs, after).map((row) => ({
          position: Number(row["position"]),
          userId,
          callerId: UserId.parse(row["caller_id"]),
          atMs: Number(row["at_ms"]),
          call: Stored.parse(JSON.parse(String(row["call"]))),
        })),
      ),
    delete: (userId, callIds) =>
      write(() => callIds.filter((callId) => sql.delete.run(userId, callId).changes > 0)),
    known: (userId, call) => write(() => void sql.known.run(userId, call.callId, transcriptIn(call))),
    deleteBefore: async (atMs) => {
      // Each write is synced: mostly there is none.
      if (await read(() => sql.hasBefore.get(atMs) !== undefined))
        await write(() => void sql.deleteBefore.run(atMs));
    },
  };
}

function prepare(database: DatabaseSync) {
  return {
    // In the place of an earlier one of the same call by the same caller, and behind all others.
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
    known: database.prepare(
      `DELETE FROM missed_calls
         WHERE user_id = ? AND call_id = ? AND json_extract(call, '$.proof.transcript') = ?`,
    ),
    hasBefore: database.prepare("SELECT 1 FROM missed_calls WHERE at_ms <= ? LIMIT 1"),
    deleteBefore: database.prepare("DELETE FROM missed_calls WHERE at_ms <= ?"),
  };
}
