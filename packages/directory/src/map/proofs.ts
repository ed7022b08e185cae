/** What a map says of a key: the value that it has there, or that it has none. */
import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hashBytes } from "../tree/hashes.ts";
import { bitAt, mapNodeHash } from "./hashes.ts";
import type { MapInner, MapLeaf } from "./hashes.ts";
import type { MapNodes } from "./nodes.ts";

export interface MapProof {
  /** Hashes beside the path, from the root on. */
  readonly siblings: readonly Bytes[];
  /** What is at the end of the path: the leaf of the key, or of another one that stands alone there; undefined when it is empty. */
  readonly leaf: Pick<MapLeaf, "key" | "value"> | undefined;
}

/** As many as a key has bits. */
const mostSiblings = hashBytes * 8;

/** @param key 32 bytes */
export function proveInMap(nodes: MapNodes, key: Bytes): MapProof {
  const siblings: Bytes[] = [];
  let path = "";
  let node = nodes.read(path);
  while (node?.type === "inner") {
    const bit = bitAt(key, path.length);
    siblings.push(bit === 0 ? node.right : node.left);
    path += bit;
    node = nodes.read(path);
  }
  return { siblings, leaf: node && { key: node.key, value: node.value } };
}

/** `value` undefined: nobody has this key. */
export type MapAnswer = { readonly ok: true; readonly value: Bytes | undefined } | { readonly ok: false };

const refused: MapAnswer = { ok: false };

/**
 * What the map of this root says of the key. Anything may come in: what proves nothing is refused. A root lets no two answers be proven, however the
 * tree below it was made: one path leads to the key's place, and one thing is at its end.
 */
export function verifyMapProof(root: Bytes, key: Bytes, { leaf, siblings }: MapProof): MapAnswer {
  const hashes = [key, ...siblings, ...(leaf === undefined ? [] : [leaf.key, leaf.value])];
  if (siblings.length > mostSiblings || !hashes.every(({ length }) => length === hashBytes)) return refused;
  // A leaf speaks for the places that its own key leads to.
  const isOnPath = (depth: number): boolean =>
    leaf === undefined || bitAt(leaf.key, depth) === bitAt(key, depth);
  let hash = mapNodeHash(leaf && { type: "leaf", ...leaf });
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth];
    if (sibling === undefined || !isOnPath(depth)) return refused;
    const node: MapInner =
      bitAt(key, depth) === 0
        ? { type: "inner", left: hash, right: sibling }
        : { type: "inner", left: sibling, right: hash };
    hash = mapNodeHash(node);
  }
  if (!equalBytes(hash, root)) return refused;
  return { ok: true, value: leaf !== undefined && equalBytes(leaf.key, key) ? leaf.value : undefined };
}
