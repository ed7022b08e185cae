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
  // Its root is a hash of the second tree, and is not sent.
  const roots = rebuildRoots(first.size, second.size, isWhole(first.size) ? [first.root, ...proof] : proof);
  return roots !== undefined && equalBytes(roots.first, first.root) && equalBytes(roots.second, second.root);
}

/** Whether the leaves are all those below one hash: a power of two. */
export const isWhole = (size: number): boolean => Number.isInteger(Math.log2(size));

/**
 * The roots of both trees, by the hashes of a proof of consistency; before those the root of the first where that is {@link isWhole}. What rebuilds the
 * root of the second is made of hashes of the second, and so says which root its first leaves have.
 * @param firstSize less than `secondSize`, and not 0
 */
export function rebuildRoots(
  firstSize: number,
  secondSize: number,
  [start, ...rest]: readonly Bytes[],
): { readonly first: Bytes; readonly second: Bytes } | undefined {
  if (start === undefined) return undefined;
  let [fn, sn] = [firstSize - 1, secondSize - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  let [first, second] = [start, start];
  for (const hash of rest) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      first = nodeHash(hash, first);
      second = nodeHash(hash, second);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else second = nodeHash(second, hash);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? { first, second } : undefined;
}

/** Two checkpoints that say nothing of it say nothing that could be the same. */
export const isSameMap = (one: Bytes | undefined, other: Bytes | undefined): boolean =>
  one !== undefined && other !== undefined && equalBytes(one, other);
