/** The map as docs/directory.md describes it, over texts of bits, all anew each time. */
import { createHash } from "node:crypto";

import type { Bytes } from "@signet/protocol";

const sha256 = (...parts: readonly Uint8Array[]): Bytes => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
};

export const bitsOf = (key: Bytes): string =>
  Array.from(key, (byte) => byte.toString(2).padStart(8, "0")).join("");

/** @param entries keys as texts of 256 bits */
export function naiveMapRoot(entries: ReadonlyMap<string, Bytes>, prefix = ""): Bytes {
  const below = [...entries].filter(([bits]) => bits.startsWith(prefix));
  const [first] = below;
  if (first === undefined) return sha256(Uint8Array.of(0x10));
  if (below.length === 1) {
    const key = Uint8Array.from(first[0].match(/.{8}/g) ?? [], (bits) => Number.parseInt(bits, 2));
    return sha256(Uint8Array.of(0x11), key, first[1]);
  }
  const within = new Map(below);
  const [left, right] = [naiveMapRoot(within, `${prefix}0`), naiveMapRoot(within, `${prefix}1`)];
  return sha256(Uint8Array.of(0x12), left, right);
}
