import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { openNote } from "./open-note.ts";
import type { NoteRefusal, SignedBy } from "./open-note.ts";
import type { VerifierKey } from "./verifier-key.ts";

export interface OpenedCheckpoint {
  readonly ok: true;
  readonly checkpoint: Checkpoint;
  /** What was signed. */
  readonly text: string;
  /** Of the witnesses that were asked for. */
  readonly cosignatures: readonly SignedBy[];
}

/** As for a note; `checkpoint`: the text is none. `origin`: of another log. */
export type CheckpointRefusal = NoteRefusal | { readonly ok: false; readonly why: "checkpoint" | "origin" };

/**
 * A checkpoint that this log signed, and those of the witnesses that did. A log's key has the name of the log, so that none signs for another.
 * @param note as the log serves it
 * @returns `unsigned` also where only witnesses signed
 */
export async function openCheckpoint(
  note: string,
  logKey: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): Promise<OpenedCheckpoint | CheckpointRefusal> {
  const opened = await openNote(note, [logKey, ...witnesses]);
  if (!opened.ok) return opened;
  const { by, text } = opened;
  if (!by.some(({ key }) => key === logKey)) return { ok: false, why: "unsigned" };
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === undefined) return { ok: false, why: "checkpoint" };
  if (checkpoint.origin !== logKey.name) return { ok: false, why: "origin" };
  return { ok: true, checkpoint, text, cosignatures: by.filter(({ key }) => key !== logKey) };
}
