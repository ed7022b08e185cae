import type { Bytes } from "@signet/protocol";

/** KID and CTR of one frame; both unsigned 64-bit. */
export interface SFrameHeader {
  readonly kid: bigint;
  readonly ctr: bigint;
}

export interface DecodedHeader extends SFrameHeader {
  /** Length of the encoded header; the ciphertext starts here. */
  readonly headerBytes: number;
}

const maxUint64 = (1n << 64n) - 1n;
const extended = 0x8;

/**
 * Encodes the config byte and the KID and CTR that do not fit in it (RFC 9605 section 4.3).
 * @returns 1 to 17 bytes
 * @throws RangeError when a value is not an unsigned 64-bit integer
 */
export function encodeHeader({ kid, ctr }: SFrameHeader): Bytes {
  const kidBytes = encodeValue(kid);
  const ctrBytes = encodeValue(ctr);
  const header = new Uint8Array(1 + kidBytes.length + ctrBytes.length);
  header[0] = (nibble(kid, kidBytes) << 4) | nibble(ctr, ctrBytes);
  header.set(kidBytes, 1);
  header.set(ctrBytes, 1 + kidBytes.length);
  return header;
}

/**
 * Decodes the header at the start of `frame`. Strict: a value in more bytes than it needs is refused, so each header
 * has exactly one encoding ("MUST be encoded with the minimum number of bytes", RFC 9605 section 4.3).
 * @returns undefined when the header is truncated or not minimal
 */
export function decodeHeader(frame: Uint8Array): DecodedHeader | undefined {
  const config = frame[0];
  if (config === undefined) return undefined;
  const kid = decodeValue(frame, 1, config >> 4);
  if (kid === undefined) return undefined;
  const ctr = decodeValue(frame, kid.end, config & 0xf);
  if (ctr === undefined) return undefined;
  return { kid: kid.value, ctr: ctr.value, headerBytes: ctr.end };
}

function encodeValue(value: bigint): Uint8Array {
  if (value < 0n || value > maxUint64)
    throw new RangeError("an SFrame header value is an unsigned 64-bit integer");
  if (value < 8n) return new Uint8Array(0);
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return Uint8Array.from(bytes);
}

/** Four bits of the config byte: the value itself below 8, else the flag and the length minus one. */
function nibble(value: bigint, bytes: Uint8Array): number {
  return bytes.length === 0 ? Number(value) : extended | (bytes.length - 1);
}

function decodeValue(
  frame: Uint8Array,
  start: number,
  config: number,
): { value: bigint; end: number } | undefined {
  if ((config & extended) === 0) return { value: BigInt(config), end: start };
  const end = start + (config & 0x7) + 1;
  if (end > frame.length) return undefined;
  let value = 0n;
  for (const byte of frame.subarray(start, end)) value = (value << 8n) | BigInt(byte);
  if (frame[start] === 0 || value < 8n) return undefined;
  return { value, end };
}
