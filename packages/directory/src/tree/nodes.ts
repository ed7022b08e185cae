/** Where a hash stands in the log's tree. Sizes and indices are integers below 2^53. */

/** The subtree over the leaves from `index * 2^level` on, `2^level` of them: it is complete once they are there, and never changes again. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The largest power of two below `count` (RFC 9162 section 2.1.1). @param count at least 2 */
export function splitOf(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/**
 * The perfect subtrees that cover these leaves, from left to right, each smaller than the one before.
 * @param from a multiple of the largest power of two that is not above `to - from`
 */
export function nodesOver(from: number, to: number): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = from;
  for (let level = Math.floor(Math.log2(Math.max(1, to - from))) + 1; level >= 0; level--) {
    const leaves = 2 ** level;
    if (leaves > to - at) continue;
    nodes.push({ level, index: at / leaves });
    at += leaves;
  }
  return nodes;
}
