/** What a record says of the server's log: signed by that log, and the root of its map at its end. */
import {
  formatVerifierKey,
  isLogOf,
  openCheckpoint,
  parseVerifierKey,
  verifyMapRoot,
} from "@signet/directory";
import type { Checkpoint, VerifierKey } from "@signet/directory";

import type { RecordedLog } from "../call-record.ts";
import { Refused, must } from "./refusal.ts";

export interface ProvenLog {
  readonly key: VerifierKey;
  readonly keyGiven: boolean;
  readonly checkpoint: Checkpoint;
  readonly recorded: RecordedLog;
}

/** @param logKeys undefined where none was given: then the one of the file counts */
export async function proveLog(
  recorded: RecordedLog,
  serverOrigin: string,
  logKeys: readonly VerifierKey[] | undefined,
): Promise<ProvenLog> {
  const key = parseVerifierKey(recorded.verifierKey);
  must(key?.kind === "log", "record.checkpoint", "log.verifierKey");
  // Else a lie, or the word, of one server's log could be shown as another's.
  must(isLogOf(key.name, serverOrigin), "record.checkpoint", "log.verifierKey");
  const keyGiven = logKeys !== undefined && logKeys.length > 0;
  must(!keyGiven || isAmong(recorded.verifierKey, logKeys), "record.otherLog", "log.verifierKey");
  const opened = await openCheckpoint(recorded.checkpoint, key);
  if (!opened.ok) throw new Refused("record.checkpoint", "log.checkpoint");
  const { checkpoint } = opened;
  must(verifyMapRoot(checkpoint, recorded.mapRootProof), "record.checkpoint", "log.mapRootProof");
  return { key, keyGiven, checkpoint, recorded };
}

/** Whether this key, as it is written, is one of those. */
export const isAmong = (written: string, keys: readonly VerifierKey[]): boolean =>
  keys.some((key) => formatVerifierKey(key) === written);
