/**
 * A checkpoint as people sign it with their device, in what begins a call and in what answers one: the log's own signature is part of it, so that whoever
 * holds two such proofs holds the log's word for both.
 */
import { concatBytes, fromU64, u64 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hashBytes } from "../tree/hashes.ts";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { formatNote, parseNote } from "./note.ts";
import type { VerifierKey } from "./verifier-key.ts";

const signatureBytes = 64;
const sizeBytes = 8;
export const seenCheckpointBytes = sizeBytes + 2 * hashBytes + signatureBytes;

/**
 * `size (8 bytes) || root || root of the map || the log's Ed25519 signature`
 * @param note a checkpoint that this log signed
 * @returns undefined where it is none, or names no map
 */
export function encodeSeenCheckpoint(note: string, { keyId }: VerifierKey): Bytes | undefined {
  const parsed = parseNote(note);
  const checkpoint = parsed && parseCheckpoint(parsed.text);
  const signed = parsed?.signatures.find((one) => one.keyId === keyId);
  if (checkpoint?.mapRoot === undefined || signed?.signature.length !== signatureBytes) return undefined;
  // Whatever else the note says is not what is signed here.
  if (formatCheckpoint(checkpoint) !== parsed?.text) return undefined;
  return concatBytes(u64(checkpoint.size), checkpoint.root, checkpoint.mapRoot, signed.signature);
}

/**
 * The note that was seen: whether the log signed it shows when it is opened.
 * @returns undefined for what {@link encodeSeenCheckpoint} does not write
 */
export function noteOfSeen(bytes: Bytes, { keyId, name }: VerifierKey): string | undefined {
  if (bytes.length !== seenCheckpointBytes) return undefined;
  const size = fromU64(bytes.slice(0, sizeBytes));
  if (size === undefined) return undefined;
  const root = bytes.slice(sizeBytes, sizeBytes + hashBytes);
  const mapRoot = bytes.slice(sizeBytes + hashBytes, sizeBytes + 2 * hashBytes);
  const signature = bytes.slice(sizeBytes + 2 * hashBytes);
  const text = formatCheckpoint({ origin: name, size, root, mapRoot });
  return formatNote({ text, signatures: [{ name, keyId, signature }] });
}
