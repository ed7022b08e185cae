import type { Bytes } from "@signet/protocol";

import { hashBytes } from "../tree/hashes.ts";
import { bitAt, emptyMapHash, mapNodeHash } from "./hashes.ts";
import type { MapLeaf, MapNode } from "./hashes.ts";

/** A key and its value, 32 bytes each. */
export type MapEntry = readonly [key: Bytes, value: Bytes];

/**
 * The map of these entries, in whatever order they come: what {@link setInMap} would have made of them, one after the other.
 * @param write is given each node, as it would be stored; the root last
 * @returns the root
 * @throws RangeError for a key that comes twice, and for keys and values of another length
 */
export function buildMap(entries: Iterable<MapEntry>, write?: (path: string, node: MapNode) => void): Bytes {
  const leaves = Array.from(entries, ([key, value]): MapLeaf => ({ type: "leaf", key, value }));
  const build = (some: readonly MapLeaf[], path: string): Bytes => {
    const [first, second] = some;
    if (first === undefined) return emptyMapHash;
    let node: MapNode = first;
    if (second !== undefined) {
      if (path.length === hashBytes * 8) throw new RangeError("a key of a map twice");
      const sides: [MapLeaf[], MapLeaf[]] = [[], []];
      for (const leaf of some) sides[bitAt(leaf.key, path.length) === 0 ? 0 : 1].push(leaf);
      node = { type: "inner", left: build(sides[0], `${path}0`), right: build(sides[1], `${path}1`) };
    }
    write?.(path, node);
    return mapNodeHash(node);
  };
  return build(leaves, "");
}
