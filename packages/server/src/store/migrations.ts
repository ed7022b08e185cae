/**
 * Numbered steps of the database schema: `PRAGMA user_version` counts those done. Append only; a step that shipped never
 * changes.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE directory (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL UNIQUE,
    device_id TEXT NOT NULL UNIQUE,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER directory_no_update BEFORE UPDATE ON directory
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  CREATE TRIGGER directory_no_delete BEFORE DELETE ON directory
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;

  CREATE TABLE bindings (
    user_id TEXT PRIMARY KEY REFERENCES directory (user_id),
    device_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    terminal_key BLOB NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    proof TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE invites (
    code_hash BLOB PRIMARY KEY,
    created_at_ms INTEGER NOT NULL,
    used_by TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE call_inputs (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    input TEXT NOT NULL
  ) STRICT;
  CREATE INDEX call_inputs_by_call ON call_inputs (call_id, position);
  `,
  // The same user ID and device again, with other certificates: the last one counts.
  `
  CREATE TABLE renewed_entries (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id),
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX renewed_entries_by_user ON renewed_entries (user_id, position);
  CREATE TRIGGER renewed_entries_no_update BEFORE UPDATE ON renewed_entries
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  CREATE TRIGGER renewed_entries_no_delete BEFORE DELETE ON renewed_entries
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  `,
  // What followed a registration, and whose each device is: a device that was ever one person's is nobody else's, also when it was revoked.
  `
  CREATE TABLE statements (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id),
    sequence INTEGER NOT NULL,
    statement TEXT NOT NULL,
    UNIQUE (user_id, sequence)
  ) STRICT;
  CREATE TRIGGER statements_in_order BEFORE INSERT ON statements
    WHEN NEW.sequence <> (SELECT count(*) + 1 FROM statements WHERE user_id = NEW.user_id)
    BEGIN SELECT RAISE(ABORT, 'statements follow each other'); END;
  CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;

  CREATE TABLE devices (
    device_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES directory (user_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO devices (device_id, user_id) SELECT device_id, user_id FROM directory;
  CREATE TRIGGER devices_once BEFORE INSERT ON devices
    WHEN EXISTS (SELECT 1 FROM devices WHERE device_id = NEW.device_id)
    BEGIN SELECT RAISE(ABORT, 'a device is one person''s'); END;
  CREATE TRIGGER devices_no_update BEFORE UPDATE ON devices
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  CREATE TRIGGER devices_no_delete BEFORE DELETE ON devices
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;

  CREATE TABLE ended_devices (device_id TEXT PRIMARY KEY REFERENCES devices (device_id)) STRICT, WITHOUT ROWID;
  CREATE TRIGGER ended_devices_no_update BEFORE UPDATE ON ended_devices
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  CREATE TRIGGER ended_devices_no_delete BEFORE DELETE ON ended_devices
    BEGIN SELECT RAISE(ABORT, 'the directory is append-only'); END;
  CREATE TRIGGER bindings_of_no_ended_device BEFORE INSERT ON bindings
    WHEN EXISTS (SELECT 1 FROM ended_devices WHERE device_id = NEW.device_id)
    BEGIN SELECT RAISE(ABORT, 'the device was revoked'); END;
  `,
  // A binding is a device's, no longer a user's; a terminal has one.
  `
  CREATE TABLE device_bindings (
    user_id TEXT NOT NULL REFERENCES directory (user_id),
    device_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL UNIQUE,
    terminal_key BLOB NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (user_id, device_id)
  ) STRICT, WITHOUT ROWID;
  INSERT OR REPLACE INTO device_bindings
    SELECT user_id, device_id, terminal_id, terminal_key, expires_at_ms, proof FROM bindings;
  DROP TABLE bindings;
  ALTER TABLE device_bindings RENAME TO bindings;
  CREATE TRIGGER bindings_of_no_ended_device BEFORE INSERT ON bindings
    WHEN EXISTS (SELECT 1 FROM ended_devices WHERE device_id = NEW.device_id)
    BEGIN SELECT RAISE(ABORT, 'the device was revoked'); END;
  `,
  // Of each device that counts its signatures, the highest count and by which proof it came.
  `
  CREATE TABLE signature_counts (
    device_id TEXT PRIMARY KEY,
    signature_count INTEGER NOT NULL,
    digest BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // By which proof each device signed in last, also where nobody is signed in with it any more.
  `
  CREATE TABLE last_sign_ins (
    user_id TEXT NOT NULL REFERENCES directory (user_id),
    device_id TEXT NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (user_id, device_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO last_sign_ins SELECT user_id, device_id, proof FROM bindings;
  `,
  // The sealed document of each person; should people be deleted one day, it goes with them.
  `
  CREATE TABLE documents (
    user_id TEXT PRIMARY KEY REFERENCES directory (user_id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    wrapped_keys TEXT NOT NULL
  ) STRICT;
  `,
  // Calls that people missed, until a terminal of theirs has them. They go with who called, and with who was called.
  `
  CREATE TABLE missed_calls (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    call_id TEXT NOT NULL,
    caller_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    call TEXT NOT NULL,
    UNIQUE (user_id, call_id)
  ) STRICT;
  CREATE INDEX missed_calls_by_pair ON missed_calls (user_id, caller_id, position);
  CREATE INDEX missed_calls_by_caller ON missed_calls (caller_id, position);
  CREATE INDEX missed_calls_by_time ON missed_calls (at_ms);
  `,
  // Browsers to be woken when somebody calls.
  `
  CREATE TABLE pushes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    terminal_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    p256dh BLOB NOT NULL,
    auth BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (user_id, endpoint)
  ) STRICT;
  `, // Whom people blocked. That may be a user ID which is registered later.
  `
  CREATE TABLE blocks (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    blocked_id TEXT NOT NULL,
    UNIQUE (user_id, blocked_id)
  ) STRICT;
  `,
  // Voice messages: keys that they are sealed to, unanswered calls after which one may be left, and what was left. A message without a call is one
  // that nobody gets. And since when somebody is blocked: what became of a person's places later is nothing that they are told.
  `
  CREATE TABLE mailboxes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL,
    key BLOB NOT NULL,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    proof TEXT NOT NULL,
    binding TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL,
    UNIQUE (device_id, key)
  ) STRICT;
  CREATE INDEX mailboxes_by_user ON mailboxes (user_id, used_ms);
  CREATE TABLE unanswered_calls (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    call_id TEXT NOT NULL,
    caller_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    call TEXT NOT NULL,
    UNIQUE (user_id, call_id)
  ) STRICT;
  CREATE INDEX unanswered_calls_by_caller ON unanswered_calls (caller_id, position);
  CREATE INDEX unanswered_calls_by_time ON unanswered_calls (at_ms);
  CREATE TABLE voice_messages (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    caller_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    call TEXT,
    proof TEXT NOT NULL,
    binding TEXT NOT NULL,
    keys TEXT NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX voice_messages_by_pair ON voice_messages (user_id, caller_id, position);
  CREATE INDEX voice_messages_by_caller ON voice_messages (caller_id, position);
  CREATE INDEX voice_messages_by_time ON voice_messages (at_ms);
  ALTER TABLE blocks ADD COLUMN at_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE blocks SET at_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER);
  `,
  // Who may see whether people are there. Nothing is written of who chose nothing.
  `
  CREATE TABLE presence_choices (
    user_id TEXT PRIMARY KEY REFERENCES directory (user_id) ON DELETE CASCADE,
    who TEXT NOT NULL,
    do_not_disturb INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE presence_shown (
    user_id TEXT NOT NULL REFERENCES presence_choices (user_id) ON DELETE CASCADE,
    shown_id TEXT NOT NULL,
    PRIMARY KEY (user_id, shown_id)
  ) STRICT, WITHOUT ROWID;
  `,
  // Pictures that people chose of themselves.
  `
  CREATE TABLE pictures (
    user_id TEXT PRIMARY KEY REFERENCES directory (user_id) ON DELETE CASCADE,
    picture BLOB NOT NULL,
    proof TEXT NOT NULL
  ) STRICT;
  `,
  // A call is what its caller signed: its ID may be another's as well, who chose it again.
  `
  CREATE TABLE missed_calls_of_all (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    call_id TEXT NOT NULL,
    caller_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    call TEXT NOT NULL
  ) STRICT;
  INSERT INTO missed_calls_of_all (position, user_id, call_id, caller_id, at_ms, call)
    SELECT position, user_id, call_id, caller_id, at_ms, call FROM missed_calls ORDER BY position;
  DROP TABLE missed_calls;
  ALTER TABLE missed_calls_of_all RENAME TO missed_calls;
  CREATE UNIQUE INDEX missed_calls_by_call
    ON missed_calls (user_id, call_id, json_extract(call, '$.proof.transcript'), caller_id);
  CREATE INDEX missed_calls_by_pair ON missed_calls (user_id, caller_id, position);
  CREATE INDEX missed_calls_by_caller ON missed_calls (caller_id, position);
  CREATE INDEX missed_calls_by_time ON missed_calls (at_ms);
  CREATE TABLE unanswered_calls_of_all (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    call_id TEXT NOT NULL,
    caller_id TEXT NOT NULL REFERENCES directory (user_id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    call TEXT NOT NULL
  ) STRICT;
  INSERT INTO unanswered_calls_of_all (position, user_id, call_id, caller_id, at_ms, call)
    SELECT position, user_id, call_id, caller_id, at_ms, call FROM unanswered_calls ORDER BY position;
  DROP TABLE unanswered_calls;
  ALTER TABLE unanswered_calls_of_all RENAME TO unanswered_calls;
  CREATE UNIQUE INDEX unanswered_calls_by_call
    ON unanswered_calls (user_id, call_id, json_extract(call, '$.proof.transcript'), caller_id);
  CREATE INDEX unanswered_calls_by_caller ON unanswered_calls (caller_id, position);
  CREATE INDEX unanswered_calls_by_time ON unanswered_calls (at_ms);
  `,
  // The log of all statements, its tree, and the map of where each history ends. What is missing of statements from before is logged at the next start.
  `
  CREATE TABLE log_entries (
    position INTEGER PRIMARY KEY,
    user_id TEXT,
    sequence INTEGER,
    entry BLOB NOT NULL,
    UNIQUE (user_id, sequence)
  ) STRICT;
  CREATE TRIGGER log_entries_in_order BEFORE INSERT ON log_entries
    WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM log_entries)
    BEGIN SELECT RAISE(ABORT, 'entries follow each other'); END;
  CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
  CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
  CREATE TABLE log_nodes (
    level INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER log_nodes_no_update BEFORE UPDATE ON log_nodes
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
  CREATE TRIGGER log_nodes_no_delete BEFORE DELETE ON log_nodes
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
  CREATE TABLE map_nodes (path TEXT PRIMARY KEY, node BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
