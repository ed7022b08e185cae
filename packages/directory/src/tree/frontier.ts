/** A tree that grows: what has to be known of it to append, which is a hash for each one in the binary form of its size. */
import type { Bytes } from "@signet/protocol";

import { joinSubtrees, nodeHash } from "./hashes.ts";
import { isCount, nodesOver } from "./nodes.ts";
import type { TreeNode } from "./nodes.ts";

export interface Frontier {
  /** Leaves. */
  readonly size: number;
  /** Of the perfect subtrees at {@link frontierNodes}, from left to right. */
  readonly hashes: readonly Bytes[];
}

export interface CompletedNode {
  readonly node: TreeNode;
  readonly hash: Bytes;
}

export const emptyFrontier: Frontier = { size: 0, hashes: [] };

/** Whose hashes a tree of this size goes on from. @throws RangeError for what is no size */
export function frontierNodes(size: number): readonly TreeNode[] {
  if (!isCount(size)) throw new RangeError("not a tree size");
  return nodesOver(0, size);
}

/**
 * With one leaf more.
 * @param leaf its hash
 * @returns `completed`: the leaf itself, and the subtrees that are whole with it, from the smallest on
 */
export function appendLeaf(
  { hashes, size }: Frontier,
  leaf: Bytes,
): { readonly frontier: Frontier; readonly completed: readonly CompletedNode[] } {
  const left = [...hashes];
  const completed: CompletedNode[] = [{ node: { level: 0, index: size }, hash: leaf }];
  let hash = leaf;
  for (let index = size, level = 1; index % 2 === 1; level++) {
    hash = nodeHash(left.pop() as Bytes, hash);
    index = (index - 1) / 2;
    completed.push({ node: { level, index }, hash });
  }
  return { frontier: { size: size + 1, hashes: [...left, hash] }, completed };
}

/** The root (RFC 9162 section 2.1.1). 32 bytes. */
export const frontierRoot = ({ hashes }: Frontier): Bytes => joinSubtrees(hashes);
