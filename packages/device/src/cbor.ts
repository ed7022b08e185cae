/** CBOR (RFC 8949) as authenticators write it: definite lengths, no tags (CTAP 2.1 section 8). */
import { fromUtf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** `simple`: true, false, null, floats: their bits, of which nothing here depends. */
export type Cbor =
  | number
  | string
  | Bytes
  | readonly Cbor[]
  | ReadonlyMap<Cbor, Cbor>
  | { readonly simple: number };

interface Read<T> {
  readonly value: T;
  /** Offset after it. */
  readonly end: number;
}

/**
 * @param levels how deep it may be nested, itself included
 * @returns undefined when there is no such item at `at`: cut off, of indefinite length, tagged, nested deeper, or text that is no UTF-8
 */
export function readCbor(bytes: Bytes, at: number, levels: number): Read<Cbor> | undefined {
  const initial = bytes[at];
  if (initial === undefined || levels === 0) return undefined;
  const major = initial >> 5;
  const head = readArgument(bytes, at + 1, initial & 31);
  if (head === undefined) return undefined;
  const { value: argument, end } = head;
  switch (major) {
    case 0:
      return head;
    case 1:
      return { value: -1 - argument, end };
    case 2:
    case 3:
      return readString(bytes, end, argument, major === 3);
    case 4:
      return readItems(bytes, end, argument, levels);
    case 5:
      return readMap(bytes, end, argument, levels);
    case 7:
      return { value: { simple: argument }, end };
    default:
      return undefined;
  }
}

/** The same, where nothing but a map will do. */
export function readCborMap(
  bytes: Bytes,
  at: number,
  levels: number,
): Read<ReadonlyMap<Cbor, Cbor>> | undefined {
  const read = readCbor(bytes, at, levels);
  return read?.value instanceof Map ? { value: read.value, end: read.end } : undefined;
}

function readString(bytes: Bytes, at: number, length: number, isText: boolean): Read<Cbor> | undefined {
  const end = at + length;
  if (end > bytes.length) return undefined;
  const contents = bytes.slice(at, end);
  const value = isText ? fromUtf8(contents) : contents;
  return value === undefined ? undefined : { value, end };
}

function readItems(bytes: Bytes, at: number, count: number, levels: number): Read<Cbor[]> | undefined {
  // Each item takes a byte at least: a larger count cannot be honest and must not keep us busy.
  if (count > bytes.length - at) return undefined;
  const value: Cbor[] = [];
  let end = at;
  for (let i = 0; i < count; i++) {
    const item = readCbor(bytes, end, levels - 1);
    if (item === undefined) return undefined;
    value.push(item.value);
    end = item.end;
  }
  return { value, end };
}

function readMap(bytes: Bytes, at: number, count: number, levels: number): Read<Map<Cbor, Cbor>> | undefined {
  const items = readItems(bytes, at, count * 2, levels);
  if (items === undefined) return undefined;
  const value = new Map<Cbor, Cbor>();
  for (let i = 0; i < count; i++) {
    const [key, item] = items.value.slice(2 * i, 2 * i + 2);
    // Of two values for one key each reader would take another one.
    if (key === undefined || item === undefined || value.has(key)) return undefined;
    value.set(key, item);
  }
  return { value, end: items.end };
}

/** At most 64 bits; beyond 53 a number is not exact, which only matters to lengths, and none is that long. */
function readArgument(bytes: Bytes, at: number, short: number): Read<number> | undefined {
  if (short < 24) return { value: short, end: at };
  const size = [1, 2, 4, 8][short - 24];
  if (size === undefined || at + size > bytes.length) return undefined;
  const value = bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
  return { value, end: at + size };
}
