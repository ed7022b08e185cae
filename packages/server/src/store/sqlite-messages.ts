import type { DatabaseSync } from "node:sqlite";

import { CallId, CallInviteIn, ProofIn, UserId, encodeMessage } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { KeptMessage, MessageStore, StoredMailbox } from "./message-store.ts";
import { bytesIn } from "./rows.ts";
import { blockedIn } from "./sqlite-blocks.ts";
import { transcriptIn } from "./sqlite-missed.ts";
import type { StoreWays } from "./store-ways.ts";
import { decodeStored, encodeStored } from "./stored-json.ts";

/** As a missed call is kept: the directory has the entry of who called. */
const StoredCall = CallInviteIn.omit({ initiator: true });
const proofIn = (value: unknown): ProofIn => ProofIn.parse(JSON.parse(String(value)));

/** Voice messages, of one database. */
export function sqliteMessages(database: DatabaseSync, { read, write }: StoreWays): MessageStore {
  const sql = prepare(database);
  const isBlocked = blockedIn(database);
  return {
    putMailbox: ({ atMs, binding, deviceId, key, proof, userId }, { perDevice, perPerson }) =>
      write(() => {
        if (sql.useMailbox.run(atMs, deviceId, key).changes > 0) return;
        sql.putMailbox.run(deviceId, key, userId, encodeMessage(proof), encodeMessage(binding), atMs, atMs);
        sql.trimDevice.run(deviceId, perDevice);
        sql.trimPerson.run(userId, perPerson);
      }),
    mailboxesOf: (userId, askerId) =>
      read(() => {
        const blockedMs = sql.blockedAt.get(userId, askerId)?.["at_ms"];
        const untilMs = blockedMs === undefined ? Number.MAX_SAFE_INTEGER : Number(blockedMs);
        return sql.mailboxes.all(userId, untilMs).map((row): StoredMailbox => ({
          userId,
          deviceId: String(row["device_id"]),
          key: bytesIn(row["key"]),
          proof: proofIn(row["proof"]),
          binding: proofIn(row["binding"]),
          atMs: Number(row["at_ms"]),
        }));
      }),
    open: (calls, mostOfCaller) =>
      write(() => {
        for (const { atMs, call, callerId, userId } of calls) {
          if (isBlocked(userId, callerId)) continue;
          sql.open.run(userId, call.callId, callerId, atMs, encodeMessage(call));
          sql.trimOpen.run(callerId, mostOfCaller);
        }
      }),
    close: (userId, call) => write(() => void sql.close.run(userId, call.callId, transcriptIn(call))),
    leave: ({ atMs, binding, callId, callerId, keys, proof, sealed, userId }, bounds, sinceMs) =>
      write(() => {
        // Nobody of whom there is nothing to keep: it would take the writes of others with it.
        if (sql.entry.get(userId) === undefined) return false;
        const open = sql.opened.get(userId, callId, callerId, sinceMs)?.["call"];
        const call = isBlocked(userId, callerId) || open === undefined ? null : String(open);
        const stored = [encodeMessage(proof), encodeMessage(binding), encodeStored(keys)] as const;
        sql.leave.run(userId, callerId, atMs, callId, call, ...stored, sealed);
        sql.closeOf.run(userId, callId, callerId);
        if (call === null) return false;
        sql.trimPair.run(userId, callerId, bounds.perPair);
        sql.trimCaller.run(callerId, bounds.perCaller);
        // Of whoever left most: nobody's messages are lost for somebody else's many.
        while (Number(sql.count.get(userId)?.["count"]) > bounds.perPerson) sql.dropOne.run(userId, userId);
        return true;
      }),
    of: (userId, sinceMs) =>
      read(() =>
        sql.list.all(userId, sinceMs).map((row) => ({
          position: Number(row["position"]),
          callId: CallId.parse(row["call_id"]),
        })),
      ),
    get: (userId, sinceMs, position) =>
      read((): KeptMessage | undefined => {
        const row = sql.get.get(userId, sinceMs, position);
        if (row === undefined) return undefined;
        const call = StoredCall.parse(JSON.parse(String(row["call"])));
        return {
          userId,
          callerId: UserId.parse(row["caller_id"]),
          atMs: Number(row["at_ms"]),
          callId: call.callId,
          call,
          proof: proofIn(row["proof"]),
          binding: proofIn(row["binding"]),
          keys: decodeStored(String(row["keys"])) as readonly Bytes[],
          sealed: bytesIn(row["sealed"]),
        };
      }),
    delete: (userId, positions) =>
      write(() => positions.filter((position) => sql.delete.run(userId, position).changes > 0)),
    deleteBefore: async (messagesMs, openMs) => {
      // Each write is synced: mostly there is none.
      const isDue = await read(() => sql.hasBefore.get(messagesMs, openMs, openMs) !== undefined);
      if (!isDue) return;
      await write(() => {
        sql.deleteBefore.run(messagesMs, openMs);
        sql.deleteOpen.run(openMs);
      });
    },
  };
}

