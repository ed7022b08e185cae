import type { Bytes } from "@signet/protocol";

import {
  appendLeaf,
  emptyFrontier,
  frontierRoot,
  hashInTile,
  leafHash,
  planConsistency,
  planInclusion,
  proofOf,
  tilePartOf,
  tileWidthAt,
} from "../../src/index.ts";
import type { Frontier, TreeNode } from "../../src/index.ts";

/** A log as a server keeps it: the hashes of its tiles, and nothing between them. */
export class StoredTree {
  readonly #tiles = new Map<string, Bytes[]>();
  frontier: Frontier = emptyFrontier;

  constructor(entries: readonly Bytes[] = []) {
    for (const entry of entries) this.append(entry);
  }

  append(entry: Bytes): void {
    const { completed, frontier } = appendLeaf(this.frontier, leafHash(entry));
    this.frontier = frontier;
    for (const { hash, node } of completed) {
      if (node.level % 8 !== 0) continue;
      const { from, index, level } = tilePartOf(node);
      const name = `${level} ${index}`;
      const tile = this.#tiles.get(name) ?? [];
      if (tile.length !== from) throw new Error("a hash out of its order");
      this.#tiles.set(name, [...tile, hash]);
    }
  }

  get size(): number {
    return this.frontier.size;
  }

  root(): Bytes {
    return frontierRoot(this.frontier);
  }

  /** As it was when the tree had this size. */
  tile(level: number, index: number, size = this.size): readonly Bytes[] {
    return (this.#tiles.get(`${level} ${index}`) ?? []).slice(0, tileWidthAt(level, index, size));
  }

  hashAt = (node: TreeNode): Bytes | undefined => {
    const { index, level } = tilePartOf(node);
    return hashInTile(node, this.tile(level, index));
  };

  inclusion(index: number, size = this.size): readonly Bytes[] {
    return proofOf(planInclusion(index, size), this.hashAt);
  }

  consistency(first: number, second = this.size): readonly Bytes[] {
    return proofOf(planConsistency(first, second), this.hashAt);
  }
}
