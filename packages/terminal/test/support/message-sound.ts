import type { Bytes } from "@signet/protocol";

/** A packet of Opus by its first byte: a frame of 20 ms of one channel. Nothing decodes it. */
export function packet(index: number, bytes = 40): Bytes {
  const made = new Uint8Array(bytes).fill(index % 256);
  made[0] = 8;
  return made;
}
