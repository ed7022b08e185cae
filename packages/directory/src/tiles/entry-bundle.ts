/** The entries beside a tile of level 0: each with its length before it, two bytes, big-endian (C2SP tlog-tiles, "Log entries"). */
import type { Bytes } from "@signet/protocol";

import { tileWidth } from "./tile-path.ts";

/** What two bytes can say. */
export const mostEntryBytes = 65_535;

/** @throws RangeError unless these are 1 to 256 entries of at most {@link mostEntryBytes} */
export function encodeEntryBundle(entries: readonly Bytes[]): Bytes {
  const fit = entries.every(({ length }) => length <= mostEntryBytes);
  if (!fit || entries.length === 0 || entries.length > tileWidth) throw new RangeError("no entry bundle");
  const bundle = new Uint8Array(entries.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** @param width how many entries there must be @returns undefined when `bytes` is no bundle of so many */
export function decodeEntryBundle(bytes: Bytes, width: number): readonly Bytes[] | undefined {
  if (width < 1 || width > tileWidth) return undefined;
  const entries: Bytes[] = [];
  let at = 0;
  while (entries.length < width) {
    const end = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  // Whatever is cut off ends beyond the last byte.
  return at === bytes.length ? entries : undefined;
}
