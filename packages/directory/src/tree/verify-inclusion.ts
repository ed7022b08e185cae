import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hashBytes, nodeHash } from "./hashes.ts";
import { isCount } from "./nodes.ts";

/** What is claimed: that `leaf` (its hash) is the leaf at `index` of the tree of this size and root. */
export interface InclusionClaim {
  readonly leaf: Bytes;
  readonly index: number;
  readonly size: number;
  readonly root: Bytes;
}

/** RFC 9162 section 2.1.3.2. Anything may come in: what is no proof of this claim is `false`. */
export function verifyInclusion(
  { index, leaf, root, size }: InclusionClaim,
  proof: readonly Bytes[],
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leaf, ...proof].every(({ length }) => length === hashBytes)) return false;
  let [fn, sn] = [index, size - 1];
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else hash = nodeHash(hash, sibling);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && equalBytes(hash, root);
}
