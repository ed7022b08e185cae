/** Pages of an Ogg stream (RFC 3533 section 6). */
import type { Bytes } from "@signet/protocol";

export const pageHeaderBytes = 27;
/** Header, 255 lacing values, 255 segments of 255 bytes. */
export const mostPageBytes = pageHeaderBytes + 255 + 255 * 255;

/** "No packet ends on this page." */
export const noGranule = -1n;

export interface OggPage {
  /** Its first packet began on an earlier page. */
  readonly continued: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** What it counts is up to the codec; {@link noGranule} when no packet ends here. */
  readonly granule: bigint;
  readonly serial: number;
  readonly sequence: number;
  /** Lengths of the segments; one below 255 ends a packet. */
  readonly lacing: Bytes;
  readonly body: Bytes;
}

export type PageResult =
  | { readonly type: "page"; readonly page: OggPage; readonly length: number }
  /** The bytes end before the page does. */
  | { readonly type: "short" }
  | { readonly type: "bad"; readonly why: string };

/** @param bytes from where a page has to begin; {@link mostPageBytes} hold any */
export function readPage(bytes: Bytes): PageResult {
  if (!capturePattern.every((byte, i) => i >= bytes.length || bytes[i] === byte))
    return { type: "bad", why: "no Ogg page" };
  if (bytes.length < pageHeaderBytes) return { type: "short" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(4) !== 0) return { type: "bad", why: "unknown version of Ogg" };
  const flags = view.getUint8(5);
  const bodyStart = pageHeaderBytes + view.getUint8(26);
  if (bytes.length < bodyStart) return { type: "short" };
  const lacing = bytes.slice(pageHeaderBytes, bodyStart);
  const length = lacing.reduce((sum, value) => sum + value, bodyStart);
  if (bytes.length < length) return { type: "short" };
  if (view.getUint32(22, true) !== checksum(bytes.subarray(0, length)))
    return { type: "bad", why: "wrong checksum" };
  return {
    type: "page",
    length,
    page: {
      continued: (flags & 1) !== 0,
      first: (flags & 2) !== 0,
      last: (flags & 4) !== 0,
      granule: view.getBigInt64(6, true),
      serial: view.getUint32(14, true),
      sequence: view.getUint32(18, true),
      lacing,
      body: bytes.slice(bodyStart, length),
    },
  };
}

export function writePage(page: OggPage): Bytes {
  const bodyStart = pageHeaderBytes + page.lacing.length;
  const bytes = new Uint8Array(bodyStart + page.body.length);
  const view = new DataView(bytes.buffer);
  bytes.set(capturePattern);
  view.setUint8(5, Number(page.continued) | (Number(page.first) << 1) | (Number(page.last) << 2));
  view.setBigInt64(6, page.granule, true);
  view.setUint32(14, page.serial, true);
  view.setUint32(18, page.sequence, true);
  view.setUint8(26, page.lacing.length);
  bytes.set(page.lacing, pageHeaderBytes);
  bytes.set(page.body, bodyStart);
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

/** Lacing values of a packet that ends on its page. */
export function lacingOf(packetBytes: number): number[] {
  return [...Array.from({ length: Math.floor(packetBytes / 255) }, () => 255), packetBytes % 255];
}

export const capturePattern: readonly number[] = [0x4f, 0x67, 0x67, 0x53];

/** CRC-32 with the polynomial 0x04c11db7, not reflected. */
const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value;
});

/** Of a page whose checksum field counts as zero. */
function checksum(page: Bytes): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] ?? 0);
    crc = (crc << 8) ^ (crcTable[((crc >>> 24) ^ byte) & 0xff] ?? 0);
  }
  return crc >>> 0;
}
