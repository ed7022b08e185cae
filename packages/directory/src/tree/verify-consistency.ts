import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hashBytes, nodeHash } from "./hashes.ts";
import { isCount } from "./nodes.ts";

export interface TreeHead {
  /** Leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Bytes;
}

/**
 * That `second` is `first` with leaves appended, or the same (RFC 9162 section 2.1.4.2). Anything may come in: what is no proof of it is `false`.
 * So is every proof from the empty tree: it would say nothing of the other, and who saw an empty one has nothing to ask.
 */
export function verifyConsistency(first: TreeHead, second: TreeHead, proof: readonly Bytes[]): boolean {
  if (!isCount(first.size) || !isCount(second.size) || first.size === 0 || first.size > second.size)
    return false;
  if (![first.root, ...proof].every(({ length }) => length === hashBytes)) return false;
  if (first.size === second.size) return proof.length === 0 && equalBytes(first.root, second.root);

  let [fn, sn] = [first.size - 1, second.size - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  // A power of two: its root is a hash of the second tree, and is not sent.
  const [start, ...rest] = fn === 0 ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let [firstHash, secondHash] = [start, start];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      firstHash = nodeHash(hash, firstHash);
      secondHash = nodeHash(hash, secondHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else secondHash = nodeHash(secondHash, hash);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && equalBytes(firstHash, first.root) && equalBytes(secondHash, second.root);
}
