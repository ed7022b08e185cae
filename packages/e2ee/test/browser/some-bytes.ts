import type { Bytes } from "@signet/protocol";

/** `length` bytes that say nothing but differ for different `seed`s. */
export function someBytes(length: number, seed = 1): Bytes {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 97 + ((index * seed) >> 3)) & 0xff);
}
