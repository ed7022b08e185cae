/** What the store's rows hold. */
import { ProofIn, TerminalId, UserId } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import type { SQLOutputValue } from "node:sqlite";

import type { StoredBinding, StoredDocument } from "./store.ts";
import { decodeStored } from "./stored-json.ts";

type Row = Record<string, SQLOutputValue>;

/** The copy detaches it from the memory of SQLite's row. */
export const bytesIn = (value: SQLOutputValue | undefined): Bytes => new Uint8Array(value as Uint8Array);

export const bindingOf = (row: Row): StoredBinding => ({
  userId: UserId.parse(row["user_id"]),
  deviceId: String(row["device_id"]),
  terminalId: TerminalId.parse(row["terminal_id"]),
  terminalKey: bytesIn(row["terminal_key"]),
  expiresAtMs: Number(row["expires_at_ms"]),
  proof: ProofIn.parse(JSON.parse(String(row["proof"]))),
});

export const documentOf = (row: Row): StoredDocument => ({
  version: Number(row["version"]),
  sealed: bytesIn(row["sealed"]),
  wrappedKeys: decodeStored(String(row["wrapped_keys"])) as readonly Bytes[],
});
