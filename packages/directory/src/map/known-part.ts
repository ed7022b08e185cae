/** A part of a map, as far as proofs show it: enough to change the keys that they are of, and to say what the root is then. */
import type { Bytes } from "@signet/protocol";

import { bitAt, mapNodeHash } from "./hashes.ts";
import { MapNodesInMemory } from "./nodes.ts";
import type { WritableMapNodes } from "./nodes.ts";
import { verifyMapProof } from "./proofs.ts";
import type { MapProof } from "./proofs.ts";

/**
 * What is beside the paths of these keys is not in it, and would be taken for empty.
 * @returns undefined where one of the proofs does not hold
 */
export function knownPartOf(
  root: Bytes,
  proofs: readonly (readonly [key: Bytes, proof: MapProof])[],
): WritableMapNodes | undefined {
  const nodes = new MapNodesInMemory();
  for (const [key, proof] of proofs) {
    if (!verifyMapProof(root, key, proof).ok) return undefined;
    const { leaf, siblings } = proof;
    const bits = siblings.map((_, depth) => bitAt(key, depth));
    const pathTo = (depth: number): string => bits.slice(0, depth).join("");
    if (leaf !== undefined) nodes.write(pathTo(siblings.length), { type: "leaf", ...leaf });
    let hash = mapNodeHash(leaf && { type: "leaf", ...leaf });
    for (let depth = siblings.length - 1; depth >= 0; depth--) {
      const sibling = siblings[depth] as Bytes;
      const [left, right] = bits[depth] === 0 ? [hash, sibling] : [sibling, hash];
      const inner = { type: "inner", left, right } as const;
      nodes.write(pathTo(depth), inner);
      hash = mapNodeHash(inner);
    }
  }
  return nodes;
}
