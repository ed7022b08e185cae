/** Which hashes a proof is made of, and the proof. Nothing here reads anything: whoever stores the tree does. */
import type { Bytes } from "@signet/protocol";

import { joinSubtrees } from "./hashes.ts";
import { isCount, nodesOver, splitOf } from "./nodes.ts";
import type { TreeNode } from "./nodes.ts";

/** For each hash of the proof, in its order, the perfect subtrees that it is over, from left to right. */
export type ProofPlan = readonly (readonly TreeNode[])[];

/**
 * That the leaf at `index` is in the tree of the first `size` leaves (RFC 9162 section 2.1.3.1).
 * @throws RangeError unless `index < size`
 */
export function planInclusion(index: number, size: number): ProofPlan {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError("no such leaf");
  const parts: (readonly TreeNode[])[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      parts.push(nodesOver(middle, to));
      to = middle;
    } else {
      parts.push(nodesOver(from, middle));
      from = middle;
    }
  }
  return parts.toReversed();
}

/**
 * That the first `first` of `second` leaves are the tree that was (RFC 9162 section 2.1.4.1).
 * @throws RangeError unless `0 < first <= second`: with the empty tree every other one is consistent, and nothing proves it
 */
export function planConsistency(first: number, second: number): ProofPlan {
  if (!isCount(first) || !isCount(second) || first === 0 || first > second)
    throw new RangeError("no such trees");
  const parts: (readonly TreeNode[])[] = [];
  let [from, to] = [0, second];
  // Whoever asks has the root of the first tree, so it is left out where it is one of the hashes.
  while (to !== first) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      parts.push(nodesOver(middle, to));
      to = middle;
    } else {
      parts.push(nodesOver(from, middle));
      from = middle;
    }
  }
  if (from > 0) parts.push(nodesOver(from, to));
  return parts.toReversed();
}

/**
 * @param hashAt what is stored of the tree
 * @throws RangeError when a hash is missing that the plan names
 */
export function proofOf(plan: ProofPlan, hashAt: (node: TreeNode) => Bytes | undefined): readonly Bytes[] {
  const known = (node: TreeNode): Bytes => {
    const hash = hashAt(node);
    if (hash === undefined) throw new RangeError(`no hash at level ${node.level}, index ${node.index}`);
    return hash;
  };
  return plan.map((nodes) => joinSubtrees(nodes.map(known)));
}
