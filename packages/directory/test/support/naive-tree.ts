/** RFC 9162 section 2.1 as it is written, over all leaves each time. */
import { createHash } from "node:crypto";

import type { Bytes } from "@signet/protocol";

const sha256 = (...parts: readonly Uint8Array[]): Bytes => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
};

function largestPowerBelow(n: number): number {
  let k = 1;
  while (k + k < n) k += k;
  return k;
}

export function naiveRoot(entries: readonly Bytes[]): Bytes {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), only);
  const k = largestPowerBelow(entries.length);
  return sha256(Uint8Array.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

export function naivePath(m: number, entries: readonly Bytes[]): Bytes[] {
  if (entries.length === 1) return [];
  const k = largestPowerBelow(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...naivePath(m, left), naiveRoot(right)] : [...naivePath(m - k, right), naiveRoot(left)];
}

export const naiveConsistency = (m: number, entries: readonly Bytes[]): Bytes[] => subproof(m, entries, true);

function subproof(m: number, entries: readonly Bytes[], isKnown: boolean): Bytes[] {
  if (m === entries.length) return isKnown ? [] : [naiveRoot(entries)];
  const k = largestPowerBelow(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k
    ? [...subproof(m, left, isKnown), naiveRoot(right)]
    : [...subproof(m - k, right, false), naiveRoot(left)];
}
