/**
 * Entries of the log that say what the map is: after the statements that were written together comes one, with the root of the map over all
 * before it. So the log holds every map that there ever was: whoever shows somebody another map shows them another log.
 */
import { FieldReader, encodeFields, equalBytes, fromUtf8, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Checkpoint } from "../note/checkpoint.ts";
import { hashBytes, leafHash } from "../tree/hashes.ts";
import { verifyInclusion } from "../tree/verify-inclusion.ts";

const label = "signet/map-root/v1";

/** Label and root as length-prefixed fields. @throws RangeError unless `root` has 32 bytes */
export function encodeMapRootEntry(root: Bytes): Bytes {
  if (root.length !== hashBytes) throw new RangeError("not the root of a map");
  return encodeFields([utf8(label), root]);
}

/** @returns the root; undefined unless `bytes` is exactly what {@link encodeMapRootEntry} writes */
export function decodeMapRootEntry(bytes: Bytes): Bytes | undefined {
  const reader = new FieldReader(bytes, 0);
  const [name, root] = [reader.field(), reader.field()];
  if (name === undefined || fromUtf8(name) !== label || root?.length !== hashBytes || !reader.atEnd)
    return undefined;
  return equalBytes(encodeMapRootEntry(root), bytes) ? root : undefined;
}

/**
 * Whether the map that a checkpoint names is the one that the log holds at its end: its last entry says so.
 * @param proof of inclusion of that entry
 */
export function verifyMapRoot({ mapRoot, root, size }: Checkpoint, proof: readonly Bytes[]): boolean {
  if (mapRoot === undefined || size === 0) return false;
  return verifyInclusion({ leaf: leafHash(encodeMapRootEntry(mapRoot)), index: size - 1, size, root }, proof);
}
