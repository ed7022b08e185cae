/** What is in a tile: hashes of every eighth level of the tree; those between are made of them. */
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hashBytes, nodeHash } from "../tree/hashes.ts";
import type { TreeNode } from "../tree/nodes.ts";
import { tileHeight, tileWidth } from "./tile-path.ts";

/** @throws RangeError unless these are 1 to 256 hashes */
export function encodeTile(hashes: readonly Bytes[]): Bytes {
  const areHashes = hashes.every(({ length }) => length === hashBytes);
  if (!areHashes || hashes.length === 0 || hashes.length > tileWidth) throw new RangeError("no tile");
  return concatBytes(...hashes);
}

/** @param width that the tile must have @returns undefined when `bytes` is no tile of that width */
export function decodeTile(bytes: Bytes, width: number): readonly Bytes[] | undefined {
  if (width < 1 || width > tileWidth || bytes.length !== width * hashBytes) return undefined;
  return Array.from({ length: width }, (_, i) => bytes.slice(i * hashBytes, (i + 1) * hashBytes));
}

/** The hashes of one tile that a node is made of. */
export interface TilePart {
  readonly level: number;
  readonly index: number;
  /** First and after the last, in the tile. */
  readonly from: number;
  readonly to: number;
}

export function tilePartOf({ index, level }: TreeNode): TilePart {
  const tileLevel = Math.floor(level / tileHeight);
  const count = 2 ** (level % tileHeight);
  const first = index * count;
  const tileIndex = Math.floor(first / tileWidth);
  const from = first - tileIndex * tileWidth;
  return { level: tileLevel, index: tileIndex, from, to: from + count };
}

/**
 * The hash of a node, of the tile that has it.
 * @param tile the hashes of the tile that {@link tilePartOf} names
 * @returns undefined where the tile does not reach so far
 */
export function hashInTile(node: TreeNode, tile: readonly Bytes[]): Bytes | undefined {
  const { from, to } = tilePartOf(node);
  if (tile.length < to) return undefined;
  let hashes = tile.slice(from, to);
  while (hashes.length > 1)
    hashes = Array.from({ length: hashes.length / 2 }, (_, i) =>
      nodeHash(hashes[2 * i] as Bytes, hashes[2 * i + 1] as Bytes),
    );
  return hashes[0];
}
