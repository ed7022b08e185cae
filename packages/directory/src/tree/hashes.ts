/** What the log's tree is made of (RFC 9162 section 2.1.1, SHA-256). */
import type { Bytes } from "@signet/protocol";

import { sha256 } from "../sha256.ts";

/** Of every hash here, in bytes. */
export const hashBytes = 32;

/** Of the tree without leaves: SHA-256 of nothing. */
export const emptyTreeRoot: Bytes = sha256(new Uint8Array());

/** `SHA-256(0x00 || entry)` */
export function leafHash(entry: Uint8Array): Bytes {
  const preimage = new Uint8Array(1 + entry.length);
  preimage.set(entry, 1);
  return sha256(preimage);
}

/** `SHA-256(0x01 || left || right)` */
export function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  const preimage = new Uint8Array(1 + 2 * hashBytes);
  preimage[0] = 1;
  preimage.set(left, 1);
  preimage.set(right, 1 + hashBytes);
  return sha256(preimage);
}

/** One hash over neighbouring perfect subtrees, each smaller than the one to its left. @param hashes from left to right */
export function joinSubtrees(hashes: readonly Bytes[]): Bytes {
  if (hashes.length === 0) return emptyTreeRoot;
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}
