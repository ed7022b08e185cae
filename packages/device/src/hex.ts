import type { Bytes } from "@signet/protocol";

/** For constants in the source. @param text hexadecimal digits, an even number of them */
export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
