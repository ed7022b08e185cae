import type { DatabaseSync } from "node:sqlite";

/** All that the store asks of its database, prepared once. */
export function prepareAll(database: DatabaseSync) {
  return {
    entry: database.prepare("SELECT entry FROM directory WHERE user_id = ?"),
    renewedEntry: database.prepare(
      "SELECT entry FROM renewed_entries WHERE user_id = ? ORDER BY position DESC LIMIT 1",
    ),
    signatureCount: database.prepare(
      "SELECT signature_count AS count, digest FROM signature_counts WHERE device_id = ?",
    ),
    setSignatureCount: database.prepare(
      "INSERT OR REPLACE INTO signature_counts (device_id, signature_count, digest) VALUES (?, ?, ?)",
    ),
    statements: database.prepare("SELECT statement FROM statements WHERE user_id = ? ORDER BY sequence"),
    lastSequence: database.prepare(
      `SELECT (SELECT count(*) FROM statements WHERE statements.user_id = directory.user_id) AS last
         FROM directory WHERE user_id = ?`,
    ),
    addStatement: database.prepare("INSERT INTO statements (user_id, sequence, statement) VALUES (?, ?, ?)"),
    userOfDevice: database.prepare("SELECT 1 FROM devices WHERE device_id = ?"),
    addDevice: database.prepare("INSERT INTO devices (device_id, user_id) VALUES (?, ?)"),
    endDevice: database.prepare(
      "INSERT OR IGNORE INTO ended_devices SELECT device_id FROM devices WHERE device_id = ? AND user_id = ?",
    ),
    isEnded: database.prepare("SELECT 1 FROM ended_devices WHERE device_id = ?"),
    unbindDevice: database.prepare("DELETE FROM bindings WHERE user_id = ? AND device_id = ?"),
    addEntry: database.prepare("INSERT INTO directory (user_id, device_id, entry) VALUES (?, ?, ?)"),
    bindings: database.prepare("SELECT * FROM bindings"),
    noteSignIn: database.prepare("INSERT OR REPLACE INTO last_sign_ins VALUES (?, ?, ?)"),
    signIns: database.prepare("SELECT proof FROM last_sign_ins WHERE user_id = ? ORDER BY device_id"),
    bind: database.prepare("INSERT OR REPLACE INTO bindings VALUES (?, ?, ?, ?, ?, ?)"),
    unbind: database.prepare("DELETE FROM bindings WHERE user_id = ? AND terminal_id = ?"),
    document: database.prepare("SELECT version, sealed, wrapped_keys FROM documents WHERE user_id = ?"),
    setDocument: database.prepare("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)"),
    addInvite: database.prepare("INSERT INTO invites (code_hash, created_at_ms) VALUES (?, ?)"),
    inviteOpen: database.prepare("SELECT 1 FROM invites WHERE code_hash = ? AND used_by IS NULL"),
    useInvite: database.prepare("UPDATE invites SET used_by = ? WHERE code_hash = ? AND used_by IS NULL"),
    addInput: database.prepare("INSERT INTO call_inputs (call_id, at_ms, input) VALUES (?, ?, ?)"),
    inputs: database.prepare("SELECT call_id, at_ms, input FROM call_inputs ORDER BY call_id, position"),
    deleteInputs: database.prepare("DELETE FROM call_inputs WHERE call_id = ?"),
    userIdsAfter: database.prepare(
      "SELECT user_id FROM directory WHERE user_id > ? ORDER BY user_id LIMIT ?",
    ),
    administrators: database.prepare("SELECT value FROM meta WHERE name = 'administrators'"),
    setAdministrators: database.prepare(
      "INSERT OR REPLACE INTO meta (name, value) VALUES ('administrators', ?)",
    ),
    origin: database.prepare("SELECT value FROM meta WHERE name = 'origin'"),
    setOrigin: database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('origin', ?)"),
    anyEntry: database.prepare("SELECT 1 FROM directory LIMIT 1"),
    // Nobody is ever deleted: the last number is how many there are.
    lastEntries: database.prepare(
      `SELECT (SELECT coalesce(max(position), 0) FROM directory) AS people,
              (SELECT coalesce(max(position), 0) FROM renewed_entries) AS renewals,
              (SELECT coalesce(max(position), 0) FROM statements) AS statements`,
    ),
    tryWriting: database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('lastTried', ?)"),
  };
}