function prepare(database: DatabaseSync) {
  return {
    useMailbox: database.prepare("UPDATE mailboxes SET used_ms = ? WHERE device_id = ? AND key = ?"),
    putMailbox: database.prepare(
      "INSERT INTO mailboxes (device_id, key, user_id, proof, binding, at_ms, used_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    trimDevice: database.prepare(
      `DELETE FROM mailboxes WHERE position IN (SELECT position FROM mailboxes
         WHERE device_id = ? ORDER BY used_ms DESC, position DESC LIMIT -1 OFFSET ?)`,
    ),
    trimPerson: database.prepare(
      `DELETE FROM mailboxes WHERE position IN (SELECT position FROM mailboxes
         WHERE user_id = ? ORDER BY used_ms DESC, position DESC LIMIT -1 OFFSET ?)`,
    ),
    blockedAt: database.prepare("SELECT at_ms FROM blocks WHERE user_id = ? AND blocked_id = ?"),
    mailboxes: database.prepare("SELECT * FROM mailboxes WHERE user_id = ? AND at_ms <= ? ORDER BY position"),
    open: database.prepare(
      "INSERT OR REPLACE INTO unanswered_calls (user_id, call_id, caller_id, at_ms, call) VALUES (?, ?, ?, ?, ?)",
    ),
    trimOpen: database.prepare(
      `DELETE FROM unanswered_calls WHERE position IN (SELECT position FROM unanswered_calls
         WHERE caller_id = ? ORDER BY position DESC LIMIT -1 OFFSET ?)`,
    ),
    close: database.prepare(
      `DELETE FROM unanswered_calls
         WHERE user_id = ? AND call_id = ? AND json_extract(call, '$.proof.transcript') = ?`,
    ),
    closeOf: database.prepare(
      "DELETE FROM unanswered_calls WHERE user_id = ? AND call_id = ? AND caller_id = ?",
    ),
    opened: database.prepare(
      `SELECT call FROM unanswered_calls
         WHERE user_id = ? AND call_id = ? AND caller_id = ? AND at_ms > ? ORDER BY position DESC LIMIT 1`,
    ),
    entry: database.prepare("SELECT 1 FROM directory WHERE user_id = ?"),
    leave: database.prepare(
      `INSERT INTO voice_messages (user_id, caller_id, at_ms, call_id, call, proof, binding, keys, sealed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    trimPair: database.prepare(
      `DELETE FROM voice_messages WHERE position IN (SELECT position FROM voice_messages
         WHERE user_id = ? AND caller_id = ? AND call IS NOT NULL ORDER BY position DESC LIMIT -1 OFFSET ?)`,
    ),
    trimCaller: database.prepare(
      `DELETE FROM voice_messages WHERE position IN (SELECT position FROM voice_messages
         WHERE caller_id = ? AND call IS NOT NULL ORDER BY position DESC LIMIT -1 OFFSET ?)`,
    ),
    count: database.prepare(
      "SELECT count(*) AS count FROM voice_messages WHERE user_id = ? AND call IS NOT NULL",
    ),
    dropOne: database.prepare(
      `DELETE FROM voice_messages WHERE position = (SELECT min(position) FROM voice_messages
         WHERE call IS NOT NULL AND user_id = ? AND caller_id = (SELECT caller_id FROM voice_messages
           WHERE user_id = ? AND call IS NOT NULL GROUP BY caller_id ORDER BY count(*) DESC, min(position) LIMIT 1))`,
    ),
    list: database.prepare(
      "SELECT position, call_id FROM voice_messages WHERE user_id = ? AND at_ms > ? AND call IS NOT NULL ORDER BY position",
    ),
    get: database.prepare(
      "SELECT * FROM voice_messages WHERE user_id = ? AND at_ms > ? AND position = ? AND call IS NOT NULL",
    ),
    delete: database.prepare(
      "DELETE FROM voice_messages WHERE user_id = ? AND position = ? AND call IS NOT NULL",
    ),
    hasBefore: database.prepare(
      `SELECT 1 WHERE EXISTS (SELECT 1 FROM voice_messages WHERE at_ms <= ? OR (call IS NULL AND at_ms <= ?))
         OR EXISTS (SELECT 1 FROM unanswered_calls WHERE at_ms <= ?)`,
    ),
    deleteBefore: database.prepare(
      "DELETE FROM voice_messages WHERE at_ms <= ? OR (call IS NULL AND at_ms <= ?)",
    ),
    deleteOpen: database.prepare("DELETE FROM unanswered_calls WHERE at_ms <= ?"),
  };
}
