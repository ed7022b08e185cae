/** What a log asks of a witness (C2SP tlog-witness, "add-checkpoint"), and what the witness has to find out before it cosigns. */
import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { fromBase64, toBase64 } from "../note/base64.ts";
import { parseCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import { mostNoteCharacters, parseNote } from "../note/note.ts";
import { openCheckpoint } from "../note/open-checkpoint.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { emptyTreeRoot, hashBytes } from "../tree/hashes.ts";
import { isCount } from "../tree/nodes.ts";
import { verifyConsistency } from "../tree/verify-consistency.ts";
import type { TreeHead } from "../tree/verify-consistency.ts";

/** As many as two trees can need that fit into a number of 64 bits. */
const mostProofHashes = 63;
/** A line of a proof with its newline. */
const proofLineCharacters = 45;

/** More than any request has. */
export const mostAddCheckpointCharacters = mostNoteCharacters + (mostProofHashes + 1) * proofLineCharacters;

export interface AddCheckpoint {
  /** Of the checkpoint that the witness cosigned last, as the log knows; 0 where it cosigned none. */
  readonly oldSize: number;
  /** Of consistency from there. */
  readonly proof: readonly Bytes[];
  /** The new checkpoint, a signed note. */
  readonly note: string;
}

export const formatAddCheckpoint = ({ note, oldSize, proof }: AddCheckpoint): string =>
  `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join("")}\n${note}`;

/** @returns undefined for what {@link formatAddCheckpoint} does not write */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf("\n\n");
  if (end < 0 || body.length > mostAddCheckpointCharacters) return undefined;
  const [first = "", ...lines] = body.slice(0, end).split("\n");
  const [, sizeText] = /^old (0|[1-9]\d*)$/.exec(first) ?? [];
  const oldSize = sizeText === undefined ? -1 : Number(sizeText);
  if (!isCount(oldSize) || lines.length > mostProofHashes) return undefined;
  const proof: Bytes[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash?.length !== hashBytes) return undefined;
    proof.push(hash);
  }
  return { oldSize, proof, note: body.slice(end + 2) };
}

/** A checkpoint that a known log signed; it may be of any tree. */
export interface AskedCheckpoint extends Omit<AddCheckpoint, "note"> {
  readonly key: VerifierKey;
  readonly checkpoint: Checkpoint;
  /** What is cosigned. */
  readonly text: string;
  readonly note: string;
}

/** The statuses that C2SP tlog-witness gives to what a witness does not cosign. */
export type WitnessRefusal =
  | { readonly status: 400 | 403 | 404 | 422 }
  | { readonly status: 409; readonly size: number };

const refused = (status: 400 | 403 | 404 | 422): WitnessRefusal => ({ status });

/**
 * Whether somebody who may ask asks.
 * @param logs whose checkpoints this witness cosigns
 */
export async function openAddCheckpoint(
  body: string,
  logs: readonly VerifierKey[],
): Promise<AskedCheckpoint | WitnessRefusal> {
  const asked = parseAddCheckpoint(body);
  const parsed = asked && parseNote(asked.note);
  const said = parsed && parseCheckpoint(parsed.text);
  if (asked === undefined || said === undefined) return refused(400);
  const key = logs.find(({ name }) => name === said.origin);
  if (key === undefined) return refused(404);
  const opened = await openCheckpoint(asked.note, key);
  if (!opened.ok) return refused(403);
  return { ...asked, key, checkpoint: opened.checkpoint, text: opened.text };
}

/**
 * Whether what is asked for goes on from what was cosigned last. To be asked in the same turn in which it is then remembered: else an
 * older one could take the place of a newer one.
 * @param latest undefined where nothing of this log was cosigned yet
 * @returns undefined where nothing is against it
 */
export function refusalOf(asked: AskedCheckpoint, latest: TreeHead | undefined): WitnessRefusal | undefined {
  const { checkpoint, oldSize, proof } = asked;
  if (oldSize > checkpoint.size) return refused(400);
  const size = latest?.size ?? 0;
  if (oldSize !== size) return { status: 409, size };
  if (checkpoint.size === 0 && !equalBytes(checkpoint.root, emptyTreeRoot)) return refused(422);
  if (latest === undefined || size === 0) return proof.length > 0 ? refused(422) : undefined;
  return verifyConsistency(latest, checkpoint, proof) ? undefined : refused(422);
}

/** Of what a witness answers; lines of others are passed over. @returns undefined unless all of it is lines of signatures */
export function withCosignatures(note: string, lines: string): string | undefined {
  if (lines === "" || lines.length > mostNoteCharacters) return undefined;
  // An empty line among them would make all before it text.
  const text = parseNote(note + lines)?.text;
  return text === undefined || text !== parseNote(note)?.text ? undefined : note + lines;
}
