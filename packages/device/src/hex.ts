import type { Bytes } from "@signet/protocol";

/** For constants in the source. @param text hexadecimal digits, an even number of them */
export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** For names in tables. @returns two digits a byte, lower case */
export const toHex = (bytes: Bytes): string => Array.from(bytes, hexByte).join("");

/** @param value 0 to 255 */
export const hexByte = (value: number): string => value.toString(16).padStart(2, "0");
