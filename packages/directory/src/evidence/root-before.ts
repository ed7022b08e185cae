import type { Bytes } from "@signet/protocol";

import { isWhole } from "../tree/verify-consistency.ts";

/**
 * The root of the first leaves of a tree, where these are a power of two and a proof of consistency leaves it out: it is among the hashes of the proof from
 * one leaf more.
 * @param proof of consistency from `size + 1` to `laterSize`
 * @returns undefined where that is none; nothing of it is verified
 */
export function rootBefore(size: number, laterSize: number, proof: readonly Bytes[]): Bytes | undefined {
  if (!isWhole(size) || size < 2 || laterSize <= size + 1) return undefined;
  let [fn, sn] = [size, laterSize - 1];
  // The first hash is of the leaf that is one more.
  for (const hash of proof.slice(1)) {
    if (fn % 2 === 1 || fn === sn) return hash;
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return undefined;
}
