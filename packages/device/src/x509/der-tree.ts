/**
 * Strict DER (X.690 sections 8 and 10): of all encodings of a value exactly one is read, so that no byte of a certificate that its
 * signature does not cover can be changed.
 */
import type { Bytes } from "@signet/protocol";

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface DerNode {
  /** The identifier octet: class, constructed bit, tag number below 31. */
  readonly tag: number;
  /** Tag, length and contents. */
  readonly bytes: Bytes;
  readonly contents: Bytes;
  /** Empty for a primitive value. */
  readonly children: readonly DerNode[];
}

/** Certificates nest 10 deep or so; more is for exhausting the stack. */
const deepest = 24;
const constructed = 0x20;

/** @returns undefined unless `bytes` is one DER value with nothing after it */
export function readDer(bytes: Bytes): DerNode | undefined {
  const node = readNode(bytes, 0, 0);
  return node?.bytes.length === bytes.length ? node : undefined;
}

function readNode(bytes: Bytes, at: number, depth: number): DerNode | undefined {
  const tag = bytes[at];
  if (tag === undefined || (tag & 0x1f) === 0x1f || depth > deepest) return undefined;
  const header = readLength(bytes, at + 1);
  if (header === undefined || header.end > bytes.length) return undefined;
  const whole = bytes.subarray(at, header.end);
  const contents = bytes.subarray(header.start, header.end);
  if ((tag & constructed) === 0) {
    return isStrictPrimitive(tag, contents) ? { tag, bytes: whole, contents, children: [] } : undefined;
  }
  // Of the universal types, only these two are ever constructed in DER.
  if (tag < 0x40 && tag !== tags.sequence && tag !== tags.set) return undefined;
  const children: DerNode[] = [];
  // A child ends within its parent.
  const inside = bytes.subarray(0, header.end);
  for (let next = header.start; next < header.end;) {
    const child = readNode(inside, next, depth + 1);
    if (child === undefined) return undefined;
    children.push(child);
    next += child.bytes.length;
  }
  return { tag, bytes: whole, contents, children };
}

/** Definite, and in as few bytes as it can be. @param at of the length @returns where the contents start and end */
export function readLength(
  bytes: Bytes,
  at: number,
): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 1, end: at + 1 + first };
  const count = first & 0x7f;
  // 0 is the indefinite form; four bytes are 4 GB.
  if (count === 0 || count > 4) return undefined;
  let length = 0;
  for (let i = 1; i <= count; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    length = length * 256 + byte;
  }
  const isMinimal = count === 1 ? length >= 0x80 : length >= 256 ** (count - 1);
  const start = at + 1 + count;
  return isMinimal ? { start, end: start + length } : undefined;
}

function isStrictPrimitive(tag: number, contents: Bytes): boolean {
  const first = contents[0];
  switch (tag) {
    case tags.boolean:
      return contents.length === 1 && (first === 0 || first === 0xff);
    case tags.integer:
    case tags.enumerated: {
      if (first === undefined) return false;
      const second = contents[1];
      return second === undefined || (first !== 0 && first !== 0xff) || first >> 7 !== second >> 7;
    }
    case tags.bitString:
      return isStrictBitString(contents);
    case tags.nothing:
      return contents.length === 0;
    case tags.oid:
      return isStrictOid(contents);
    // SEQUENCE and SET are never primitive.
    case tags.sequence & ~constructed:
    case tags.set & ~constructed:
      return false;
    default:
      return true;
  }
}

/** The first byte counts the bits of the last that are not used; these are 0. */
function isStrictBitString(contents: Bytes): boolean {
  const unused = contents[0];
  if (unused === undefined || unused > 7) return false;
  if (contents.length === 1) return unused === 0;
  return ((contents.at(-1) ?? 0) & ((1 << unused) - 1)) === 0;
}

/** Each arc of base 128 without leading zeros, and the last one ends. */
function isStrictOid(contents: Bytes): boolean {
  if (contents.length === 0 || (contents.at(-1) ?? 0x80) >= 0x80) return false;
  return !contents.some((byte, i) => byte === 0x80 && (i === 0 || (contents[i - 1] ?? 0) < 0x80));
}

/** Dotted form of an OBJECT IDENTIFIER; undefined for another type. */
export function oidOf(node: DerNode | undefined): string | undefined {
  if (node?.tag !== tags.oid) return undefined;
  // An arc that a UUID gives has 128 bits.
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of node.contents) {
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [first = 0n, ...rest] = arcs;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join(".");
}

/** A whole number from 0 to 2^31; undefined for any other INTEGER or another type. */
export function smallIntegerOf(node: DerNode | undefined): number | undefined {
  if (node?.tag !== tags.integer || node.contents.length > 4) return undefined;
  const value = node.contents.reduce((sum, byte) => sum * 256 + byte, 0);
  return (node.contents[0] ?? 0) < 0x80 ? value : undefined;
}

/** UTCTime or GeneralizedTime to the second, in UTC (RFC 5280 section 4.1.2.5). @returns milliseconds since 1970 */
export function timeOf(node: DerNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const text = String.fromCharCode(...node.contents.subarray(0, 16));
  const isShort = node.tag === tags.utcTime && /^\d{12}Z$/.test(text);
  if (!isShort && !(node.tag === tags.generalizedTime && /^\d{14}Z$/.test(text))) return undefined;
  // Two digits from 50 on are of the last century.
  const full = isShort ? `${Number(text.slice(0, 2)) >= 50 ? "19" : "20"}${text}` : text;
  const iso = full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6.000Z");
  const timeMs = Date.parse(iso);
  // Date.parse would take the 31st of April for the 1st of May.
  return Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== iso ? undefined : timeMs;
}
