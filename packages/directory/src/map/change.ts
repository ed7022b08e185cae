/**
 * A map that grows: nobody is ever taken out of it, since a user ID once registered stays that person's. What it is does not
 * depend on the order in which it came about.
 */
import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hashBytes } from "../tree/hashes.ts";
import { bitAt, emptyMapHash, mapNodeHash } from "./hashes.ts";
import type { MapInner, MapLeaf } from "./hashes.ts";
import type { MapNodes, WritableMapNodes } from "./nodes.ts";

/** 32 bytes. */
export const mapRoot = (nodes: MapNodes): Bytes => mapNodeHash(nodes.read(""));

/**
 * Sets the value of a key, new or not. As many hashes, reads and writes as the path is long: about log2 of the number of leaves.
 * @returns the new root
 * @throws RangeError unless key and value have 32 bytes
 */
export function setInMap(nodes: WritableMapNodes, key: Bytes, value: Bytes): Bytes {
  const leaf: MapLeaf = { type: "leaf", key, value };
  if (key.length !== hashBytes || value.length !== hashBytes) throw new RangeError("not in a map");
  const above: { readonly path: string; readonly node: MapInner }[] = [];
  let path = "";
  let node = nodes.read(path);
  while (node?.type === "inner") {
    above.push({ path, node });
    path += bitAt(key, path.length);
    node = nodes.read(path);
  }
  let hash =
    node === undefined || equalBytes(node.key, key)
      ? writeLeaf(nodes, path, leaf)
      : writeApart(nodes, path, node, leaf);
  for (const { node: before, path: place } of above.reverse())
    hash = writeInner(nodes, place, bitAt(key, place.length), hash, (bit) =>
      bit === 0 ? before.left : before.right,
    );
  return hash;
}

function writeLeaf(nodes: WritableMapNodes, path: string, leaf: MapLeaf): Bytes {
  nodes.write(path, leaf);
  return mapNodeHash(leaf);
}

/** @param bit on which side `hash` is @param other what is on the side of the bit that it is given */
function writeInner(
  nodes: WritableMapNodes,
  path: string,
  bit: number,
  hash: Bytes,
  other: (bit: number) => Bytes,
): Bytes {
  const node: MapInner =
    bit === 0
      ? { type: "inner", left: hash, right: other(1) }
      : { type: "inner", left: other(0), right: hash };
  nodes.write(path, node);
  return mapNodeHash(node);
}

/** Two leaves where one was: both go down to where their keys differ. */
function writeApart(nodes: WritableMapNodes, path: string, present: MapLeaf, leaf: MapLeaf): Bytes {
  const bit = bitAt(leaf.key, path.length);
  const presentBit = bitAt(present.key, path.length);
  if (bit === presentBit) {
    const hash = writeApart(nodes, `${path}${bit}`, present, leaf);
    return writeInner(nodes, path, bit, hash, () => emptyMapHash);
  }
  const other = writeLeaf(nodes, `${path}${presentBit}`, present);
  return writeInner(nodes, path, bit, writeLeaf(nodes, `${path}${bit}`, leaf), () => other);
}
