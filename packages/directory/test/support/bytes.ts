import { utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import fc from "fast-check";

export const fromHex = (text: string): Bytes =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const anyBytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes): Bytes => Uint8Array.from(bytes));

export const anyHash = anyBytes(32, 32);

/** Entries of a log, each another one. */
export const entriesOf = (count: number): Bytes[] =>
  Array.from({ length: count }, (_, i) => utf8(`entry ${i}`));

export function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return copy;
}

/** Everything with one bit changed. */
export const eachFlipped = (bytes: Bytes): Bytes[] =>
  Array.from({ length: bytes.length * 8 }, (_, bit) => flipped(bytes, bit));
