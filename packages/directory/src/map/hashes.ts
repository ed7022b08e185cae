/**
 * What the map's tree is made of: a binary tree over the bits of SHA-256(user ID), first bit first, in which a subtree with one leaf is that
 * leaf, and one with none is empty. Each hash begins with a byte that says what it is of, and none with one of the log's tree.
 */
import { utf8 } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

import { sha256 } from "../sha256.ts";
import { hashBytes } from "../tree/hashes.ts";

/** One user ID's place. */
export interface MapLeaf {
  readonly type: "leaf";
  /** SHA-256 of the user ID, all of it, however high the leaf stands: so it shows that no other is below the same place. */
  readonly key: Bytes;
  /** The digest of the last statement of their history. 32 bytes. */
  readonly value: Bytes;
}

export interface MapInner {
  readonly type: "inner";
  /** Hashes of what is below a bit that is 0, and one that is 1. */
  readonly left: Bytes;
  readonly right: Bytes;
}

export type MapNode = MapLeaf | MapInner;

const firstBytes = { leaf: 0x11, inner: 0x12 } as const;

/** `SHA-256(0x10)`, of every subtree without leaves: the map of nobody has it as its root. */
export const emptyMapHash: Bytes = sha256(Uint8Array.of(0x10));

/** 32 bytes. */
export const mapKey = (userId: UserId): Bytes => sha256(utf8(userId));

/**
 * What is hashed of a node, and a form to store it in: `0x11 || key || value`, or `0x12 || left || right`. 65 bytes.
 * @throws RangeError for parts of another length
 */
export function encodeMapNode(node: MapNode): Bytes {
  const [first, second] = node.type === "leaf" ? [node.key, node.value] : [node.left, node.right];
  if (first.length !== hashBytes || second.length !== hashBytes) throw new RangeError("no node of a map");
  const bytes = new Uint8Array(1 + 2 * hashBytes);
  bytes[0] = firstBytes[node.type];
  bytes.set(first, 1);
  bytes.set(second, 1 + hashBytes);
  return bytes;
}

/** @returns undefined unless `bytes` is exactly what {@link encodeMapNode} writes */
export function decodeMapNode(bytes: Bytes): MapNode | undefined {
  if (bytes.length !== 1 + 2 * hashBytes) return undefined;
  const [first, second] = [bytes.slice(1, 1 + hashBytes), bytes.slice(1 + hashBytes)];
  if (bytes[0] === firstBytes.leaf) return { type: "leaf", key: first, value: second };
  return bytes[0] === firstBytes.inner ? { type: "inner", left: first, right: second } : undefined;
}

/** 32 bytes. @param node undefined where there is nothing */
export const mapNodeHash = (node: MapNode | undefined): Bytes =>
  node === undefined ? emptyMapHash : sha256(encodeMapNode(node));

/** 0 or 1. @param depth 0 for the first bit of the key, which decides below the root */
export const bitAt = (key: Uint8Array, depth: number): number =>
  ((key[Math.floor(depth / 8)] ?? 0) >> (7 - (depth % 8))) & 1;
